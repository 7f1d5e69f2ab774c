import { describe, expect, it } from 'vitest';
import { account, aFact, repository } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import {
  addSynchronized,
  gitHubHost,
  organizationId,
  synchronizationId,
} from '../../test/support/synchronized.ts';
import { accessFactsOf, decideAccess, type Subject } from '../domain/access.ts';
import type { Fact } from '../domain/facts.ts';
import { asId, type UserId, userPrincipal } from '../domain/ids.ts';
import { effectiveRightsOf } from '../publish/effective-rights.ts';
import { putClaim } from '../store/claim-store.ts';
import { putFact } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { putPerson } from '../store/member-store.ts';
import { findOrganization } from '../store/organization-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import { makeUser } from '../store/user-store.ts';
import { explainAccess, packagesReadBy, pathOf, repositoriesOf } from './explain-access.ts';
import { personIn } from './people.ts';
import { peopleReading } from './people-reading.ts';
import { teamNamesOf } from './team-names.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const team = (id: number) => ({ id: `t.${synchronizationId}.${id}` });
const user = (id: number): UserId => asId<UserId>(`user${id}`);

/** 1 owns; 2 is in team 7, which reads repository 5; 3 collaborates there; 4 is a member without rights. Nobody signed in but 2 and 4. */
const facts: readonly Fact[] = [
  aFact.settings(false),
  aFact.member(1, 'owner'),
  aFact.member(2),
  aFact.member(4),
  aFact.team(7),
  aFact.teamMember(7, 2),
  aFact.teamRepository(7, 5),
  aFact.collaborator(5, 3),
  { ...aFact.repository(5), visibility: 'private' },
];

async function world() {
  const table = createMemoryTable();
  await addSynchronized(table);
  await table.transact([
    ...facts.map((fact) => putFact(synchronizationId, fact, 1, { changedAt: now, gives: true })),
    ...[2, 4].flatMap((id) => makeUser(user(id), { ...gitHubHost, account: account(id) }, `user-${id}`, now)),
    {
      put: keys.package(organizationId, 1),
      item: {
        number: 1,
        name: 'acme/one',
        synchronization: synchronizationId,
        repository: '5',
        directory: '',
        state: 'available',
      },
    },
    { put: keys.packageName(organizationId, 'acme/one'), item: { number: 1 } },
  ]);
  const organization = await findOrganization(table, organizationId);
  if (organization === undefined) {
    throw new Error('no organization');
  }
  const synchronizations = await synchronizationsOf(table, organizationId);
  const explain = async (id: string) =>
    explainAccess(table, organization, await personIn(table, organization, id), 'acme/one', now);
  const people = async () =>
    (await peopleReading(table, organization, synchronizations, 'acme/one', { limit: 50 }, now)).people.map(
      ({ id, paths }) => [id, paths.map(({ through }) => through)] as const,
    );
  return { table, organization, synchronizations, explain, people };
}

describe('explainAccess', () => {
  it('names every way to the package', async () => {
    const { explain } = await world();
    expect(await explain(user(2))).toMatchObject({
      codeHost: gitHubHost,
      paths: [{ through: 'team', team: { id: team(7).id }, account: '2' }],
      missing: [],
    });
    expect(await explain(`${synchronizationId}.1`)).toMatchObject({ paths: [{ through: 'owner' }] });
    expect(await explain(`${synchronizationId}.3`)).toMatchObject({
      paths: [{ through: 'collaborator', account: '3' }],
    });
  });

  it('says what is missing, and who could give it', async () => {
    const { table, explain } = await world();
    expect(await explain(user(4))).toMatchObject({
      codeHost: gitHubHost,
      paths: [],
      missing: ['no-right'],
      couldGive: { owners: ['user-1'], teams: [{ id: team(7).id }] },
    });
    await table.transact([
      putClaim(synchronizationId, { key: 'team-member#2#7', expect: 'gone', at: now, bodies: [] }),
    ]);
    expect((await explain(user(2))).missing).toEqual(['withdrawn']);
    await table.transact(putPerson(organizationId, user(2), { isOwner: false, isOff: true }));
    expect((await explain(user(2))).missing).toEqual(['off']);
    await table.transact(
      putPerson(organizationId, user(2), { isOwner: false, isOff: false, isWaiting: true }),
    );
    expect((await explain(user(2))).missing).toEqual(['waiting']);
    await table.update({ key: keys.package(organizationId, 1), set: { state: 'unreadable' } });
    expect((await explain(user(4))).missing).toEqual(['package-unavailable']);
  });

  it('knows nobody and nothing of others', async () => {
    const { explain, organization, table } = await world();
    await expect(explain('stranger')).rejects.toThrow('no such person');
    await expect(explain('other.1')).rejects.toThrow('no such person');
    const person = await personIn(table, organization, user(2));
    await expect(explainAccess(table, organization, person, 'acme/none', now)).rejects.toThrow(
      'no such package',
    );
  });
});

