/** Performs the commands of a sequence. */

import { randomBytes } from 'node:crypto';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { isScope, mainScopeOf } from '../../../shared/domain/scopes.ts';
import { decideRemovals } from '../../../shared/organizations/decide-removals.ts';
import { previewRun } from '../../../shared/organizations/preview-run.ts';
import { synchronizeNow } from '../../../shared/organizations/synchronize-now.ts';
import { undoRun } from '../../../shared/organizations/undo-run.ts';
import { loadScope } from '../../../shared/store/fact-store.ts';
import { latestRuns } from '../../../shared/store/run-store.ts';
import { type Held, listHeld } from '../../../shared/store/scope-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import type { TokenHolder } from '../../../shared/tokens/issue-token.ts';
import { byOwner } from '../../support/by-owner.ts';
import { readerFor } from '../../support/github-forge.ts';
import { synchronizationId } from '../../support/synchronized.ts';
import { layout } from '../../support/traits.ts';
import type { Command } from './commands.ts';
import type { Met } from './coverage.ts';
import { dying, dyingInPlan } from './dying-worker.ts';
import { type ForgeChange, forgeChanges } from './forge-changes.ts';
import type { ForgeHistory } from './forge-history.ts';
import type { Holder } from './holders.ts';
import type { OwnerDecisions } from './invariants.ts';
import { largestGoes, leaveAndReturn, manyLeave } from './large-changes.ts';
import type { ModelWorld } from './model-world.ts';

const dayMs = 24 * 3600 * 1000;

export interface Performance {
  readonly world: ModelWorld;
  readonly history: ForgeHistory;
  readonly decisions: OwnerDecisions;
  readonly met: Met;
  /** Problems found on the way. */
  readonly wrong: string[];
  /** Changes the forge and records the change. */
  make(changes: readonly ForgeChange[]): Promise<void>;
}

export async function perform(on: Performance, command: Command): Promise<void> {
  const { world, make, met } = on;
  switch (command.do) {
    case 'change':
      return make(forgeChanges(world.now, command.change.change, command.change.of));
    case 'change during a read':
      return afterRequests(world, command.request, () =>
        make(forgeChanges(world.now, command.change.change, command.change.of)),
      );
    case 'work during a read':
      return afterRequests(world, command.request, async () => {
        await world.deliver();
      });
    case 'fault':
      world.gitHub.faults.add(command.fault);
      return;
    case 'no more faults':
      world.quiet();
      return;
    case 'old read': {
      const { id } = world.gitHub.faults.add({ kind: 'lagging-read', seconds: command.seconds });
      await world.reconcile();
      await world.work();
      world.gitHub.faults.remove(id);
      return;
    }
    case 'forget':
      world.forgetful = { what: command.what, requests: command.requests };
      return;
    case 'many leave': {
      const { id } = world.gitHub.faults.add({ kind: 'delivery-lost' });
      await make(manyLeave(world.now, command.what));
      world.gitHub.faults.remove(id);
      await world.reconcile();
      if (command.decision !== undefined) {
        await world.work();
        await decide(on, command.decision);
      }
      return;
    }
    case 'late event': {
      const [leaving, returning] = leaveAndReturn(world.now, command.of);
      const { id } = world.gitHub.faults.add({ kind: 'delivery-delayed', delayMs: 300_000 });
      await make(leaving);
      world.gitHub.faults.remove(id);
      return make(returning);
    }
    case 'repeat a delivery': {
      const { received } = world;
      const delivery = received[command.of % Math.max(1, received.length)];
      met.repeated += delivery === undefined ? 0 : 1;
      return delivery && world.repeat(delivery);
    }
    case 'reinstall': {
      const times = command.lost === 'both' ? 2 : 1;
      const { id } = world.gitHub.faults.add({
        kind: 'delivery-lost',
        match: { event: 'installation' },
        times,
      });
      await make(forgeChanges(world.now, 'remove the app and install it again', [0, 0, 0]));
      world.gitHub.faults.remove(id);
      return;
    }
    case 'kill':
      world.through = dying(command.call);
      return;
    case 'kill in a plan':
      world.throughAll = dyingInPlan();
      return make(largestGoes(world.now, command.gone));
    case 'lose messages':
      world.registry.loseMessages();
      return;
    case 'token':
      return issue(world, command.holder, command.of);
    case 'revoke':
      return revoke(world, command.of);
    case 'schedule':
      return command.which === 'reconcile' ? world.reconcile() : world.recoverDeliveries();
    case 'long silence':
      await world.silence(8 * dayMs);
      return world.reconcile();
    case 'decide':
      return decide(on, command.decision);
    case 'undo':
      return undo(on);
    case 'synchronize now':
      await synchronizeNow(operatorOf(world), await synchronizationOf(world), byOwner);
      return;
    case 'preview':
      return preview(on);
  }
}

