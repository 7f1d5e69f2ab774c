/** Removes what is left of a deleted synchronization: withdraws access first, then removes archives, then records. */
import type { SynchronizationId } from '../../domain/ids.ts';
import { hooksOf, removeHook } from '../../store/hook-store.ts';
import { keys } from '../../store/keys.ts';
import { packagesOf, type StoredPackage } from '../../store/package-store.ts';
import type { Operation } from '../../store/table.ts';
import { tokensOfOrganization } from '../../store/token-store.ts';
import { type Lease, leaseHeld } from '../../store/work.ts';
import { endTokens, isOfTeam } from '../end-tokens.ts';
import { withdrawPackagesOf } from '../withdraw-packages.ts';
import {
  keyOf,
  type Portion,
  type PortionDependencies,
  type PortionInputs,
  type RemovedRecords,
  removePartition,
} from './portion.ts';
import { removePackage } from './remove-package.ts';

/** A portion starts nothing new after this time, in milliseconds. */
const portionMs = 30_000;
/** Each of these takes two operations. */
const claimsInPortion = 45;
const hooksInPortion = 45;
/** Workers that ran at the time of the deletion have ended after this time; milliseconds. */
export const settleMs = 360_000;

export async function removeSynchronization(
  dependencies: PortionDependencies,
  inputs: PortionInputs,
  id: SynchronizationId,
): Promise<Portion> {
  const { table, clock } = dependencies;
  const { lease, organization, deletion } = inputs;
  const until = clock.now() + portionMs;
  const tokens = (await tokensOfOrganization(table, organization.id)).filter((token) => isOfTeam(token, id));
  await endTokens(dependencies, tokens, until);
  const left = await withdrawPackagesOf(dependencies, organization, id, [leaseHeld(lease)], until);
  if (left > 0 || clock.now() >= until) {
    return { is: 'more', step: 'withdrawing tokens and packages' };
  }
  const packages = (await packagesOf(table, organization.id)).filter((one) => one.synchronization === id);
  const removal = await removePackages(dependencies, inputs, packages, until);
  if (removal !== undefined) {
    return removal;
  }
  const claims = await removeNameClaims(dependencies, inputs, id);
  if (claims > 0) {
    return { is: 'more', step: 'removing claims on names', records: claims };
  }
  const { removed, isMore } = await removeSynchronizationRecords(dependencies, lease, id, until);
  if (removed > 0 || isMore) {
    return { is: 'more', step: 'removing what was read of it', records: removed };
  }
  const settledAt = deletion.askedAt + settleMs;
  return clock.now() < settledAt
    ? { is: 'later', at: settledAt, step: 'checking for records written meanwhile' }
    : { is: 'done', step: 'done' };
}

/** @returns undefined when all of them are removed */
async function removePackages(
  dependencies: PortionDependencies,
  inputs: PortionInputs,
  packages: readonly StoredPackage[],
  until: number,
): Promise<Portion | undefined> {
  const removed = { objects: 0, records: 0 };
  let later: Extract<Portion, { is: 'later' }> | undefined;
  for (const { number, isRemoved } of packages) {
    for (let isOpen = !isRemoved; isOpen; ) {
      if (dependencies.clock.now() >= until) {
        return { is: 'more', step: 'removing archives', ...removed };
      }
      const portion = await removePackage(dependencies, inputs, number);
      removed.objects += portion.objects ?? 0;
      removed.records += portion.records ?? 0;
      isOpen = portion.is === 'more';
      if (portion.is === 'later' && portion.at < (later?.at ?? Number.POSITIVE_INFINITY)) {
        later = portion;
      }
    }
  }
  return later === undefined ? undefined : { ...later, ...removed };
}

/** Removes the repositories' claims to package names, which the scans' items list. @returns how many there were */
async function removeNameClaims(
  { table }: PortionDependencies,
  { lease, organization }: PortionInputs,
  id: SynchronizationId,
): Promise<number> {
  const { pk, sk } = keys.scan(id, '');
  const claiming = (await table.query(pk, sk))
    .filter(({ claimedName }) => typeof claimedName === 'string')
    .slice(0, claimsInPortion);
  if (claiming.length === 0) {
    return 0;
  }
  await table.transact([
    leaseHeld(lease),
    ...claiming.flatMap((scan): Operation[] => [
      {
        delete: keys.nameClaim(
          organization.id,
          String(scan.claimedName),
          id,
          String(scan.sk).slice(sk.length),
        ),
      },
      { update: { key: keyOf(scan), remove: ['claimedName'] } },
    ]),
  ]);
  return claiming.length;
}

/**
 * Removes the records of a deleted synchronization, its hooks first: only the list in these records leads to them. Deliveries to them have
 * been ignored since the deletion.
 */
export async function removeSynchronizationRecords(
  dependencies: PortionDependencies,
  lease: Lease,
  id: SynchronizationId,
  until: number,
): Promise<RemovedRecords> {
  const { table } = dependencies;
  const hooks = (await hooksOf(table, id)).slice(0, hooksInPortion);
  if (hooks.length > 0) {
    await table.transact([leaseHeld(lease), ...hooks.flatMap((hook) => removeHook(id, hook))]);
    return { removed: 2 * hooks.length, isMore: true };
  }
  return removePartition(dependencies, lease, keys.synchronization(id).pk, until);
}
