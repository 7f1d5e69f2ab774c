/** Performs a sequence in a world and compares what Composer reads with the forge, on the way and at the end. */
import { grantedPermissions } from '../../../local/forges/github/app-identity.ts';
import { installationOf } from '../../../shared/domain/connection.ts';
import { hasConfirmation } from '../../../shared/domain/evidence.ts';
import { isOfSource } from '../../../shared/store/package-store.ts';
import { latestRuns, loadRemoved } from '../../../shared/store/run-store.ts';
import { applyingSince, listHeld } from '../../../shared/store/scope-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { unfinishedWork } from '../../support/registry-view.ts';
import { synchronizationId } from '../../support/synchronized.ts';
import { acmeId } from './base-worlds.ts';
import { checkFiles, createRefHistory } from './check-files.ts';
import type { Sequence } from './commands.ts';
import { type Met, nothingMet } from './coverage.ts';
import { isDeath } from './dying-worker.ts';
import { describeForge, mayRead, type Reach, reached } from './expected-rights.ts';
import { createForgeHistory } from './forge-history.ts';
import { createWatch, type OwnerDecisions } from './invariants.ts';
import type { ModelWorld } from './model-world.ts';
import { decide, type Performance, perform } from './perform.ts';
import { nameOf, viewOf } from './view.ts';
import { createVersionWatch } from './watch-versions.ts';

export interface Outcome {
  /** Empty if all is well. */
  readonly wrong: readonly string[];
  readonly met: Met;
}

const dayMs = 24 * 3600 * 1000;

export async function runSequence(world: ModelWorld, { steps }: Sequence): Promise<Outcome> {
  const wrong: string[] = [];
  const met: Met = { ...nothingMet };
  const history = createForgeHistory(world);
  const refs = createRefHistory(world);
  const decisions: OwnerDecisions = { allowed: new Set(), askedBackAt: 0 };
  const watch = createWatch(world, history, createVersionWatch(world, refs), decisions, met);
  const on: Performance = {
    world,
    history,
    decisions,
    met,
    wrong,
    async make(changes) {
      for (const one of changes) {
        await world.change(one);
        history.note();
        refs.note();
      }
    },
  };
  let at = 'at the beginning';
  world.onWork = async () => {
    wrong.push(...(await watch.look()).map((text) => `${at}: ${text}`));
  };
  await world.onWork();
  for (const [place, { command, wait }] of steps.entries()) {
    at = `in step ${place}`;
    await perform(on, command);
    if (wait === 0) {
      await world.work();
    } else if (wait !== undefined) {
      await world.pass(wait * 1000);
    }
    await world.onWork();
    if (wrong.length > 0) {
      return { wrong, met };
    }
  }
  at = 'behind the last step';
  world.onRequest = async () => {};
  world.through = undefined;
  world.throughAll = undefined;
  await repair(on);
  await calm(world);
  if (await isUnheard(world)) {
    met.unheard += 1;
    await bearSilence(on);
  }
  wrong.push(...(await checkRemovalGuard(on)));
  const held = await listHeld(world.table, synchronizationId);
  if (held.length > 0) {
    wrong.push(...(await checkRights(world, history.reach(), 'wider')));
    await decide(on, 'yes');
    await calm(world);
  }
  wrong.push(...(await checkRights(world, history.reach(), 'equal')));
  wrong.push(...(await checkFiles(world, reached(world.state, history.reach()), refs, met)));
  wrong.push(...unfinishedWork(world.table.dump().values()).map((what) => `unfinished: ${what}`));
  if ((await applyingSince(world.table, synchronizationId)) !== undefined) {
    wrong.push('nobody finished a stored plan');
  }
  const errors = [...world.errors, ...world.registry.errors];
  wrong.push(
    ...errors
      .filter((error) => !isDeath(error))
      .map((error) => `an error: ${error instanceof Error ? error.stack : String(error)}`),
  );
  met.deaths += errors.filter(isDeath).length;
  met.recovered += world.recovered;
  await countRuns(world, met);
  return { wrong, met };
}

