/** Nobody ceases to own an organization by what another owner does to its synchronizations. */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import { newId, type UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { primaryOf } from '../domain/primary.ts';
import { scopeOfKind } from '../domain/scopes.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { StructureReader } from '../forge/forge.ts';
import { traitsOf } from '../forge/modules.ts';
import { readToEnd } from '../forge/read-to-end.ts';
import type { Clock } from '../runtime/clock.ts';
import { endByHand, findPerson, personsOf, putPerson } from '../store/member-store.ts';
import { names, type Owner, ownersIf, type UnknownOwner } from '../store/owner-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import { type Operation, type Table, transactionItemsMax } from '../store/table.ts';
import { accountIn, accountsOf, findUser, isSameAccount, makeUser } from '../store/user-store.ts';
import { forgeFailure } from './forge-failure.ts';

/** How long the members of a code host's organization are read, well within the 30 s of the call; milliseconds. */
const readingMs = 15_000;

/** A forge organization that is to be connected. */
interface Connecting {
  readonly host: ForgeHost;
  readonly login: string;
  open(): Promise<StructureReader>;
}

/**
 * Refuses the first synchronization of an organization whose owners by hand own nothing on the code host: its owners become the owners here.
 *
 * @param organization read before its synchronizations, for `changeOwners` in the transaction that adds the synchronization
 * @param user who asks, and was asked of the code host already
 * @throws CallerError `conflict` with the names of who would be locked out, and when the code host does not answer
 */
export async function refuseReplacedOwners(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  organization: Organization,
  user: UserId | undefined,
  { host, login, open }: Connecting,
): Promise<void> {
  const present = await synchronizationsOf(table, organization.id);
  if (primaryOf(organization, present) !== undefined) {
    return;
  }
  const owners = await ownersIf(table, organization, undefined, clock.now());
  const others = owners.filter((owner) => owner.user !== user);
  if (others.length === 0) {
    return;
  }
  const there = await ownersAt(clock, host, login, open);
  const lockedOut: Owner[] = [];
  for (const owner of others) {
    const accounts = await accountsOf(table, owner.user);
    if (!accounts.some((account) => there.some((one) => isSameAccount(one, account)))) {
      lockedOut.push(owner);
    }
  }
  if (lockedOut.length > 0) {
    throw new CallerError(
      'conflict',
      `these owners do not own ${login} and would be locked out: ${names(lockedOut)}. Make them owners there, or switch them off here first`,
    );
  }
}

async function ownersAt(clock: Clock, host: ForgeHost, login: string, open: Connecting['open']) {
  const until = clock.now() + readingMs;
  const limit = { mayContinue: () => clock.now() < until, limitMessage: 'the members take too long to read' };
  try {
    const scope = scopeOfKind(traitsOf(host.forge).scopes, 'member');
    const { facts } = await readToEnd(await open(), scope, limit);
    return facts.flatMap((fact) =>
      fact.kind === 'member' && fact.role === 'owner' ? [accountIn(host, fact.account)] : [],
    );
  } catch (error) {
    throw error instanceof ForgeError ? forgeFailure(`the list of ${login}'s owners`, error) : error;
  }
}

interface KeepDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * Makes them owners by hand, which counts for nothing while a primary synchronization says who the owners are. An account that nobody has
 * signed in with gets a user.
 *
 * @throws CallerError `conflict` when one of them changed at the same moment
 */
export async function ownByHand(
  dependencies: KeepDependencies,
  { id }: Pick<Organization, 'id'>,
  owners: readonly (Owner | UnknownOwner)[],
): Promise<void> {
  const { table } = dependencies;
  for (const owner of owners) {
    const { user, made } = await userOf(dependencies, owner);
    const before = await findPerson(table, id, user);
    await unlessChanged(`${owner.name} changed at the same moment; try again`, () =>
      table.transact([...made, ...putPerson(id, user, { ...before, isOwner: true }, before)]),
    );
  }
}

/** Who goes on belonging to the organization by hand. */
interface Staying {
  readonly owners: readonly (Owner | UnknownOwner)[];
  /** Undefined: all members by hand. */
  readonly members: ReadonlySet<UserId> | undefined;
}

/**
 * Owners and members by hand who are not among these are none any more, so that nothing later makes them that again.
 *
 * @throws CallerError `conflict` when one of them changed at the same moment
 */
export async function endOthersByHand(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  { owners, members }: Staying,
): Promise<void> {
  const stay = new Set(owners.map(({ user }) => user));
  const operations: Operation[] = [];
  for (const { user, isOwner, isMember } of await personsOf(table, id)) {
    const ended = [
      ...(isOwner && !stay.has(user) ? (['owner'] as const) : []),
      ...(isMember && members?.has(user) === false && !stay.has(user) ? (['member'] as const) : []),
    ];
    if (ended.length > 0) {
      operations.push(endByHand(id, user, ended));
    }
  }
  for (let start = 0; start < operations.length; start += transactionItemsMax) {
    await unlessChanged('a person changed at the same moment; try again', () =>
      table.transact(operations.slice(start, start + transactionItemsMax)),
    );
  }
}

async function userOf(
  { table, clock, randomBytes }: KeepDependencies,
  owner: Owner | UnknownOwner,
): Promise<{ readonly user: UserId; readonly made: readonly Operation[] }> {
  if (owner.user !== undefined) {
    return { user: owner.user, made: [] };
  }
  const known = await findUser(table, owner.account);
  if (known !== undefined) {
    return { user: known, made: [] };
  }
  const user = newId<UserId>(randomBytes);
  return { user, made: makeUser(user, owner.account, owner.name, clock.now()) };
}
