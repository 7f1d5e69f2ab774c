import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReceivedWebhook, startReceiver } from '../deliveries/test-receiver.ts';
import { createTestClock as createClock } from '../server/test-clock.ts';
import { parseWorld } from '../world/read-world.ts';
import type { World } from '../world/world.ts';
import { type GitLabSimulator, type GitLabSimulatorOptions, startGitLabSimulator } from './simulator.ts';
import { personalToken } from './state.ts';
import { type Scene, sceneOf, testNow } from './test-world.ts';
import { defaultVariant, type Variant } from './variants.ts';

/** A clock that stands still until a test steps it. */
export const createTestClock = (start = testNow) => createClock(start);

/** A subgroup with two projects, an invited group, and people of several levels. */
const smallWorld: World = parseWorld(
  `
users: [{ login: alice, name: Alice Ames, email: alice@example.com }, { login: ann }, { login: bob }, { login: carl }]
organizations:
  - forge: gitlab
    path: acme
    name: Acme
    members: { alice: owner, bob: guest }
    groups:
      - path: core
        name: Core
        members: { ann: developer }
        sharedWithGroups: { partners: { level: reporter, expires: 2027-01-01 } }
        projects:
          - path: money
            history:
              - { manifest: { name: acme/money }, files: { src/Money.php: '<?php' }, tags: [1.0.0, 1.1.0] }
              - { tags: 2.0.0, annotated: true }
          - path: clock
            history: [{ manifest: { name: acme/clock } }]
          - { path: empty, visibility: private }
  - forge: gitlab
    path: partners
    members: { carl: owner }
`,
  'small world',
);

export interface GitLabFixture extends Scene {
  readonly simulator: GitLabSimulator;
  /** Where webhooks may be sent. */
  readonly hookUrl: string;
  readonly received: ReceivedWebhook[];
  /** The status of the receiver's answers from now on. */
  answerWith(status: number): void;
  /** Sends a request to the REST API as somebody; nobody without a username. @param path below `/api/v4` */
  api(username: string | undefined, path: string, options?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

type Options = Partial<
  Pick<GitLabSimulatorOptions, 'world' | 'clock' | 'root' | 'applications' | 'objects'>
> & {
  readonly variant?: Partial<Variant>;
};

/** A simulator in a folder of its own, with a receiver for webhooks. */
export async function startFixture({ variant, ...options }: Options = {}): Promise<GitLabFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'simulated-gitlab-'));
  const receiver = await startReceiver((webhook) => webhook);
  receiver.status = 200;
  const simulator = await startGitLabSimulator({
    ...{ directory, world: smallWorld, ports: { web: 0, control: 0 } },
    clock: createTestClock(),
    ...options,
    variant: { ...defaultVariant, ...variant },
  });
  return {
    ...sceneOf(simulator.state),
    simulator,
    received: receiver.received,
    hookUrl: receiver.url,
    answerWith(status) {
      receiver.status = status;
    },
    api: (username, path, { headers, ...rest } = {}) =>
      fetch(`${simulator.addresses.web}/api/v4${path}`, {
        redirect: 'manual',
        ...rest,
        headers: {
          ...(username !== undefined && { 'private-token': personalToken(username) }),
          ...(rest.body !== undefined && { 'content-type': 'application/json' }),
          ...Object.fromEntries(new Headers(headers)),
        },
      }),
    async close() {
      await simulator.close();
      await receiver.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
