/** What has to hold for every operation that owners can leave to a team, over the OpenAPI document. */
import { describe, expect, it } from 'vitest';
import { type DelegatedRight, delegatedRights } from '../../shared/domain/delegated-right.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { leaveRights } from '../../test/support/api-delegates.ts';
import { type Operation, operations, prepared } from '../../test/support/api-operations.ts';
import { createApiWorld } from '../../test/support/api-world.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';

const rightsFor = ({ definition }: Operation): readonly DelegatedRight[] =>
  (definition['x-or-right'] ?? []) as readonly DelegatedRight[];
const delegable = operations.filter((operation) => rightsFor(operation).length > 0);
const named = (list: readonly Operation[]) => list.map((one) => [one.name, one] as const);

/** Repositories that the examples name, and one that none does. */
const [theirs, others] = [[5, 7], [6]];

async function worldFor(operation: Operation) {
  const world = await createApiWorld();
  const request = await prepared(world, operation);
  return { world, ask: (person: 'member' | 'stranger') => world.ask(person, request()) };
}

it('what is left to teams concerns their packages, and is nothing else', () => {
  const names = [
    'acceptMovedTag',
    'addPackages',
    'deletePackage',
    'deleteVersions',
    'givePackageName',
    'listRepositories',
    'readRepository',
    'scanRepository',
  ];
  expect(delegable.map(({ name, access }) => [name, access]).sort()).toEqual(
    names.map((name) => [name, 'owner']),
  );
});

describe.each(named(delegable))('%s', (_, operation) => {
  it('is for a member with the right, on what his team reads', async () => {
    const { world, ask } = await worldFor(operation);
    await leaveRights(world, rightsFor(operation).slice(0, 1), theirs);
    const { status, text } = await ask('member');
    expect([200, 202], text).toContain(status);
  });

  it('is not for a member with another right', async () => {
    const { world, ask } = await worldFor(operation);
    const wrong = delegatedRights.filter((right) => !rightsFor(operation).includes(right));
    await leaveRights(world, wrong, theirs);
    expect((await ask('member')).status).toBe(403);
  });
});

describe.each(named(delegable.filter(({ name }) => name !== 'listRepositories')))('%s', (_, operation) => {
  it('is not for him on anything else, which is there for him only if he reads it', async () => {
    const { world, ask } = await worldFor(operation);
    await leaveRights(world, rightsFor(operation), others);
    const before = world.stored();
    const hidden = await ask('member');
    expect([hidden.status, hidden.text]).toEqual([404, (await ask('stranger')).text]);
    expect(world.stored()).toEqual(before);
    const reads = theirs.map((id) => putFact(synchronizationId, aFact.collaborator(id, 2), 2));
    await world.table.transact(reads);
    const after = world.stored();
    const read = await ask('member');
    expect([read.status, read.body.code]).toEqual([403, 'forbidden']);
    expect(world.stored()).toEqual(after);
  });
});
