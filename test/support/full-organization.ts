/** An organization in the API's tests with a thousand and more of everything that lists show. */
import { asId, type ForgeAccountId, type SynchronizationId, type UserId } from '../../shared/domain/ids.ts';
import { addAuditEntry, addRefusal, noteRun } from '../../shared/store/audit-log.ts';
import { putChunks } from '../../shared/store/chunk-store.ts';
import { noteDelivered } from '../../shared/store/delivery-history.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { chunkNames, keys } from '../../shared/store/keys.ts';
import { keepPreviewResult } from '../../shared/store/preview-store.ts';
import { refuseCommit } from '../../shared/store/refused-commit-store.ts';
import { putRequirement } from '../../shared/store/requirement-store.ts';
import { noteChanges } from '../../shared/store/run-store.ts';
import { addScanLogEntry } from '../../shared/store/scan-log.ts';
import { putHeld } from '../../shared/store/scope-store.ts';
import { addSignIn } from '../../shared/store/sign-in-log.ts';
import { addSynchronization } from '../../shared/store/synchronization-store.ts';
import type { Operation } from '../../shared/store/table.ts';
import { aPackage, aRepository, aVersion, repositoryIdOf, sourceOf } from './api-packages.ts';
import { type ApiWorld, createApiWorld, userOf } from './api-world.ts';
import { aFact, repository } from './memory-forge.ts';
import { gitHubHost, organizationId, synchronizationId } from './synchronized.ts';

/** So many packages, repositories, members, dependents and runs, whose lists read more than they show. */
export const fullCount = 5000;
/** So many of everything else: a page reads of it what it shows, and no more however much there is. */
export const manyCount = 1000;
/** Its accounts are those that the first synchronization has too. */
export const secondSynchronization = asId<SynchronizationId>('sync2');
const right = { changedAt: 0, gives: true };

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place + 1);
const padded = (id: number): string => String(id).padStart(4, '0');
export const packageName = (id: number): string => `acme/package-${padded(id)}`;

/** Of what there are many: the value of a parameter in the path of the operation. */
export function inPath(operation: string, parameter: string): string {
  const [vendor = '', name = ''] = packageName(1).split('/');
  const ids: Readonly<Record<string, string>> = {
    listLeftOutRefsOfRepository: repositoryIdOf(1),
    listMembersOfTeam: `t.${synchronizationId}.8`,
    listAccessOfToken: `token${padded(1)}`,
  };
  const values: Readonly<Record<string, string>> = {
    ...{ slug: 'acme', vendor, name, synchronization: synchronizationId, id: ids[operation] ?? '' },
    number: operation === 'listPreviewChanges' ? '1' : '5',
  };
  return values[parameter] ?? '';
}

export async function fullOrganization(...more: Parameters<typeof createApiWorld>): Promise<ApiWorld> {
  const world = await createApiWorld(...more);
  const { table } = world;
  const all: readonly Operation[] = [
    ...packages(),
    ...people(),
    ...teams(),
    ...tokens(world.now()),
    ...logs(world.now()),
    ...runs(world.now()),
  ];
  for (const one of all) {
    await table.transact([one]);
  }
  const lines = range(manyCount).map((id) => ({ ref: `tag v${id}`, reason: 'no version' }));
  await putChunks(table, synchronizationId, chunkNames.leftOut(repository(1)), lines, 2_000_000_000);
  const changes = range(manyCount).map((id) => `+ member user-${id}`);
  await table.transact([
    { put: keys.preview(synchronizationId), item: { wanted: 1, done: 1, askedAt: world.now() } },
  ]);
  await keepPreviewResult(
    table,
    synchronizationId,
    1,
    { scopes: [{ scope: 'members', outcome: 'whole', changes, held: [], deferred: [] }] },
    world.now(),
  );
  return world;
}

/** The first has thousands of dependents, and many versions, scans and refs that are left out. */
function packages(): readonly Operation[] {
  const [ids, many] = [range(fullCount), range(manyCount)];
  return [
    ...ids.flatMap((id) => [aRepository(id), ...aPackage(id, packageName(id))]),
    ...ids.map((id) => ({
      put: keys.scan(synchronizationId, repository(id)),
      item: { wanted: 1, done: 1, lastScannedAt: 1, skipped: [], skippedCount: id === 1 ? manyCount : 0 },
    })),
    ...many.map((id) => aVersion(1, `1.${id}.0`)),
    ...ids.map((number) =>
      putRequirement(organizationId, {
        required: packageName(1),
        number,
        constraint: '^1.0',
        isForDevelopment: false,
      }),
    ),
    ...many.map((at) => addScanLogEntry(sourceOf(1), { at: at * 1000, cause: 'webhook', changes: [] })),
    ...many.map((id) =>
      refuseCommit(organizationId, {
        commit: String(id).padStart(40, '0'),
        by: 'owner',
        why: 'a password',
        at: 1,
      }),
    ),
  ];
}

