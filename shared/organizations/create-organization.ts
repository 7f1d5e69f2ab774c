/** How a person makes an organization: from one that he owns on a code host, or empty. */
import { CallerError } from '../domain/caller-error.ts';
import { newId, type OrganizationId, type SynchronizationId, type UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { ConnectionNotes } from '../forge/connecting.ts';
import { type CredentialSource, unstoredCredential } from '../forge/credential.ts';
import type { ForgeClient, OpenConnection } from '../forge/module.ts';
import { addCredential } from '../store/connection-credentials.ts';
import { inTurn } from '../store/creation-turn.ts';
import { findInstallationSettings } from '../store/installation-settings.ts';
import { keys } from '../store/keys.ts';
import { putPerson } from '../store/member-store.ts';
import { desireOpen, findOrganization } from '../store/organization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import type { WorkQueue } from '../store/work.ts';
import {
  type ConnectedOrganization,
  type ConnectInput,
  checkSlug,
  checkVendors,
  connectOrganization,
  connectSynchronization,
  type OpenStructure,
  organizationClaims,
  transactClaims,
} from './connect-organization.ts';
import {
  type ChosenOrganization,
  type ForConnecting,
  installationForConnecting,
  installedForConnecting,
  noNotes,
  ownedForConnecting,
} from './for-connecting.ts';
import type { GrantedForgeDependencies } from './granted-forge.ts';
import { refuseReplacedOwners } from './keep-owners.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface CreateOrganizationDependencies extends GrantedForgeDependencies {
  readonly workQueue: WorkQueue;
  readonly forges: GrantedForgeDependencies['forges'] & {
    open(
      to: Pick<OpenConnection, 'integration' | 'connection' | 'organization'>,
      unstored?: CredentialSource<unknown>,
    ): Promise<ForgeClient>;
  };
}

/** The forge organization that is to be read, as the person names it. Whether he owns it is asked of the forge. */
export interface ForgeChoice extends ChosenOrganization {
  /** Which of the repositories that are there become packages; those that come later do so by the organization's settings. */
  readonly repositories: 'all' | 'later' | readonly string[];
}

/** What gave this installation access: only for whoever runs it, since nobody is asked who owns it. */
export interface InstallationChoice extends Pick<ForgeChoice, 'repositories'> {
  readonly installation: string;
  /** Needed where there are several integrations. */
  readonly forge?: string | undefined;
  readonly baseUrl?: string | undefined;
}

export interface NewOrganization {
  readonly slug: string;
  readonly name?: string | undefined;
  readonly ownedVendors: readonly string[];
  /** Left out: it has no synchronization, and its owners are named by hand. */
  readonly from?: ForgeChoice | InstallationChoice | undefined;
}

export interface CreatedOrganization extends Pick<ConnectedOrganization, 'organization' | 'slug'> {
  readonly synchronization: SynchronizationId | undefined;
  readonly notes: ConnectionNotes;
}

/**
 * Makes an organization that the person owns.
 *
 * @param user undefined: an administrator makes it for its owners, who are those of the forge organization
 * @throws CallerError when the slug or a vendor is invalid or taken, the forge organization cannot be connected, or the person may not make
 *  another one
 * @throws ProblemError as `ownedForConnecting`
 */
export async function createOrganization(
  dependencies: CreateOrganizationDependencies,
  user: UserId | undefined,
  input: NewOrganization,
  accountable: Accountable,
): Promise<CreatedOrganization> {
  return user === undefined
    ? create(dependencies, user, input, accountable, [])
    : inTurnOf(dependencies.table, user, (turn) => create(dependencies, user, input, accountable, turn));
}

/**
 * Creates within the limit of the installation, also for requests at once.
 *
 * @param work writes the operations in its transaction
 * @throws CallerError when the person may make no organization, or no further one
 */
async function inTurnOf<Result>(
  table: Table,
  user: UserId,
  work: (turn: readonly Operation[]) => Promise<Result>,
): Promise<Result> {
  const { administrators, organizationMakers, organizationsPerPerson } =
    await findInstallationSettings(table);
  const isAdministrator = administrators.includes(user);
  if (organizationMakers === 'administrators' && !isAdministrator) {
    throw new CallerError('forbidden', 'only administrators of this installation make organizations');
  }
  const counter = keys.creationsFor(user, 'organizations');
  return inTurn(table, [counter], async (turn) => {
    const made = Number((await table.get(counter))?.count ?? 0);
    if (made >= organizationsPerPerson && !isAdministrator) {
      throw new CallerError(
        'conflict',
        `a person can make ${organizationsPerPerson} organizations here; an administrator can make more`,
      );
    }
    return work(turn);
  });
}

