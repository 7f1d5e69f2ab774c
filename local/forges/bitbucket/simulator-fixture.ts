import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReceiver, type WebhookReceiver } from '../deliveries/test-receiver.ts';
import { createTestClock } from '../server/test-clock.ts';
import { parseWorld } from '../world/read-world.ts';
import type { World } from '../world/world.ts';
import { existing, findAccount } from './find.ts';
import {
  type BitbucketSimulator,
  type BitbucketSimulatorOptions,
  startBitbucketSimulator,
} from './simulator.ts';
import { simulatedToken } from './state.ts';
import { type Scene, sceneOf, smallWorld, testNow } from './test-world.ts';
import { defaultVariant, type Variant } from './variants.ts';

export interface BitbucketFixture extends Scene {
  readonly simulator: BitbucketSimulator;
  readonly clock: ReturnType<typeof createTestClock>;
  readonly receiver: WebhookReceiver;
  /** The header of somebody's API token with all scopes. */
  basic(nickname: string): string;
  /** Sends a request to the API with a header, or as somebody; nobody if undefined. @param path from `/2.0` on */
  api(who: string | undefined, path: string, options?: RequestInit): Promise<Response>;
  /** Like `api`, for the JSON of an answer. */
  json(who: string | undefined, path: string, options?: RequestInit): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** What tests look at. */
export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

type Options = Partial<Pick<BitbucketSimulatorOptions, 'world' | 'objects'>> & {
  readonly variant?: Partial<Variant>;
};

/** A simulator in a folder of its own, with a clock that stands still and a receiver for webhooks. */
export async function startFixture({ variant, ...options }: Options = {}): Promise<BitbucketFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'simulated-bitbucket-'));
  const receiver = await startReceiver((webhook) => webhook);
  const clock = createTestClock(testNow);
  const world: World = options.world ?? parseWorld(smallWorld, 'small world');
  const simulator = await startBitbucketSimulator({
    ...{ directory, clock, ports: { web: 0, api: 0, control: 0 } },
    ...options,
    world,
    variant: { ...defaultVariant, ...variant },
  });
  const { state, addresses } = simulator;
  const basic = (nickname: string): string => {
    const { email } = existing(findAccount(state, nickname), nickname);
    return `Basic ${Buffer.from(`${email}:${simulatedToken(nickname)}`).toString('base64')}`;
  };
  const api: BitbucketFixture['api'] = (who, path, { headers, ...rest } = {}) =>
    fetch(`${addresses.api}${path}`, {
      redirect: 'manual',
      ...rest,
      headers: {
        ...(who !== undefined && { authorization: who.includes(' ') ? who : basic(who) }),
        ...(rest.body !== undefined && { 'content-type': 'application/json' }),
        ...Object.fromEntries(new Headers(headers)),
      },
    });
  return {
    ...sceneOf(state, clock.now),
    ...{ simulator, clock, receiver, basic, api },
    async json(who, path, request) {
      const response = await api(who, path, request);
      const text = await response.text();
      const isJson = (response.headers.get('content-type') ?? '').includes('json');
      return { status: response.status, body: isJson ? JSON.parse(text) : text };
    },
    async close() {
      await simulator.close();
      await receiver.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
