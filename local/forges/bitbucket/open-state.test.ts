import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRefs } from '../git/refs.ts';
import { parseWorld } from '../world/read-world.ts';
import { createBitbucketState } from './open-state.ts';
import type { BitbucketState, Hook } from './state.ts';
import { sceneOf, smallWorld, testNow } from './test-world.ts';
import { defaultVariant, type Variant } from './variants.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'simulated-bitbucket-state-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = (variant?: Variant) =>
  createBitbucketState(parseWorld(smallWorld, 'world'), { directory, now: () => testNow, variant });

/** Everything that a state can have. */
function fill(state: BitbucketState): void {
  const { workspace, account, repository } = sceneOf(state);
  const { uuid } = workspace('acme');
  const hook: Hook = {
    ...{ uuid: '{1}', workspace: uuid, repository: repository('acme/money').uuid },
    ...{ url: 'http://127.0.0.1', description: 'ours', active: true, events: new Set(['repo:push']) },
    ...{ secret: 'secret', skipsCertificates: true, createdAt: '2026-01-01T00:00:00Z' },
  };
  state.hooks.set(hook.uuid, hook);
  state.consumers.set('key', {
    ...{ key: 'key', secret: 'secret', name: 'Repertoire', callbackUrl: 'http://127.0.0.1/' },
    ...{ scopes: ['account'], isPrivate: true, workspace: uuid },
  });
  const ann = account('ann');
  state.grants.push({
    ...{ consumer: 'key', account: ann.uuid, accessToken: 'a', refreshToken: 'r', scopes: ['account'] },
    ...{ createdAt: testNow, revoked: false, refreshedAt: testNow },
  });
  state.apiTokens.set(1, {
    ...{ id: 1, account: ann.uuid, name: 'n', value: 'v', scopes: ['read:user:bitbucket'] },
    ...{ expiresAt: '2027-01-01', revoked: false },
  });
  state.accessTokens.set(2, {
    ...{ id: 2, kind: 'workspace', holder: uuid, name: 'n', value: 'v', scopes: ['repository'] },
    ...{ expiresAt: '2027-01-01', revoked: false },
  });
  Object.assign(ann, { deactivatedAt: '2026-06-15', spam: true });
  workspace('acme').spam = true;
  repository('acme/money').parent = 'other/money';
}

it('keeps everything over a restart, with the repositories', async () => {
  const first = await open();
  fill(first.state);
  await first.save();
  const second = await open();
  expect(second.state).toEqual(first.state);
  expect(second.otherWorld).toBe(false);
  const { gitDirectory } = sceneOf(second.state).repository('acme/money');
  expect(readRefs(gitDirectory).map(({ name }) => name)).toContain('refs/tags/2.0.0');
});

it('gives the same world the same UUIDs, and another variant to a stored state', async () => {
  const first = await open();
  const { uuid } = sceneOf(first.state).repository('acme/money');
  expect(uuid).toMatch(/^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/);
  const second = await open({ ...defaultVariant, plan: 'free' });
  expect(second.state.variant.plan).toBe('free');
  await rm(directory, { recursive: true });
  const third = await open();
  expect(sceneOf(third.state).repository('acme/money').uuid).toBe(uuid);
});