async function create(
  dependencies: CreateOrganizationDependencies,
  user: UserId | undefined,
  { from, ...input }: NewOrganization,
  accountable: Accountable,
  turn: readonly Operation[],
): Promise<CreatedOrganization> {
  const made = (organization: OrganizationId, subject: string) => [
    // Until the members of the forge's organization were read, and where there is none.
    ...(user === undefined ? [] : putPerson(organization, user, { isOwner: true, isOff: false })),
    ...turn,
    ownerAct(dependencies, organization, accountable, 'create-organization', input.slug, {
      after: { slug: input.slug, ownedVendors: input.ownedVendors, connected: subject },
    }),
  ];
  checkSlug(input.slug);
  const ownedVendors = checkVendors(input.ownedVendors);
  if (from === undefined) {
    if (user === undefined) {
      throw new CallerError(
        'invalid',
        'an organization that nobody owns has to be made from one on a code host',
      );
    }
    return createEmpty(dependencies, { ...input, ownedVendors }, (id) => made(id, 'nothing'));
  }
  const owned = await forConnecting(dependencies, user, from, '/from');
  const used = await grantUsed(dependencies, owned);
  const connected = await connectOrganization(connecting(dependencies, owned), {
    ...input,
    ownedVendors,
    ...connectInput(owned, from),
    also: (organization, login) => [...made(organization, login), ...used],
  });
  return { ...connected, notes: owned.notes };
}

/**
 * Adds a synchronization with a forge organization that the person owns to an organization that is there.
 *
 * @throws as `createOrganization`, and CallerError with the names of owners who would be locked out
 */
export async function addSynchronizationTo(
  dependencies: CreateOrganizationDependencies,
  { id }: Pick<Organization, 'id'>,
  user: UserId | undefined,
  from: ForgeChoice,
  accountable: Accountable,
): Promise<AddedSynchronization> {
  const owned = await forConnecting(dependencies, user, from, '');
  const connection = connecting(dependencies, owned);
  // Read before its synchronizations and owners.
  const organization = await findOrganization(dependencies.table, id);
  if (organization === undefined) {
    throw new CallerError('not-found', 'the organization is gone');
  }
  await refuseReplacedOwners(dependencies, organization, user, {
    ...{ host: owned.host, login: owned.login, open: () => connection.open(owned.id) },
  });
  const used = await grantUsed(dependencies, owned);
  const { synchronization } = await connectSynchronization(connection, organization, {
    ...connectInput(owned, from),
    also: (_, login) => [
      ownerAct(dependencies, id, accountable, 'add-synchronization', login, {
        after: { ...owned.host, login, repositories: from.repositories, connection: owned.connection.kind },
      }),
      ...used,
    ],
  });
  return { synchronization, notes: owned.notes };
}

export interface AddedSynchronization extends Pick<CreatedOrganization, 'notes'> {
  readonly synchronization: SynchronizationId;
}

const forConnecting = (
  dependencies: CreateOrganizationDependencies,
  user: UserId | undefined,
  choice: ForgeChoice | InstallationChoice,
  pointer: string,
): Promise<ForConnecting> => {
  if (user === undefined) {
    return 'installation' in choice
      ? installationForConnecting(dependencies, choice)
      : installedForConnecting(dependencies, choice, pointer);
  }
  if ('installation' in choice) {
    throw new CallerError('forbidden', 'an organization of yours is named by its id on the code host');
  }
  return ownedForConnecting(dependencies, user, choice, pointer);
};

async function createEmpty(
  dependencies: CreateOrganizationDependencies,
  { slug, name = slug, ownedVendors }: Omit<NewOrganization, 'from'>,
  made: (organization: OrganizationId) => Parameters<typeof transactClaims>[2],
): Promise<CreatedOrganization> {
  const { table, workQueue, clock, randomBytes } = dependencies;
  const id = newId<OrganizationId>(randomBytes);
  const atEdge = desireOpen({ id, slug }, clock.now());
  await transactClaims(table, organizationClaims({ id, slug, name, ownedVendors }), [
    atEdge.operation,
    ...made(id),
  ]);
  await workQueue.send([atEdge.message]);
  return { organization: id, slug, synchronization: undefined, notes: noNotes };
}

const connectInput = (
  { host, connection }: ForConnecting,
  { repositories }: Pick<ForgeChoice, 'repositories'>,
): ConnectInput => ({
  host,
  connection,
  repositories: repositories === 'later' ? [] : repositories,
});

/** Stores the connection's secret, and ends the grant unless it is that. */
export const grantUsed = async (
  dependencies: Pick<CreateOrganizationDependencies, 'cipher' | 'clock'>,
  { connection, credential, notes, grantUsed: used }: ForConnecting,
): Promise<readonly Operation[]> =>
  credential === undefined || !('id' in connection)
    ? used
    : [await addCredential(dependencies, connection.id, credential, notes), ...used];

const connecting = (
  { table, workQueue, clock, randomBytes, forges }: CreateOrganizationDependencies,
  owned: ForConnecting,
) => ({
  ...{ table, workQueue, clock, randomBytes },
  open: opening(forges, owned, clock.now()),
});

/** Opens the forge with what is not stored yet. @param now milliseconds since the epoch */
export const opening =
  (
    forges: CreateOrganizationDependencies['forges'],
    { integration, connection, credential, id }: ForConnecting,
    now: number,
  ): OpenStructure =>
  async (organization = connection.kind === 'app-installation' ? undefined : id) => {
    const unstored = credential && unstoredCredential(credential, now);
    return (await forges.open({ integration, connection, organization }, unstored)).structure;
  };
