import { createSign, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ReceivedWebhook as Received,
  type WebhookReceiver as Receiver,
  startReceiver,
} from '../deliveries/test-receiver.ts';
import { parseWorld } from '../world/read-world.ts';
import type { World } from '../world/world.ts';
import { type GitHubSimulator, type GitHubSimulatorOptions, startGitHubSimulator } from './simulator.ts';
import type { App } from './state.ts';

interface ReceivedWebhook extends Received {
  readonly event: string;
  readonly action: string | undefined;
}

export interface WebhookReceiver extends Receiver<ReceivedWebhook> {
  /** `push`, `team.created`, ... in order of arrival. */
  events(): string[];
}

/** Starts a server that receives and keeps webhooks. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const receiver = await startReceiver((webhook) => {
    const { action } = webhook.payload;
    const event = webhook.headers['x-github-event'] ?? '';
    return { ...webhook, event, action: typeof action === 'string' ? action : undefined };
  });
  const events = (): string[] =>
    receiver.received.map(({ event, action }) => (action === undefined ? event : `${event}.${action}`));
  return Object.assign(receiver, { events });
}

/** One key for all simulators of a test run, since generating it takes longer than the rest of a start. */
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
export const testApp = { privateKey, webhookSecret: 'webhook-secret-of-the-tests' };

/** A small world: three people, two teams, two repositories. */
export const smallWorld: World = parseWorld(
  `
enterprise: example
users:
  - { login: alice, name: Alice Ames, email: alice@example.com }
  - { login: ann }
  - { login: bob }
  - { login: olga }
organizations:
  - login: acme
    members: { alice: owner, ann: member, bob: member }
    installation: { repositories: all }
    teams:
      - name: Engineering
        repositories: { money: pull }
        teams: [{ name: Payments, members: [ann], repositories: { billing: push } }]
    repositories:
      - name: money
        collaborators: { olga: pull }
        history:
          - { manifest: { name: acme/money }, tags: [1.0.0, 1.1.0] }
      - name: billing
        history: [{ manifest: { name: acme/billing } }]
  - login: other
    members: { bob: owner }
    roles: []
`,
  'small world',
);

export interface SimulatorFixture {
  readonly simulator: GitHubSimulator;
  readonly receiver: WebhookReceiver;
  readonly directory: string;
  /** The URL of a repository with a user's token in it. */
  remote(login: string, repository: string): string;
  close(): Promise<void>;
}

/** A simulator in a folder of its own, with a receiver for its webhooks. */
export async function startFixture(
  options: Partial<Pick<GitHubSimulatorOptions, 'world' | 'clock' | 'directory' | 'onLog' | 'objects'>> = {},
): Promise<SimulatorFixture> {
  const receiver = await startWebhookReceiver();
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'simulated-github-')));
  const simulator = await startGitHubSimulator({
    world: smallWorld,
    ports: { web: 0, api: 0, codeload: 0, control: 0 },
    ...options,
    directory,
    app: { ...testApp, webhookUrl: receiver.url },
  });
  return {
    simulator,
    receiver,
    directory,
    remote: (login, repository) =>
      `${simulator.addresses.web.replace('://', `://${login}:ghp_${login}_test@`)}/${repository}.git`,
    async close() {
      await simulator.close();
      await receiver.close();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The JWT with which the app requests installation tokens. @param milliseconds the simulator's time */
export function createAppJwt(app: App, milliseconds = Date.now()): string {
  const now = Math.floor(milliseconds / 1000);
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: now - 60, exp: now + 540, iss: app.clientId })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(app.privateKey, 'base64url')}`;
}