/** An owner's decision about all held removals. */
export async function decide(on: Performance, decision: 'yes' | 'no'): Promise<void> {
  for (const held of await listHeld(on.world.table, synchronizationId)) {
    await decideOf(on, held, decision);
  }
}

async function decideOf(
  { world, history, decisions, met }: Performance,
  { scope, digest }: Held,
  decision: 'yes' | 'no',
): Promise<void> {
  if (decision === 'yes') {
    met.saidYes += 1;
    decisions.allowed.add(isScope(scope) ? mainScopeOf(layout, scope) : scope);
    history.doubt();
  } else {
    met.saidNo += 1;
  }
  const said = { scope, decision, shown: digest };
  await decideRemovals(operatorOf(world), await synchronizationOf(world), said, byOwner);
}

/** Undoes the last run that removed something. */
async function undo({ world, decisions, met }: Performance): Promise<void> {
  const runs = await latestRuns(world.table, synchronizationId, 10_000);
  const last = runs.find(({ counts }) => counts.remove > 0);
  if (last === undefined) {
    return;
  }
  decisions.askedBackAt = world.clock.now();
  met.undone += 1;
  await undoRun(operatorOf(world), await synchronizationOf(world), last.observedAt, byOwner);
}

async function preview({ world, met, wrong }: Performance): Promise<void> {
  const { table, clock, forge } = world;
  const synchronization = await synchronizationOf(world);
  const refuse = async (): Promise<never> => {
    wrong.push('a preview wrote something');
    throw new Error('a preview writes nothing');
  };
  try {
    await previewRun(
      {
        table: { ...table, update: refuse, transact: refuse },
        clock,
        openReader: async () => readerFor(forge, synchronization),
      },
      synchronization,
    );
    met.previews += 1;
  } catch (error) {
    if (!(error instanceof CallerError)) {
      throw error;
    }
  }
}

const operatorOf = ({ table, registry, clock }: ModelWorld) => ({
  table,
  workQueue: registry.workQueue,
  clock,
  randomBytes,
});

async function synchronizationOf({ table }: ModelWorld) {
  const synchronization = await findSynchronization(table, synchronizationId);
  if (synchronization === undefined) {
    throw new Error('the synchronization is gone');
  }
  return synchronization;
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
  const { facts } = await loadScope(
    world.table,
    synchronizationId,
    layout,
    kind === 'member' ? 'members' : 'teams',
  );
  const found = facts.flatMap(({ fact }): { holder: TokenHolder; as: Holder['kind']; id: number }[] => {
    if (fact.kind === 'member' && kind === 'member') {
      return [{ holder: { kind, login: fact.login }, as: 'account', id: Number(fact.account) }];
    }
    return fact.kind === 'team' && kind === 'team'
      ? [{ holder: { kind, slug: fact.slug }, as: 'team', id: Number(fact.team) }]
      : [];
  });
  const chosen = found[of % Math.max(1, found.length)];
  // A login or slug that two of our facts have, since it passed on, identifies nobody.
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
