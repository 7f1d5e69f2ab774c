/** Performs a sequence in a world and holds what Composer reads against what the forge says, on the way and at the end. */

import { appPermissions } from '../../../local/forges/github/app-identity.ts';
import { scopeNames } from '../../../shared/domain/facts.ts';
import { isScope } from '../../../shared/domain/scopes.ts';
import { loadScope } from '../../../shared/store/fact-store.ts';
import { latestRuns, loadRemoved } from '../../../shared/store/run-store.ts';
import { findHeld, listHeld } from '../../../shared/store/scope-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { decideRemovals } from '../../../shared/sync/decide-removals.ts';
import type { TokenHolder } from '../../../shared/tokens/issue-token.ts';
import { unfinishedWork } from '../../support/registry-view.ts';
import { organizationId, synchronizationId } from '../../support/synchronized.ts';
import { acmeId } from './base-worlds.ts';
import { checkFiles, createRefHistory } from './check-files.ts';
import type { ChangeCommand, Command, Sequence } from './commands.ts';
import { dying, isDeath } from './dying.ts';
import { forgeChanges } from './forge-changes.ts';
import type { Holder, ModelWorld } from './model-world.ts';
import { describeFacts, describeForge, mayRead, type Reach, reached, reachOf } from './truth.ts';
import { viewOf } from './view.ts';

/** What the product promises differently, each counted. */
export interface Exceptions {
  /** Removals that waited for a person at the end. */
  held: number;
  /** The app was installed again, and nothing of that was heard. */
  unheard: number;
  /** Rights that rested because nothing had been read for a week. */
  suspended: number;
  movedTags: number;
  unnamed: number;
}

export interface Outcome {
  /** Empty if all is well. */
  readonly wrong: readonly string[];
  readonly exceptions: Exceptions;
}

/** How long the forge's reads lag behind at most, and a second. */
const lagMs = 121_000;
const dayMs = 24 * 3600 * 1000;

export async function runSequence(world: ModelWorld, { steps }: Sequence): Promise<Outcome> {
  const wrong: string[] = [];
  const exceptions: Exceptions = { held: 0, unheard: 0, suspended: 0, movedTags: 0, unnamed: 0 };
  const grants = createGrants(world);
  const refs = createRefHistory(world);
  const make = async ({ change, of }: ChangeCommand): Promise<void> => {
    for (const one of forgeChanges(world.now, change, of)) {
      await world.change(one);
      grants.note();
      refs.note();
    }
  };
  for (const [place, { command, wait }] of steps.entries()) {
    await perform(world, command, make);
    if (wait === 0) {
      await world.work();
    } else if (wait !== undefined) {
      await world.pass(wait * 1000);
    }
    const found = await checkRaging(world, grants, exceptions);
    if (found.length > 0) {
      return { wrong: found.map((text) => `after step ${place}: ${text}`), exceptions };
    }
  }
  world.onRequest = async () => {};
  world.through = undefined;
  await repair(world, grants.note);
  await calm(world);
  if (await isUnheard(world)) {
    exceptions.unheard += 1;
    return { wrong, exceptions };
  }
  wrong.push(...(await checkBrake(world)));
  const held = await listHeld(world.table, synchronizationId);
  if (held.length > 0) {
    exceptions.held += 1;
    wrong.push(...(await checkRights(world, grants.reach(), 'wider')));
    for (const { scope } of held) {
      const shown = isScope(scope) ? await findHeld(world.table, synchronizationId, scope) : undefined;
      const synchronization = await findSynchronization(world.table, synchronizationId);
      if (shown !== undefined && synchronization !== undefined) {
        const { waker } = world.registry;
        const word = { scope, decision: 'yes' as const, shown: shown.digest };
        await decideRemovals({ table: world.table, waker, clock: world.clock }, synchronization, word);
      }
    }
    await calm(world);
  }
  wrong.push(...(await checkRights(world, grants.reach(), 'equal')));
  wrong.push(...(await checkFiles(world, reached(world.state, grants.reach()), refs, exceptions)));
  wrong.push(...unfinishedWork(world.table.dump().values()).map((what) => `unfinished: ${what}`));
  const errors = [...world.errors, ...world.registry.errors].filter((error) => !isDeath(error));
  wrong.push(...errors.map((error) => `an error: ${error instanceof Error ? error.stack : String(error)}`));
  return { wrong, exceptions };
}

async function perform(
  world: ModelWorld,
  command: Command,
  make: (change: ChangeCommand) => Promise<void>,
): Promise<void> {
  switch (command.do) {
    case 'change':
      return make(command.change);
    case 'change during a read':
      return afterRequests(world, command.request, () => make(command.change));
    case 'work during a read':
      return afterRequests(world, command.request, async () => {
        await world.registry.deliver();
      });
    case 'fault':
      world.gitHub.faults.add(command.fault);
      return;
    case 'no more faults':
      world.gitHub.faults.remove();
      return;
    case 'forget people':
      world.forgetful = command.requests;
      return;
    case 'kill':
      world.through = dying(command.call);
      return;
    case 'lose messages':
      world.registry.loseMessages();
      return;
    case 'token':
      return issue(world, command.holder, command.of);
    case 'revoke':
      return revoke(world, command.of);
    case 'schedule':
      return command.which === 'reconcile' ? world.reconcile() : world.catchUp();
    case 'long silence':
      await world.silence(8 * dayMs);
      await world.reconcile();
      return;
  }
}

