/** Connects an organization, a new one or one that is there, to the forge organization that a connection belongs to. */
import { usualBranchesLeftOut } from '../domain/branch-filter.ts';
import { CallerError } from '../domain/caller-error.ts';
import { changedMeanwhile } from '../domain/conflict-error.ts';
import { type Connection, installationOf } from '../domain/connection.ts';
import {
  type ForgeOrganizationId,
  type ForgeRepositoryId,
  newId,
  type OrganizationId,
  type SynchronizationId,
} from '../domain/ids.ts';
import { isVendor, type Organization, slugProblem } from '../domain/organization.ts';
import { namesIn } from '../domain/scopes.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { ForgeOrganization, StructureReader } from '../forge/forge.ts';
import { moduleOf } from '../forge/modules.ts';
import { readToEnd } from '../forge/read-to-end.ts';
import type { Clock } from '../runtime/clock.ts';
import { claimInstallation, findInstallation, type StoredInstallation } from '../store/installation-store.ts';
import { addOrganization, changeOwners, desireOpen } from '../store/organization-store.ts';
import { setChoice } from '../store/scan-store.ts';
import { addSynchronization } from '../store/synchronization-store.ts';
import { ConflictError, type Operation, type Table, transactionItemsMax } from '../store/table.ts';
import { requestWork, type WorkItem, type WorkQueue } from '../store/work.ts';
import { hooksWork, scopeWork } from '../store/work-items.ts';
import { forgeFailure } from './forge-failure.ts';
import { resolveRepositories } from './repository-names.ts';

/** Opens a reader of the forge organization's structure; without an id, of the one that the connection belongs to. */
export type OpenStructure = (organization?: ForgeOrganizationId) => Promise<StructureReader>;

export interface ConnectOrganizationDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Opens the forge with the connection, whose secret may not be stored yet. */
  readonly open: OpenStructure;
}

/** What is connected. */
export interface ConnectInput {
  readonly host: ForgeHost;
  readonly connection: Connection;
  /** Which of the present repositories become packages. */
  readonly repositories: 'all' | readonly string[];
  /** What else the transaction does, for the organization. */
  readonly also?: ((organization: OrganizationId, login: string) => readonly Operation[]) | undefined;
}

export interface ConnectOrganizationInput extends ConnectInput {
  readonly slug: string;
  readonly name?: string | undefined;
  readonly ownedVendors: readonly string[];
}

export interface ConnectedOrganization {
  readonly organization: OrganizationId;
  readonly synchronization: SynchronizationId;
  readonly slug: string;
}

/** An operation that claims something unique, and the error message if somebody else has it; or the error, where that passes. */
export type Claim = readonly [Operation, string | CallerError];

/** The organization that gets the synchronization. */
interface Target {
  readonly id: OrganizationId;
  readonly slug: string;
  readonly isNew: boolean;
  readonly claims: (login: string) => readonly Claim[];
}

/** @throws CallerError when the slug, the installation, a repository or a vendor is invalid, unknown or taken */
export async function connectOrganization(
  dependencies: ConnectOrganizationDependencies,
  input: ConnectOrganizationInput,
): Promise<ConnectedOrganization> {
  const { slug, name } = input;
  checkSlug(slug);
  const ownedVendors = checkVendors(input.ownedVendors);
  const id = newId<OrganizationId>(dependencies.randomBytes);
  return connect(dependencies, input, {
    id,
    slug,
    isNew: true,
    claims: (login) => organizationClaims({ id, slug, name: name ?? login, ownedVendors }),
  });
}

/**
 * Adds a synchronization to an organization.
 *
 * @param organization read before it was decided that its owners stay: the end of another synchronization at the same moment would make the
 *  owners of this one its owners
 * @throws CallerError when the installation or a repository is unknown or taken, or its owners changed meanwhile
 */
export const connectSynchronization = (
  dependencies: ConnectOrganizationDependencies,
  organization: Organization,
  input: ConnectInput,
): Promise<ConnectedOrganization> =>
  connect(dependencies, input, {
    id: organization.id,
    slug: organization.slug,
    isNew: false,
    claims: () => [
      [
        changeOwners(organization),
        changedMeanwhile('the owners of the organization changed at the same moment; try again'),
      ],
    ],
  });

/** @throws CallerError */
export function checkSlug(slug: string): void {
  const problem = slugProblem(slug);
  if (problem !== undefined) {
    throw new CallerError('invalid', problem);
  }
}

export const organizationClaims = (organization: Organization): readonly Claim[] =>
  addOrganization({ branchesLeftOut: usualBranchesLeftOut, ...organization }).map((operation) => [
    operation,
    `the slug ${organization.slug} is taken`,
  ]);

