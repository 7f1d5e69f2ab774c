import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseWorld } from '../world/read-world.ts';
import { gitHubPart } from '../world/world.ts';
import { createApp } from './app-identity.ts';
import { testApp } from './simulator-fixture.ts';
import type { GitHubState } from './state.ts';
import { worldToState } from './world-to-state.ts';

let gitRoot: string;
beforeEach(async () => {
  gitRoot = await mkdtemp(join(tmpdir(), 'world-'));
});
afterEach(() => rm(gitRoot, { recursive: true, force: true }));

function build(text: string): Promise<GitHubState> {
  const app = createApp((bytes) => new Uint8Array(bytes), testApp);
  return worldToState(gitHubPart(parseWorld(text, 'w')), { app, gitRoot, now: '2026-11-22T10:00:00.000Z' });
}

it('gives ids in the order of the file, and skips those that the file gives', async () => {
  const state = await build(`
users: [{ login: alice }, { login: ann, id: 1002 }, { login: bob }]
organizations:
  - login: acme
    members: { Alice: owner, ann: pending }
    installation: { repositories: [money], suspended: true }
    teams: [{ name: "Équipe & Co.", teams: [{ name: B, maintainers: [ANN] }] }, { name: C, id: 5, repositories: { money: triage } }]
    repositories: [{ name: money, id: 7, collaborators: { BOB: admin } }, { name: clock, disabled: true }]
`);
  expect([...state.users].map(([id, { login }]) => [id, login])).toEqual([
    [1001, 'alice'],
    [1002, 'ann'],
    [1003, 'bob'],
  ]);
  expect([...state.teams.values()].map(({ id, slug, parentId }) => [id, slug, parentId])).toEqual([
    [1005, 'equipe-co', undefined],
    [1006, 'b', 1005],
    [5, 'c', undefined],
  ]);
  expect([...state.repositories.keys()]).toEqual([7, 1007]);
  expect(state.nextId).toBe(1009);
  expect(state.organizations.get(1004)?.members).toEqual(
    new Map([
      [1001, { role: 'admin', state: 'active' }],
      [1002, { role: 'member', state: 'pending' }],
    ]),
  );
  expect(state.teams.get(1006)?.members).toEqual(new Map([[1002, 'maintainer']]));
  expect(state.teams.get(5)?.repositories).toEqual(new Map([[7, 'triage']]));
  expect(state.repositories.get(7)?.collaborators).toEqual(new Map([[1003, 'admin']]));
  expect(state.installations.get(1008)).toMatchObject({
    repositorySelection: 'selected',
    repositoryIds: new Set([7]),
    suspendedAt: '2026-11-22T10:00:00.000Z',
  });
});

it('keeps long histories in the past', async () => {
  const state = await build(`
users: [{ login: alice }]
organizations:
  - login: acme
    members: { alice: owner }
    repositories:
      - { name: busy, history: [{ tags: { from: 1.0.0, minors: 100, patches: 20 } }] }
      - { name: old, createdAt: '2019-05-01T08:00:00Z', history: [] }
`);
  const [busy, old] = state.repositories.values();
  expect(busy?.createdAt).toBe('2024-01-08T09:00:00Z');
  expect(busy?.pushedAt).toMatch(/^2025-12-3/);
  expect(old?.createdAt).toBe('2019-05-01T08:00:00Z');
});