function afterRequests(world: ModelWorld, requests: number, act: () => Promise<void>): void {
  let left = requests;
  const before = world.onRequest;
  const hook = async (): Promise<void> => {
    await before();
    if (left-- === 0) {
      if (world.onRequest === hook) {
        world.onRequest = before;
      }
      await act();
    }
  };
  world.onRequest = hook;
}

async function issue(world: ModelWorld, kind: 'member' | 'team', of: number): Promise<void> {
  const { facts } = await loadScope(world.table, synchronizationId, kind === 'member' ? 'members' : 'teams');
  const found = facts.flatMap(({ fact }): { holder: TokenHolder; as: Holder['kind']; id: number }[] => {
    if (fact.kind === 'member' && kind === 'member') {
      return [{ holder: { kind, login: fact.login }, as: 'account', id: Number(fact.account) }];
    }
    return fact.kind === 'team' && kind === 'team'
      ? [{ holder: { kind, slug: fact.slug }, as: 'team', id: Number(fact.team) }]
      : [];
  });
  const chosen = found[of % Math.max(1, found.length)];
  // A login or slug that two have in our facts, since it passed on, is nobody's to ask for.
  if (
    chosen === undefined ||
    found.filter(({ holder }) => JSON.stringify(holder) === JSON.stringify(chosen.holder)).length > 1
  ) {
    return;
  }
  const { token } = await world.registry.issue(chosen.holder);
  world.holders.push({ kind: chosen.as, id: chosen.id, token });
}

async function revoke(world: ModelWorld, of: number): Promise<void> {
  const [holder] = world.holders.splice(of % Math.max(1, world.holders.length), 1);
  if (holder !== undefined) {
    await world.registry.revoke(holder.token);
  }
}

/** Who may read what, through what. */
interface Ground {
  readonly token: string;
  readonly repository: number;
  /** Since when the forge has granted it; milliseconds since the epoch. */
  readonly since: number;
  /** The view has had it since a whole reading knew of the ground. */
  isConfirmed: boolean;
}

/** Since when the forge grants what it grants. */
function createGrants(world: ModelWorld) {
  const grounds = new Map<string, Ground>();
  let reach: Reach = { selected: 'all' };
  const note = (at = world.clock.now()): void => {
    reach = reachOf(world.state, reach);
    const organization = describeForge(world.state, reach);
    const granted = new Set<string>();
    for (const holder of world.holders) {
      for (const [repository, routes] of mayRead(organization, holder)) {
        for (const route of routes) {
          const key = `${holder.token} ${repository} ${route}`;
          granted.add(key);
          if (!grounds.has(key)) {
            grounds.set(key, { token: holder.token, repository, since: at, isConfirmed: false });
          }
        }
      }
    }
    for (const key of grounds.keys()) {
      if (!granted.has(key)) {
        grounds.delete(key);
      }
    }
  };
  // What was at rest before the first step has been so for long.
  note(0);
  return {
    note,
    of: ({ token }: Holder) => [...grounds.values()].filter((one) => one.token === token),
    reach: () => reach,
  };
}
type Grants = ReturnType<typeof createGrants>;

/** When the last run began after which each scope was whole; what a run reads may be older by the lag. */
async function wholeSince({ table }: ModelWorld): Promise<number> {
  const begun = new Map<string, number>();
  for (const { startedAt, scopes } of await latestRuns(table, synchronizationId, 200)) {
    for (const { scope, outcome } of scopes) {
      if (outcome === 'whole') {
        begun.set(scope, Math.max(begun.get(scope) ?? 0, startedAt));
      }
    }
  }
  return Math.min(...scopeNames.map((scope) => begun.get(scope) ?? 0));
}