/** Accounts 1001 and up are members; each tenth is a user who has the account 100,000 above it too, in both synchronizations. */
function people(): readonly Operation[] {
  const members = range(fullCount).map((place) => 1000 + place);
  const users = members.filter((account) => account % 10 === 0);
  const second = users.flatMap((account) => [account, account + 100_000]);
  return [
    ...members.map((account) => putFact(synchronizationId, aFact.member(account), 1, right)),
    ...users.map((account) => putFact(synchronizationId, aFact.member(account + 100_000), 1, right)),
    ...range(500).map((place) =>
      putFact(synchronizationId, aFact.collaborator(1, 200_000 + place), 1, right),
    ),
    ...addSynchronization({
      id: secondSynchronization,
      organization: organizationId,
      createdAt: Date.parse('2026-11-22T11:30:00Z'),
      ...gitHubHost,
      forgeOrganization: asId(901),
      login: 'acme-two',
      connection: { kind: 'access-token', id: asId('connection2') },
      choice: 'all',
    }),
    ...second.map((account) => putFact(secondSynchronization, aFact.member(account), 1, right)),
    ...users.flatMap(userWithTwoAccounts),
    // Accounts with an odd number were there when new members began to wait.
    { update: { key: keys.organization(organizationId), set: { newMembers: 'waiting' } } },
    ...[1, 2, 3, ...members.filter((account) => account % 2 === 1)].map((account) => ({
      put: keys.knownAccount(organizationId, gitHubHost, String(account)),
      item: {},
    })),
  ];
}

function userWithTwoAccounts(account: number): readonly Operation[] {
  const user = asId<UserId>(`user${account}`.padEnd(16, '2'));
  const [one, other] = [account, account + 100_000].map((id) => ({
    ...gitHubHost,
    account: asId<ForgeAccountId>(id),
  }));
  const item = { id: user, login: `user-${account}`, accounts: [one, other], createdAt: 0 };
  return [
    { put: keys.user(user), item },
    ...[account, account + 100_000].map((id) => ({
      put: keys.account(gitHubHost.forge, gitHubHost.baseUrl, String(id)),
      item: { user, accounts: [one, other] },
    })),
  ];
}

/** The member is in team 8, as are 5,000 others; it reads the first thousand packages. */
function teams(): readonly Operation[] {
  return [
    ...range(manyCount).map((team) => putFact(synchronizationId, aFact.team(team), 1, right)),
    ...range(fullCount).map((place) =>
      putFact(synchronizationId, aFact.teamMember(8, 1000 + place), 1, right),
    ),
    putFact(synchronizationId, aFact.teamMember(8, 2), 1, right),
    ...range(1000).map((id) => putFact(synchronizationId, aFact.teamRepository(8, id), 1, right)),
  ];
}

const tokens = (now: number): readonly Operation[] =>
  range(manyCount).map((id) => ({
    put: keys.principalToken(organizationId, `o.${organizationId}`, `token${padded(id)}`),
    item: {
      ...{ id: `token${padded(id)}`, organization: organizationId, principal: `o.${organizationId}` },
      ...{ kind: 'organization', hash: `hash${id}`, description: 'ci', state: 'active', createdAt: now },
      ...{ expiry: 0, madeBy: { kind: 'user', id: userOf('owner'), name: 'owner-login' } },
    },
  }));

const changed = {
  scopes: [{ cause: 'reconcile', delivery: 'd1' }],
  counts: { add: 1, update: 0, remove: 0 },
};

const logs = (now: number): readonly Operation[] =>
  range(manyCount).flatMap((place) => {
    const entry = { at: now - place * 1000, by: 'owner', act: 'stop-access', subject: 'acme', why: 'a leak' };
    return [
      addAuditEntry(organizationId, entry, `entry${place}`),
      addAuditEntry(undefined, entry, `entry${place}`),
      noteRun(
        { id: synchronizationId, organization: organizationId, login: 'acme' },
        { ...changed, number: place + 1, at: entry.at },
      ),
      addRefusal(
        { organization: organizationId, at: entry.at, id: `refusal${place}` },
        { by: 'owner', subject: 'listTokens', why: 'too old' },
      ),
      addSignIn({ at: entry.at, act: 'signed-in', user: userOf('owner') }, asId(`entry${place}`)),
      noteDelivered(synchronizationId, {
        delivery: `d${place}`,
        event: 'member',
        at: entry.at,
        by: 'webhook',
      }),
    ];
  });

/** Each tenth run changed something; run 5 so much that it took many transactions. */
function runs(now: number): readonly Operation[] {
  const scopes = [{ scope: 'members', cause: 'schedule', outcome: 'whole', held: 0 }] as const;
  const progress = { number: 5, startedAt: now - 1000, requests: 3, scopes };
  return [
    ...range(fullCount).map((number) => ({
      put: keys.run(synchronizationId, number),
      item: {
        ...{ observedAt: number, startedAt: now, finishedAt: now, scopes },
        removed: number % 10 === 0 ? 1 : 0,
      },
    })),
    ...range(manyCount / 50).flatMap((place) =>
      noteChanges(
        synchronizationId,
        progress,
        place - 1,
        {
          counts: { add: 0, update: 0, remove: 50 },
          changes: range(50).map((id) => ({
            kind: 'remove' as const,
            before: aFact.member(1000 + id),
            evidence: [],
          })),
        },
        now,
      ),
    ),
    ...range(manyCount).map((id) => {
      const name = { forge: gitHubHost.forge, source: `hook${padded(id)}` };
      return {
        put: keys.hookOf(synchronizationId, name.forge, name.source),
        item: { ...name, repository: String(id), state: 'working' },
      };
    }),
    ...range(manyCount).map((team) =>
      putHeld(synchronizationId, {
        scope: `team:${team}`,
        since: now,
        count: 1,
        digest: 'abc',
        changes: [{ kind: 'remove', before: aFact.member(1000 + team), evidence: [] }],
      }),
    ),
  ];
}
