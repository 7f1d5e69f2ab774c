/** Handles a repository that has no package of the name in its manifest: it gets one, or the name waits. */
import type { OrganizationId } from '../domain/ids.ts';
import { decideName, type NameHolder } from '../domain/name-holder.ts';
import { decidePackage, type PackageSource, sameRepository, type WaitingName } from '../domain/package.ts';
import { isNewRepository } from '../domain/synchronization.ts';
import type { Logger } from '../runtime/logger.ts';
import { equal } from '../store/condition.ts';
import {
  findName,
  leaveToOwner,
  nameClaims,
  putNameClaim,
  removeNameClaim,
  type StoredName,
} from '../store/name-store.ts';
import type { StoredPackage } from '../store/package-store.ts';
import { type Operation, transactionItemsMax } from '../store/table.ts';
import { type Lease, leaseHeld, requestWork, type WorkMessage, type WorkQueue } from '../store/work.ts';
import { scanWork } from '../store/work-items.ts';
import { type AboutRepository, type ApplyDependencies, createPackage } from './apply-scan.ts';
import { claimantOf, holderOf, isOfImport, rivalsOf } from './name-state.ts';
import { packagesOfRepository } from './package-state.ts';
import { passName } from './pass-name.ts';
import type { ScanInputs } from './scan-inputs.ts';

export interface ClaimNameDependencies extends ApplyDependencies {
  readonly workQueue: WorkQueue;
  readonly logger: Pick<Logger, 'warn'>;
}

export type ClaimedName = { readonly made: StoredPackage } | { readonly waiting: WaitingName };

/**
 * Creates the package, or returns why its name waits.
 *
 * The claim is stored before the claims of others are read, and a name is freed before claims to it are read: so one of the two sees the
 * other.
 *
 * @throws ConflictError when the name passed meanwhile
 */
export async function claimName(
  dependencies: ClaimNameDependencies,
  lease: Lease,
  inputs: ScanInputs,
  claim: NameClaim,
): Promise<ClaimedName> {
  const { organization, synchronization } = inputs;
  const { repository, about, source, name } = claim;
  const decision = decidePackage({
    name,
    repository: repository.fact,
    isNew: isNewRepository(synchronization, repository.firstObservedAt),
    takesNew: organization.newRepositories !== 'by-hand',
    chosen: inputs.chosen,
    choiceOfSynchronization: synchronization.choice,
    ownedVendors: organization.ownedVendors,
  });
  if (!decision.accept) {
    return waits(claim, decision.reason);
  }
  return (await findName(dependencies.table, organization.id, name)) === undefined
    ? { made: await createPackage(dependencies, lease, organization.id, { name, source, about }) }
    : takeFromHolder(dependencies, lease, inputs, claim);
}

/** What a scan found in a repository that has no package of the name. */
export interface NameClaim {
  readonly repository: NonNullable<ScanInputs['repository']>;
  readonly about: AboutRepository;
  readonly source: PackageSource;
  readonly name: string;
  /** See `claimsOf`. */
  readonly claims: Set<string>;
}

const waits = ({ name, source }: NameClaim, reason: WaitingName['reason']): ClaimedName => ({
  waiting: { name, directory: source.directory, reason },
});

/** Another package holds the name: the name passes to this repository without a decision, or waits. */
async function takeFromHolder(
  dependencies: ClaimNameDependencies,
  lease: Lease,
  { organization, synchronization }: ScanInputs,
  claim: NameClaim,
): Promise<ClaimedName> {
  const { table, clock, workQueue, logger } = dependencies;
  const { repository, about, source, name } = claim;
  await storeClaim(dependencies, lease, organization.id, claim);
  const before = await findName(table, organization.id, name);
  if (before === undefined) {
    throw new Error(`the name ${name} disappeared`);
  }
  const holder = await holderOf(table, organization.id, before, clock.now());
  const outcome = decideName({
    claimant: claimantOf(source, repository.fact, synchronization),
    isImport: isOfImport(synchronization, repository.firstObservedAt, clock.now()),
    holder,
    rivals: await rivalsOf(table, organization.id, name, source),
    wasContested: before.isContested,
  });
  if (!outcome.takes) {
    if (outcome.obstacle === 'contested' && !before.isContested) {
      await table.transact([leaseHeld(lease), leaveToOwner(organization.id, name, before)]);
    }
    return waits(claim, 'name-taken');
  }
  const reason = passingReasons[holder.standing];
  const passing = { name, before, to: source, about, isGiven: false, reason, beside: [leaseHeld(lease)] };
  const { made, messages } = await passName(dependencies, organization, passing);
  logger.warn('a package name passed to another repository', {
    organization: organization.id,
    package: name,
    from: before.source.repository,
    to: source.repository,
  });
  await workQueue.send(messages);
  await table.transact([leaseHeld(lease), removeNameClaim(organization.id, name, source)]);
  return { made };
}

