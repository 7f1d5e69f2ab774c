import { expect, it } from 'vitest';
import type { RecordedChange } from '../../../shared/domain/change.ts';
import { asId, type ForgeTeamId } from '../../../shared/domain/ids.ts';
import { keys } from '../../../shared/store/keys.ts';
import { noteChanges } from '../../../shared/store/run-store.ts';
import { repositoryIdOf } from '../../../test/support/api-packages.ts';
import { createApiWorld } from '../../../test/support/api-world.ts';
import { aFact, repository } from '../../../test/support/memory-forge.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';

const path = `/organizations/acme/synchronizations/${synchronizationId}/runs/5/differences`;

async function differencesOf(changes: readonly RecordedChange[]) {
  const world = await createApiWorld();
  const progress = { number: 5, startedAt: world.now() - 1000, requests: 3, scopes: [] };
  const counts = { add: 1, update: 1, remove: 1 };
  await world.table.transact(noteChanges(synchronizationId, progress, 0, { counts, changes }, world.now()));
  return { world, items: (await world.ask('owner', { path })).body.items };
}

it('says of each change what it is about, what was before and after, and why', async () => {
  const { items } = await differencesOf([
    { kind: 'update', before: aFact.member(1, 'member'), after: aFact.member(1, 'owner'), evidence: [] },
    { kind: 'remove', before: aFact.collaborator(5, 3), evidence: ['list', 'event'] },
  ]);
  expect(items).toMatchObject([
    {
      ...{ kind: 'update', fact: 'member', account: { id: `${synchronizationId}.1`, name: 'user-1' } },
      fields: [{ name: 'role', before: 'member', after: 'owner' }],
    },
    {
      ...{ kind: 'remove', fact: 'collaborator', account: { name: 'user-3' } },
      repository: { id: repositoryIdOf(5) },
      reason: 'missing from a complete read; confirmed by an event',
    },
  ]);
  expect(items[1].fields.every((field: object) => 'before' in field && !('after' in field))).toBe(true);
});

it('names the team that a row is inherited from', async () => {
  const row = {
    kind: 'team-repository',
    ...{ team: asId<ForgeTeamId>(8), via: asId<ForgeTeamId>(9) },
    ...{ repository: repository(5), permission: 'read' },
  } as const;
  const { items } = await differencesOf([{ kind: 'add', after: row, evidence: ['read'] }]);
  expect(items).toMatchObject([
    { team: { id: `t.${synchronizationId}.8` }, inheritedFrom: { id: `t.${synchronizationId}.9` } },
  ]);
});

it('has lines of earlier versions as text', async () => {
  const { world } = await differencesOf([]);
  await world.table.update({
    key: keys.runChanges(synchronizationId, 5, 0),
    set: { changes: ['+ member ann'] },
  });
  const { body } = await world.ask('owner', { path });
  expect(body.items).toEqual([{ kind: 'text', fields: [], reason: '', text: '+ member ann' }]);
});
