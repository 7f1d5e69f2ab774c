/** Connects a new organization to the forge organization that installed our App. */

import { CallerError } from '../domain/caller-error.ts';
import {
  type ForgeOrganizationId,
  type ForgeRepositoryId,
  type InstallationId,
  newId,
  type OrganizationId,
  type SynchronizationId,
} from '../domain/ids.ts';
import { isVendor, slugProblem } from '../domain/organization.ts';
import { namesIn } from '../domain/scopes.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { ForgeOrganization, StructureReader } from '../forge/forge.ts';
import { traitsOf } from '../forge/modules.ts';
import { readToEnd } from '../forge/read-to-end.ts';
import type { Clock } from '../runtime/clock.ts';
import { claimInstallation, findInstallation, type StoredInstallation } from '../store/installation-store.ts';
import { addOrganization, desireOpen } from '../store/organization-store.ts';
import { setChoice } from '../store/scan-store.ts';
import { addSynchronization } from '../store/synchronization-store.ts';
import { ConflictError, type Operation, type Table, transactionItemsMax } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { scopeWork } from '../store/work-items.ts';
import { forgeFailure } from './forge-failure.ts';
import { resolveRepositories } from './repository-names.ts';

/** Opens a reader of the forge organization's structure; without an id, of the one that the connection belongs to. */
export type OpenStructure = (organization?: ForgeOrganizationId) => Promise<StructureReader>;

export interface ConnectOrganizationDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Opens the forge with the installation that is to be connected. */
  readonly open: OpenStructure;
}

export interface ConnectOrganizationInput {
  readonly slug: string;
  readonly name?: string | undefined;
  readonly host: ForgeHost;
  readonly installation: InstallationId;
  /** Which of the present repositories become packages. */
  readonly repositories: 'all' | readonly string[];
  readonly ownedVendors: readonly string[];
}

export interface ConnectedOrganization {
  readonly organization: OrganizationId;
  readonly synchronization: SynchronizationId;
  readonly slug: string;
}

/** The input, with what was read and generated for it. */
interface Connecting extends ConnectOrganizationInput {
  readonly link: Pick<ConnectedOrganization, 'organization' | 'synchronization'>;
  readonly forgeOrganization: ForgeOrganization;
  /** The installation's record, if a delivery has announced it. */
  readonly known: StoredInstallation | undefined;
}

/** @throws CallerError when the slug, the installation, a repository or a vendor is invalid, unknown or taken */
export async function connectOrganization(
  dependencies: ConnectOrganizationDependencies,
  input: ConnectOrganizationInput,
): Promise<ConnectedOrganization> {
  const { table, workQueue, clock, randomBytes, open } = dependencies;
  const { slug, host, installation } = input;
  const problem = slugProblem(slug);
  if (problem !== undefined) {
    throw new CallerError('invalid', problem);
  }
  const ownedVendors = checkVendors(input.ownedVendors);
  const known = await findInstallation(table, { ...host, installation });
  const forgeOrganization = await activeInstallation(open, installation, known);
  const chosen =
    input.repositories === 'all'
      ? []
      : await repositoriesByName(await open(forgeOrganization.id), input.repositories);

  const link = {
    organization: newId<OrganizationId>(randomBytes),
    synchronization: newId<SynchronizationId>(randomBytes),
  };
  // Choices first: until the synchronization exists, they have no effect.
  await transactAll(
    table,
    chosen.map((repository) => setChoice(link.synchronization, repository, true)),
  );
  const workItems = namesIn(traitsOf(host.forge).scopes).map((scope) =>
    scopeWork(link.organization, link.synchronization, scope),
  );
  const atEdge = desireOpen({ id: link.organization, slug }, clock.now());
  const claims = claimsOf({ ...input, ownedVendors, link, forgeOrganization, known }, clock.now());
  await transactClaims(table, claims, [
    ...workItems.map((workItem) => requestWork(workItem, clock.now(), { cause: 'connected' })),
    atEdge.operation,
  ]);
  await workQueue.send([...workItems.map((workItem) => workItem.message), atEdge.message]);
  return { ...link, slug };
}

/** An operation that claims something unique, and the error message if somebody else has it. */
type Claim = readonly [Operation, string];

function claimsOf(
  { slug, name, host, installation, repositories, ownedVendors, link, forgeOrganization, known }: Connecting,
  now: number,
): readonly Claim[] {
  const { organization, synchronization } = link;
  const { id, login } = forgeOrganization;
  const named = { id: organization, slug, name: name ?? login, ownedVendors };
  const added = {
    ...host,
    id: synchronization,
    organization,
    createdAt: now,
    forgeOrganization: id,
    login,
    connection: { kind: 'app-installation', installation },
    choice: repositories === 'all' ? 'all' : 'some',
  } as const;
  return [
    ...addOrganization(named).map((operation): Claim => [operation, `the slug ${slug} is taken`]),
    ...addSynchronization(added).map(
      (operation): Claim => [operation, `${login} is already connected to an organization`],
    ),
    [
      claimInstallation({ ...host, installation }, forgeOrganization, link, known),
      `installation ${installation} is already connected to an organization`,
    ],
  ];
}

/** @throws CallerError with the message of the first claim that failed */
async function transactClaims(
  table: Table,
  claims: readonly Claim[],
  others: readonly Operation[],
): Promise<void> {
  try {
    await table.transact([...claims.map(([operation]) => operation), ...others]);
  } catch (error) {
    if (error instanceof ConflictError) {
      const refused = error.failed.flatMap((place) => claims[place]?.[1] ?? []);
      throw new CallerError(
        'conflict',
        refused[0] ?? 'something else was connected at the same time; try again',
      );
    }
    throw error;
  }
}

/** @throws CallerError */
export function checkVendors(vendors: readonly string[]): readonly string[] {
  const wrong = vendors.filter((vendor) => !isVendor(vendor));
  if (wrong.length > 0) {
    throw new CallerError('invalid', `not a vendor name: ${wrong.join(', ')}`);
  }
  return [...new Set(vendors)];
}

/** Checks with the forge's API that the installation is active. One without a record is no error: its delivery may have been lost. */
async function activeInstallation(
  open: OpenStructure,
  id: InstallationId,
  known: StoredInstallation | undefined,
): Promise<ForgeOrganization> {
  if (known?.state === 'claimed') {
    throw new CallerError('conflict', `installation ${id} is already connected to an organization`);
  }
  const organization = await withCallerErrors(`installation ${id}`, async () => (await open()).probe());
  if (organization.suspended) {
    throw new CallerError('conflict', `installation ${id} is suspended in ${organization.login}`);
  }
  return organization;
}

async function repositoriesByName(
  reader: StructureReader,
  names: readonly string[],
): Promise<readonly ForgeRepositoryId[]> {
  // A list that takes too long to read ends with the caller's time-out.
  const read = await withCallerErrors('the list of repositories', () => readToEnd(reader, 'repositories'));
  const repositories = read.facts.filter((fact) => fact.kind === 'repository');
  return resolveRepositories(names, repositories).map((fact) => fact.repository);
}

/** Turns the forge's errors into CallerErrors, which the caller reads. */
async function withCallerErrors<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ForgeError) {
      throw forgeFailure(what, error);
    }
    throw error;
  }
}

async function transactAll(table: Table, operations: readonly Operation[]): Promise<void> {
  for (let start = 0; start < operations.length; start += transactionItemsMax) {
    await table.transact(operations.slice(start, start + transactionItemsMax));
  }
}