async function connect(
  dependencies: ConnectOrganizationDependencies,
  input: ConnectInput,
  target: Target,
): Promise<ConnectedOrganization> {
  const { table, workQueue, clock, randomBytes, open } = dependencies;
  const { host, connection } = input;
  const known = await installedAs(table, host, connection);
  const forgeOrganization = await activeConnection(open, connection, known);
  const chosen =
    input.repositories === 'all' || input.repositories.length === 0
      ? []
      : await repositoriesByName(await open(forgeOrganization.id), input.repositories);

  const { id: organization, slug } = target;
  const link = { organization, synchronization: newId<SynchronizationId>(randomBytes) };
  // Choices first: until the synchronization exists, they have no effect.
  await transactAll(
    table,
    chosen.map((repository) => setChoice(link.synchronization, repository, true)),
  );
  const workItems = connectedWork(host, organization, link.synchronization);
  const now = clock.now();
  const atEdge = target.isNew ? desireOpen(target, now) : undefined;
  const { login } = forgeOrganization;
  const claims = [...target.claims(login), ...linkClaims(input, link, forgeOrganization, known, now)];
  await transactClaims(table, claims, [
    ...workItems.map((workItem) => requestWork(workItem, now, { cause: 'connected' })),
    ...(atEdge === undefined ? [] : [atEdge.operation]),
    ...(input.also?.(organization, login) ?? []),
  ]);
  await workQueue.send([
    ...workItems.map((workItem) => workItem.message),
    ...(atEdge === undefined ? [] : [atEdge.message]),
  ]);
  return { ...link, slug };
}

/** What a new connection is used for at once: everything is read, and hooks are installed where the forge needs any. */
export function connectedWork(
  { forge }: Pick<ForgeHost, 'forge'>,
  organization: OrganizationId,
  synchronization: SynchronizationId,
): readonly WorkItem[] {
  const { traits, installsHooks = false } = moduleOf(forge);
  return [
    ...namesIn(traits.scopes).map((scope) => scopeWork(organization, synchronization, scope)),
    ...(installsHooks ? [hooksWork(organization, synchronization)] : []),
  ];
}

function linkClaims(
  { host, connection, repositories }: ConnectInput,
  link: Pick<ConnectedOrganization, 'organization' | 'synchronization'>,
  forgeOrganization: ForgeOrganization,
  known: StoredInstallation | undefined,
  now: number,
): readonly Claim[] {
  const { id, login } = forgeOrganization;
  const added = {
    ...host,
    id: link.synchronization,
    organization: link.organization,
    createdAt: now,
    forgeOrganization: id,
    login,
    connection,
    choice: repositories === 'all' ? 'all' : 'some',
  } as const;
  return [
    ...addSynchronization(added).map(
      (operation): Claim => [operation, `${login} is already connected to an organization`],
    ),
    ...installationClaims({ host, connection, known }, forgeOrganization, link),
  ];
}

interface OnHost {
  readonly host: ForgeHost;
  readonly connection: Connection;
  readonly known: StoredInstallation | undefined;
}

/** An App's installation is of one synchronization; other connections are made for theirs. */
export function installationClaims(
  { host, connection, known }: OnHost,
  forgeOrganization: ForgeOrganization,
  link: Pick<ConnectedOrganization, 'organization' | 'synchronization'>,
): readonly Claim[] {
  const installation = installationOf(connection);
  return installation === undefined
    ? []
    : [
        [
          claimInstallation({ ...host, installation }, forgeOrganization, link, known),
          `installation ${installation} is already connected to an organization`,
        ],
      ];
}

/** The installation that the connection is, if deliveries announced it. */
export async function installedAs(
  table: Table,
  host: ForgeHost,
  connection: Connection,
): Promise<StoredInstallation | undefined> {
  const installation = installationOf(connection);
  return installation === undefined ? undefined : findInstallation(table, { ...host, installation });
}

/** @throws CallerError with the message of the first claim that failed */
export async function transactClaims(
  table: Table,
  claims: readonly Claim[],
  others: readonly Operation[],
): Promise<void> {
  try {
    await table.transact([...claims.map(([operation]) => operation), ...others]);
  } catch (error) {
    if (error instanceof ConflictError) {
      const [refused] = error.failed.flatMap((place) => claims[place]?.[1] ?? []);
      throw typeof refused === 'string'
        ? new CallerError('conflict', refused)
        : (refused ?? changedMeanwhile('something else was connected at the same time; try again', error));
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

/**
 * Checks with the forge's API that the connection works. An installation without a record is no error: its delivery may have been lost.
 *
 * @param own a synchronization that may have claimed it already
 */
export async function activeConnection(
  open: OpenStructure,
  connection: Connection,
  known: StoredInstallation | undefined,
  own?: SynchronizationId,
): Promise<ForgeOrganization> {
  const installation = installationOf(connection);
  const what = installation === undefined ? 'the organization' : `installation ${installation}`;
  if (known?.state === 'claimed' && (own === undefined || known.synchronization !== own)) {
    throw new CallerError('conflict', `${what} is already connected to an organization`);
  }
  const organization = await withCallerErrors(what, async () => (await open()).probe());
  if (organization.suspended) {
    throw new CallerError('conflict', `${what} is suspended in ${organization.login}`);
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