it('tells what a person is in a team whose members have levels, and what limits that', () => {
  const facts = accessFactsOf([
    ...[aFact.member(2), aFact.team(7), aFact.team(8), aFact.repository(5)],
    ...[7, 8].map((id): Fact => ({ ...aFact.teamMember(id, 2), level: 'Developer' }) as Fact),
    ...(['Owner', 'Reporter'] as const).map(
      (permission, place): Fact =>
        ({ ...aFact.teamRepository(7 + place, 5, permission), readers: ['Reporter', 'Developer'] }) as Fact,
    ),
  ]);
  const host = { id: synchronizationId, forge: 'gitlab' };
  const paths = (subject: Subject) =>
    (decideAccess(subject, facts, now).get(repository(5)) ?? []).map((via) =>
      pathOf(via, subject, host, teamNamesOf(synchronizationId, [])),
    );
  const [own, invited] = [7, 8].map((id) => ({
    ...{ through: 'team', synchronization: synchronizationId, team: { ...team(id), name: `${id}` } },
  }));
  expect(paths({ kind: 'account', account: account(2) })).toEqual([
    { ...own, account: '2', level: 'Developer' },
    { ...invited, account: '2', permission: 'Reporter', level: 'Developer' },
  ]);
  expect(paths({ kind: 'team', team: asId('7') })).toEqual([own]);
});

describe('peopleReading', () => {
  it('lists whom the decision lets in, and nobody who is switched off', async () => {
    const { table, organization, people } = await world();
    expect(await people()).toEqual([
      [`${synchronizationId}.1`, ['owner']],
      [user(2), ['team']],
      [`${synchronizationId}.3`, ['collaborator']],
    ]);
    for (const id of [2, 4]) {
      const rights = await effectiveRightsOf(table, organizationId, userPrincipal(user(id)), now);
      const reads = await packagesReadBy(
        table,
        organizationId,
        await personIn(table, organization, user(id)),
        now,
      );
      expect(rights.mayRead(synchronizationId, asId('5'))).toBe(id === 2);
      expect(reads.map(({ name }) => name)).toEqual(id === 2 ? ['acme/one'] : []);
      expect((await repositoriesOf(table, reads)).map((one) => one?.id)).toEqual(
        id === 2 ? [`${synchronizationId}~5`] : [],
      );
    }
    await table.transact(putPerson(organizationId, user(2), { isOwner: false, isOff: true }));
    expect((await people()).map(([id]) => id)).toEqual([`${synchronizationId}.1`, `${synchronizationId}.3`]);
    const rights = await effectiveRightsOf(table, organizationId, userPrincipal(user(2)), now);
    expect(rights.mayRead(synchronizationId, asId('5'))).toBe(false);
  });

  it('comes in pages', async () => {
    const { table, organization, synchronizations } = await world();
    const first = await peopleReading(table, organization, synchronizations, 'acme/one', { limit: 2 }, now);
    const rest = await peopleReading(
      table,
      organization,
      synchronizations,
      'acme/one',
      { limit: 2, after: first.next },
      now,
    );
    expect([...first.people, ...rest.people]).toHaveLength(3);
    expect([first.teams.map(({ id }) => id), first.isPublic, rest.next]).toEqual([
      [team(7).id],
      false,
      undefined,
    ]);
  });
});