/** Repairs the forge and the App; rights stay as they are. */
async function repair({ world, history }: Performance): Promise<void> {
  const { state } = world;
  world.quiet();
  world.forgetful = undefined;
  const acme = state.organizations.get(acmeId);
  const organization = acme?.login ?? '';
  const granted = grantedPermissions(acme ?? {});
  const installation = [...state.installations.values()].find((one) => one.organizationId === acmeId);
  if (installation === undefined) {
    await world.change({ name: 'install-app', input: { organization } });
  } else {
    if (installation.suspendedAt !== undefined) {
      await world.change({ name: 'unsuspend-app', input: { organization } });
    }
    if (Object.keys(installation.permissions).length < Object.keys(granted).length) {
      await world.change({
        name: 'set-app-permissions',
        input: { organization, permissions: granted },
      });
    }
  }
  history.note();
  // A token has the App's permissions at its creation, for an hour.
  await world.silence(3_600_000);
}

/** Whether the App was installed again without a delivery about it. */
async function isUnheard({ table, state }: ModelWorld): Promise<boolean> {
  const synchronization = await findSynchronization(table, synchronizationId);
  return ![...state.installations.keys()].some(
    (id) => `${id}` === (synchronization && installationOf(synchronization.connection)),
  );
}

/** While the new installation is unknown nothing is removed, the owner is told, and access is suspended after a week; its delivery ends that. */
async function bearSilence({ world, history, wrong }: Performance): Promise<void> {
  const before = world.table.factWrites();
  await world.silence(8 * dayMs);
  await world.reconcile();
  await world.pass(300_000);
  const synchronization = await findSynchronization(world.table, synchronizationId);
  if (synchronization?.credentialState === 'working') {
    wrong.push('nothing says that the app is gone');
  }
  if (world.table.factWrites() !== before) {
    wrong.push('facts changed, though nothing can be read');
  }
  if (synchronization?.rightsSuspendedAt === undefined) {
    wrong.push('access is not suspended, though nothing was read for a week');
  }
  const organization = world.state.organizations.get(acmeId)?.login ?? '';
  for (const name of ['uninstall-app', 'install-app'] as const) {
    await world.change({ name, input: { organization } });
    history.note();
  }
  await calm(world);
}

/** Lets the world become idle: the lag passes, and the schedules find what was missed. */
async function calm(world: ModelWorld): Promise<void> {
  await world.pass(130_000);
  await world.recoverDeliveries();
  for (let rounds = 1; rounds <= 12; rounds++) {
    await world.reconcile();
    await world.pass(350_000);
    if (
      rounds > 1 &&
      unfinishedWork(world.table.dump().values()).length === 0 &&
      world.clock.nextTimer() === undefined
    ) {
      return;
    }
  }
}

/** @param how `wider`: we may still have what the forge no longer grants, but lack nothing */
async function checkRights(world: ModelWorld, reach: Reach, how: 'equal' | 'wider'): Promise<string[]> {
  const wrong: string[] = [];
  const view = await viewOf(world);
  const organization = describeForge(world.state, reach);
  for (const holder of world.holders) {
    const numbers = view.of(holder);
    const may = mayRead(organization, holder);
    for (const { number, name, repository, state } of view.packages.filter(isOfSource)) {
      const isSeen = numbers.has(number);
      const isExpected = may.has(Number(repository));
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

/** Checks that no large share was removed for being merely missing, unless an owner allowed it. */
async function checkRemovalGuard({ world, decisions }: Performance): Promise<string[]> {
  const wrong: string[] = [];
  if (decisions.allowed.size > 0) {
    return wrong;
  }
  for (const { observedAt } of await latestRuns(world.table, synchronizationId, 10_000)) {
    const removed = (await loadRemoved(world.table, synchronizationId, observedAt)) ?? [];
    const counts = new Map<string, number>();
    for (const { before, evidence } of removed) {
      if (!hasConfirmation(evidence)) {
        counts.set(before.kind, (counts.get(before.kind) ?? 0) + 1);
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

async function countRuns({ table }: ModelWorld, met: Met): Promise<void> {
  let held = 0;
  for (const run of await latestRuns(table, synchronizationId, 10_000)) {
    met.removals += run.counts.remove > 0 ? 1 : 0;
    for (const scope of run.scopes) {
      met.deferred += scope.deferred ?? 0;
      held += scope.held ?? 0;
    }
  }
  met.held += held > 0 ? 1 : 0;
}