/** Why a name passes without a decision, by the state of its holder. */
const passingReasons: Readonly<Record<NameHolder['standing'], string>> = {
  readable: 'first among the repositories present at the import',
  'deleted-on-forge':
    'the repository that had it was deleted on the forge, and no other repository claims the name',
  unreadable: 'an owner gave it',
  'deleted-here': 'an owner gave it',
};

/** The names that the repository claims as far as its scan's item says; a scan adds to them, and removes some at its end. */
export function claimsOf({ item }: Pick<Lease, 'item'>): Set<string> {
  const before = Array.isArray(item.claimedNames) ? item.claimedNames.map(String) : [];
  // Earlier versions claimed one name at most.
  return new Set(typeof item.claimedName === 'string' ? [...before, item.claimedName] : before);
}

/** The claims are also stored on the scan's item, so that a scan without any needs no further read. */
function noteClaims(lease: Lease, names: ReadonlySet<string>): Operation {
  const claimedNames = names.size === 0 ? undefined : [...names].sort();
  return {
    update: { key: lease.workItem.key, set: { claimedNames, claimedName: undefined } },
    when: equal('leaseId', lease.leaseId),
  };
}

async function storeClaim(
  { table }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  { name, source, claims }: Pick<NameClaim, 'name' | 'source' | 'claims'>,
): Promise<void> {
  if (!claims.has(name)) {
    claims.add(name);
    await table.transact([noteClaims(lease, claims), putNameClaim(organization, name, source)]);
  }
}

/** Ends the claims that a scan did not make again; called at its end. @param names that the repository still claims */
export async function endClaims(
  { table }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  source: PackageSource,
  { claims, names }: { readonly claims: ReadonlySet<string>; readonly names: ReadonlySet<string> },
): Promise<void> {
  const ended = [...claims].filter((name) => !names.has(name));
  const portion = transactionItemsMax - 1;
  for (let start = 0; start < ended.length; start += portion) {
    const part = ended.slice(start, start + portion);
    const left = new Set([...claims].filter((name) => !ended.slice(0, start + portion).includes(name)));
    await table.transact([
      noteClaims(lease, left),
      ...part.map((name) => removeNameClaim(organization, name, source)),
    ]);
  }
}

/** Requests scans of the repositories that claim a name of a repository that was deleted on the forge. */
export async function requestClaimants(
  { table, clock }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  source: PackageSource,
): Promise<readonly WorkMessage[]> {
  const messages: WorkMessage[] = [];
  for (const { name, number } of await packagesOfRepository(table, organization, source)) {
    const holder: StoredName | undefined = await findName(table, organization, name);
    const claims = holder?.number === number ? await nameClaims(table, organization, name) : [];
    const scans = claims
      .filter((one) => !sameRepository(one, source))
      .map((one) => scanWork(organization, one.synchronization, one.repository));
    const portion = transactionItemsMax - 1;
    for (let start = 0; start < scans.length; start += portion) {
      const part = scans.slice(start, start + portion);
      await table.transact([
        leaseHeld(lease),
        ...part.map((scan) => requestWork(scan, clock.now(), { cause: 'a package name is free' })),
      ]);
      messages.push(...part.map((scan) => scan.message));
    }
  }
  return messages;
}
