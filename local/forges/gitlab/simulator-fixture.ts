import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatorClock } from '../server/clock.ts';
import { parseWorld } from '../world/read-world.ts';
import type { World } from '../world/world.ts';
import { type GitLabSimulator, type GitLabSimulatorOptions, startGitLabSimulator } from './simulator.ts';
import { personalToken } from './state.ts';
import { type Scene, sceneOf, testNow } from './test-world.ts';
import { defaultVariant, type Variant } from './variants.ts';

/** A clock that stands still until a test steps it. */
export function createTestClock(start = testNow): SimulatorClock & { step(ms: number): void } {
  let time = start;
  const waiting = new Set<{ at: number; run: () => void }>();
  return {
    now: () => time,
    after(delayMs, run) {
      const entry = { at: time + delayMs, run };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    step(ms) {
      time += ms;
      for (const entry of [...waiting]) {
        if (entry.at > time) continue;
        waiting.delete(entry);
        entry.run();
      }
    },
  };
}

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

export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

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

type Options = Partial<Pick<GitLabSimulatorOptions, 'world' | 'clock' | 'root' | 'applications'>> & {
  readonly variant?: Partial<Variant>;
};

/** A simulator in a folder of its own, with a receiver for webhooks. */
export async function startFixture({ variant, ...options }: Options = {}): Promise<GitLabFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'simulated-gitlab-'));
  const received: ReceivedWebhook[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ headers, body, payload: JSON.parse(body) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const simulator = await startGitLabSimulator({
    ...{ directory, world: smallWorld, ports: { web: 0, control: 0 } },
    clock: createTestClock(),
    ...options,
    variant: { ...defaultVariant, ...variant },
  });
  return {
    ...sceneOf(simulator.state),
    simulator,
    received,
    hookUrl: `http://127.0.0.1:${port}/hooks`,
    answerWith(next) {
      status = next;
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
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await rm(directory, { recursive: true, force: true });
    },
  };
}