async function checkRaging(world: ModelWorld, grants: Grants, exceptions: Exceptions): Promise<string[]> {
  // Somebody may have a token since.
  grants.note();
  const wrong: string[] = [];
  const { table } = world;
  const view = await viewOf(world);
  const synchronization = await findSynchronization(table, synchronizationId);
  const isResting = synchronization?.rightsSuspendedAt !== undefined;
  exceptions.suspended += isResting ? 1 : 0;
  const whole = await wholeSince(world);
  const facts = (await Promise.all(scopeNames.map((scope) => loadScope(table, synchronizationId, scope))))
    .flatMap((stored) => stored.facts)
    .map(({ fact }) => fact);
  const told = describeFacts(facts, world.holders);
  const items = [...table.dump().values()];
  const isPublished =
    items.every(
      (item) =>
        item.pending === undefined ||
        (item.pending !== 'publish-roots' &&
          item.pending !== 'publish-access' &&
          item.pending !== 'publish-package'),
    ) && !items.some(({ sk }) => String(sk).startsWith('APPLYING#'));

  for (const holder of world.holders) {
    const numbers = view.of(holder);
    const seen = new Set(
      view.packages.filter(({ number }) => numbers.has(number)).map(({ repository }) => Number(repository)),
    );
    for (const ground of grants.of(holder)) {
      const isSeen = seen.has(ground.repository);
      if (isSeen && whole >= ground.since + lagMs) {
        ground.isConfirmed = true;
      }
      if (!isSeen && ground.isConfirmed && !(isResting && holder.kind !== 'organization')) {
        const { repository } = ground;
        wrong.push(
          `${nameOf(world, holder)} lost repository ${repository}, which the forge has granted all the time`,
        );
      }
    }
    if (isPublished) {
      const may = mayRead(told, holder);
      for (const id of seen) {
        if (!may.has(id)) {
          wrong.push(
            `${nameOf(world, holder)} still reads repository ${id}, whose grounds we have read as gone`,
          );
        }
      }
    }
  }
  return wrong;
}

/** The forge and the app as they should be; who has which right stays as it is. */
async function repair(world: ModelWorld, note: () => void): Promise<void> {
  const { state, gitHub } = world;
  gitHub.faults.remove();
  world.forgetful = 0;
  const organization = state.organizations.get(acmeId)?.login ?? '';
  const installation = [...state.installations.values()].find((one) => one.organizationId === acmeId);
  if (installation === undefined) {
    await world.change({ name: 'install-app', input: { organization } });
  } else {
    if (installation.suspendedAt !== undefined) {
      await world.change({ name: 'unsuspend-app', input: { organization } });
    }
    if (Object.keys(installation.permissions).length < Object.keys(appPermissions).length) {
      await world.change({
        name: 'set-app-permissions',
        input: { organization, permissions: { ...appPermissions } },
      });
    }
  }
  // A token is good for what the app might do when it was made, and for an hour.
  await world.silence(3_600_000);
  note();
}

async function isUnheard({ table, state }: ModelWorld): Promise<boolean> {
  const synchronization = await findSynchronization(table, synchronizationId);
  return ![...state.installations.keys()].some((id) => `${id}` === `${synchronization?.installation}`);
}

/** Lets the world come to rest: the lag passes, and the schedules find what was missed. */
async function calm(world: ModelWorld): Promise<void> {
  await world.pass(130_000);
  await world.catchUp();
  await world.reconcile();
  await world.pass(200_000);
  for (let rounds = 0; rounds < 12; rounds++) {
    await world.reconcile();
    await world.pass(480_000);
    if (unfinishedWork(world.table.dump().values()).length === 0 && world.clock.nextTimer() === undefined) {
      return;
    }
  }
}

/** @param how `wider`: we may have what the forge has no more, and lack nothing */
async function checkRights(world: ModelWorld, reach: Reach, how: 'equal' | 'wider'): Promise<string[]> {
  const wrong: string[] = [];
  const view = await viewOf(world);
  const organization = describeForge(world.state, reach);
  for (const holder of world.holders) {
    const numbers = view.of(holder);
    const may = mayRead(organization, holder);
    for (const { number, name, repository, state } of view.packages) {
      const isSeen = numbers.has(number);
      const isExpected = may.has(Number(repository)) && state !== 'deleted';
      const isDisabled = world.state.repositories.get(Number(repository))?.disabled === true;
      if (
        isSeen === isExpected ||
        (isSeen && how === 'wider') ||
        (isDisabled && holder.kind === 'organization')
      ) {
        continue;
      }
      const word = isSeen ? 'reads' : 'does not read';
      wrong.push(
        `at the end ${nameOf(world, holder)} ${word} ${name} (${number}, ${state}) of repository ${repository}`,
      );
    }
  }
  return wrong;
}

/** Nothing much is taken away because it was merely missing. */
async function checkBrake(world: ModelWorld): Promise<string[]> {
  const wrong: string[] = [];
  for (const { observedAt } of await latestRuns(world.table, synchronizationId, 10_000)) {
    const removed = (await loadRemoved(world.table, synchronizationId, observedAt)) ?? [];
    const counts = new Map<string, number>();
    for (const { fact, reason } of removed) {
      if (reason === 'not in the whole read') {
        counts.set(fact.kind, (counts.get(fact.kind) ?? 0) + 1);
      }
    }
    for (const [kind, count] of counts) {
      if (count > 5) {
        wrong.push(`run ${observedAt} took ${count} of ${kind} away that were merely missing`);
      }
    }
  }
  return wrong;
}

function nameOf({ state }: ModelWorld, { kind, id }: Holder): string {
  const name =
    kind === 'account'
      ? state.users.get(id)?.login
      : kind === 'team'
        ? state.teams.get(id)?.slug
        : organizationId;
  return `${kind} ${name ?? 'gone'} (${id})`;
}
