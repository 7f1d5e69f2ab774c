import { beforeEach, describe, expect, it } from 'vitest';
import { makeScene, type Scene, smallWorld } from '../test-world.ts';
import { defaultVariant, type Variant } from '../variants.ts';
import type { Credential } from './credentials.ts';
import { createLimits, type Limits, type ResourceGroup, resourceGroupOf } from './limits.ts';

const hour = 60 * 60 * 1000;
let scene: Scene;
let now = 0;
let limits: Limits;
beforeEach(async () => {
  scene = await makeScene(smallWorld);
  now = 0;
  limits = createLimits(() => now);
});

const person = (nickname: string): Credential => ({
  ...{ kind: 'api_token', account: scene.account(nickname), scopes: new Set() },
});
const token: Credential = {
  ...{ kind: 'access_token', account: undefined, scopes: new Set() },
  token: {
    ...{ id: 7, kind: 'workspace', holder: '{1}', name: 'n', value: 'v', scopes: [], revoked: false },
  },
};

/** How many requests are let pass at once. */
function most(
  credential: Credential | undefined,
  group: ResourceGroup,
  variant: Partial<Variant> = {},
): number {
  let passed = 0;
  while (!limits.charge(credential, group, { ...defaultVariant, ...variant }).isRefused) passed += 1;
  return passed;
}

it.each([
  ['repositories', 1_000],
  ['raw', 5_000],
  ['archives', 5_000],
  ['webhooks', 1_000],
  ['git', 60_000],
] as const)('%s: %i an hour', (group, limit) => {
  expect(most(person('ann'), group)).toBe(limit);
  // Each group and each account counts for itself.
  expect(most(person('bob'), group)).toBe(limit);
});

it('slides: what is an hour old counts no more', () => {
  const ask = () => limits.charge(person('ann'), 'repositories', defaultVariant).isRefused;
  ask();
  now = hour / 2;
  expect(most(person('ann'), 'repositories')).toBe(999);
  now = hour;
  expect(ask()).toBe(false);
  expect(ask()).toBe(true);
});

describe('scaled limits', () => {
  it.each([
    [{ plan: 'free', seats: 500 }, 1_000],
    [{ plan: 'standard', seats: 100 }, 1_000],
    [{ plan: 'standard', seats: 150 }, 1_500],
    [{ plan: 'premium', seats: 5_000 }, 10_000],
  ] as const)('of an access token: %j', (variant, limit) => {
    expect(most(token, 'repositories', variant)).toBe(limit);
  });

  it('are told of, and no others', () => {
    const { headers } = limits.charge(token, 'repositories', defaultVariant);
    expect(headers).toMatchObject({ 'x-ratelimit-limit': '1000', 'x-ratelimit-nearlimit': 'false' });
    expect(limits.charge(person('ann'), 'repositories', defaultVariant).headers).toEqual({});
  });
});

it('anybody without a credential shares 60', () => {
  expect(most(undefined, 'repositories')).toBe(60);
  expect(most(undefined, 'raw')).toBe(0);
});

it.each([
  ['/2.0/repositories/{workspace}/{repository}/src/{commit}/{+path}', 'raw'],
  ['/2.0/repositories/{workspace}/{repository}/refs', 'repositories'],
  ['/2.0/repositories/{workspace}/{repository}/hooks', 'webhooks'],
  ['/2.0/workspaces/{workspace}/hooks/{hook}', 'webhooks'],
  ['/2.0/workspaces/{workspace}/permissions/repositories', 'workspaces'],
  ['/2.0/user', 'workspaces'],
  ['/1.0/groups/{workspace}', 'groups'],
])('%s is of %s', (pattern, group) => {
  expect(resourceGroupOf(pattern)).toBe(group);
});
