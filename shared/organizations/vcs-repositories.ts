/** Repositories at a URL: added, changed and removed by owners, who also say who may install what is in them. */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import {
  asId,
  type ForgeRepositoryId,
  newId,
  type OrganizationId,
  type Principal,
  parsePrincipal,
} from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { repositoryKey } from '../domain/repository-key.ts';
import {
  noVcsWorker,
  type VcsKind,
  type VcsLayout,
  type VcsReaders,
  vcsNames,
  vcsSynchronization,
} from '../domain/vcs-repository.ts';
import { parseVcsUrl, type VcsAddress } from '../domain/vcs-url.ts';
import type { Cipher, EncryptedText } from '../runtime/cipher.ts';
import type { Secret } from '../runtime/secret.ts';
import { findRepository, loadTeam, putFact, removeFact } from '../store/fact-store.ts';
import { findOwnTeam } from '../store/own-team-store.ts';
import { setChoice } from '../store/scan-store.ts';
import { drawNumber, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import {
  addVcsRepository,
  changeVcsRepository,
  ensureVcsSynchronization,
  removeVcsRepository,
  type StoredVcsRepository,
  type VcsChange,
  type VcsSecret,
  vcsRepositoriesOf,
  vcsSecretContext,
} from '../store/vcs-store.ts';
import { endWait, requestWork } from '../store/work.ts';
import { grantsWork, scanWork } from '../store/work-items.ts';
import type { SshKey } from '../vcs/ssh-key.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import type { RefuseDependencies } from './refuse-commits.ts';

export interface VcsDependencies extends RefuseDependencies {
  readonly cipher: Cipher;
  readonly makeSshKey: (comment: string) => SshKey;
  /** Whether this installation has the worker that reads them. */
  readonly hasWorker: boolean;
  /** What this version reads. */
  readonly readableKinds: readonly VcsKind[];
}

/** What an owner gives to read a repository with; a key for SSH is made here. */
export type GivenCredential =
  | { readonly kind: 'none' | 'ssh-key' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: Secret<string> }
  | { readonly kind: 'token-header'; readonly header: string; readonly value: Secret<string> }
  | { readonly kind: 'client-certificate'; readonly certificate: string; readonly key: Secret<string> };

export interface NewVcsRepository {
  readonly url: string;
  /** Default: as the URL says, else Git. */
  readonly kind?: VcsKind | undefined;
  readonly credential: GivenCredential;
  readonly readers: VcsReaders;
  /** Of Subversion alone. */
  readonly layout?: VcsLayout | undefined;
  readonly allowsPrivate: boolean;
  readonly allowsHttp: boolean;
  /** It may be a folder of the machine. Default: no. */
  readonly allowsFile?: boolean | undefined;
}

/** In one organization. */
export const vcsRepositoriesMax = 1000;
/** To one repository. */
export const grantedTeamsMax = 100;

/**
 * Adds a repository and asks for its first scan, which tells whether it can be read. With a key that is made here it is not read yet: first the
 * server has to know the key.
 *
 * @throws CallerError for an address that cannot be read, a team that is not there, or a repository that is there already
 */
export async function addRepository(
  dependencies: VcsDependencies,
  { id: organization }: Pick<Organization, 'id'>,
  { url, kind, credential, readers, layout, allowsPrivate, allowsHttp, allowsFile = false }: NewVcsRepository,
  accountable: Accountable,
): Promise<StoredVcsRepository> {
  const { table, clock, randomBytes, workQueue } = dependencies;
  if (!dependencies.hasWorker) {
    throw new CallerError('conflict', noVcsWorker);
  }
  const address = parseVcsUrl(url, kind);
  if (!dependencies.readableKinds.includes(address.kind)) {
    throw new CallerError('invalid', `This version reads no repositories of ${vcsNames[address.kind]}.`);
  }
  checkProtocol(address, credential, { allowsHttp, allowsFile });
  checkLayout(address, layout);
  await checkTeams(table, organization, readers.teams);
  await checkIsNew(table, organization, address);
  const repository = asId<ForgeRepositoryId>(newId<OrganizationId>(randomBytes));
  const added: StoredVcsRepository = {
    ...{ repository, url: address.url, kind: address.kind, host: address.host, user: address.user },
    ...{ addedAt: clock.now(), layout, allowsPrivate, allowsHttp, readers, version: 1 },
    ...(await credentialOf(dependencies, repository, credential, address)),
  };
  const synchronization = vcsSynchronization(organization);
  await ensureVcsSynchronization(table, organization, clock.now());
  const observedAt = await drawNumber(table, synchronization);
  const scan = scanWork(organization, synchronization, repository);
  const isReadNow = credential.kind !== 'ssh-key';
  await table.transact([
    putFact(synchronization, factOf(repository, address, clock.now()), observedAt, {
      ...{ changedAt: clock.now(), gives: true },
    }),
    setChoice(synchronization, repository, true),
    ...addVcsRepository(organization, added),
    ...(isReadNow ? [requestWork(scan, clock.now(), { cause: 'added' })] : []),
    ownerAct(dependencies, organization, accountable, 'add-repository', address.name, {
      after: { ...described(added), repository: repositoryKey({ synchronization, repository }) },
    }),
  ]);
  await workQueue.send(isReadNow ? [scan.message] : []);
  return added;
}

const factOf = (repository: ForgeRepositoryId, { name }: VcsAddress, now: number) =>
  ({
    kind: 'repository',
    repository,
    name: name.split('/').at(-1) ?? name,
    fullName: name,
    visibility: 'private',
    ...{ fork: false, archived: false, disabled: false, defaultBranch: undefined, pushedAt: undefined },
    createdAt: new Date(now).toISOString(),
  }) as const;

/** What the history keeps: nothing secret. */
const described = ({
  url,
  kind,
  credentialKind,
  readers,
  layout,
  allowsPrivate,
  allowsHttp,
}: StoredVcsRepository) => ({
  ...{ url, kind, credential: credentialKind, ...readers, allowsPrivate, allowsHttp },
  ...(layout && { layout }),
});

/** Protocols without encryption, which anybody on the way can read and change. */
const plainProtocols = ['http:', 'git:', 'svn:'];

interface Allowed {
  readonly allowsHttp: boolean;
  readonly allowsFile: boolean;
}

function checkProtocol({ url }: VcsAddress, { kind }: GivenCredential, allowed: Allowed): void {
  const { protocol } = new URL(url);
  if (protocol === 'file:' && !allowed.allowsFile) {
    throw new CallerError(
      'invalid',
      'Folders of the machine are read only where Repertoire runs on one, and added by its operator: `npm run admin -- repository`. Else the address has to be one of a server.',
    );
  }
  if (plainProtocols.includes(protocol) && !allowed.allowsHttp) {
    throw new CallerError(
      'invalid',
      `${protocol}// is not encrypted, so whoever is on the way can change what is installed. Use https or ssh, or allow it for this repository.`,
    );
  }
  const isSsh = protocol === 'ssh:' || protocol === 'svn+ssh:';
  if (isSsh !== (kind === 'ssh-key') && kind !== 'none') {
    throw new CallerError(
      'invalid',
      isSsh ? 'An address for SSH is read with a key.' : 'A key is only for addresses of SSH.',
    );
  }
  if (isSsh && kind === 'none') {
    throw new CallerError('invalid', 'An address for SSH needs a key, which can be made here.');
  }
  if (['token-header', 'client-certificate'].includes(kind) && !/^https?:$/.test(protocol)) {
    throw new CallerError('invalid', 'A header and a client certificate are only for addresses of https.');
  }
}

function checkLayout({ kind }: VcsAddress, layout: VcsLayout | undefined): void {
  if (layout !== undefined && kind !== 'svn') {
    throw new CallerError(
      'invalid',
      'Only a repository of Subversion has a trunk, branches and tags at paths.',
    );
  }
}

async function checkTeams(
  table: Table,
  organization: OrganizationId,
  teams: readonly Principal[],
): Promise<void> {
  if (teams.length > grantedTeamsMax) {
    throw new CallerError('invalid', `a repository can be granted to ${grantedTeamsMax} teams`);
  }
  const synchronizations = await synchronizationsOf(table, organization);
  for (const team of teams) {
    const parts = parsePrincipal(team);
    const isThere =
      parts.kind === 'own-team'
        ? (await findOwnTeam(table, organization, parts.team)) !== undefined
        : parts.kind === 'team' &&
          synchronizations.some(({ id }) => id === parts.synchronization) &&
          (await loadTeam(table, parts.synchronization, parts.team, new Map())).length > 0;
    if (!isThere) {
      throw new CallerError('not-found', `the organization has no team ${team}`);
    }
  }
}

async function checkIsNew(
  table: Table,
  organization: OrganizationId,
  { url, kind }: VcsAddress,
): Promise<void> {
  const others = await vcsRepositoriesOf(table, organization);
  if (others.some((one) => one.url === url && one.kind === kind)) {
    throw new CallerError('conflict', 'that repository is there already');
  }
  if (others.length >= vcsRepositoriesMax) {
    throw new CallerError('conflict', `an organization can have ${vcsRepositoriesMax} repositories at a URL`);
  }
}

type StoredCredential = Pick<StoredVcsRepository, 'credentialKind' | 'secret' | 'publicKey'>;

async function credentialOf(
  { cipher, makeSshKey }: Pick<VcsDependencies, 'cipher' | 'makeSshKey'>,
  repository: ForgeRepositoryId,
  given: GivenCredential,
  { host }: Pick<VcsAddress, 'host'>,
): Promise<StoredCredential> {
  const encrypted = async (secret: VcsSecret): Promise<EncryptedText> =>
    (await cipher.prepare(vcsSecretContext(repository)))(JSON.stringify(secret));
  switch (given.kind) {
    case 'none':
      return { credentialKind: 'none', secret: undefined, publicKey: undefined };
    case 'ssh-key': {
      const { publicKey, privateKey } = makeSshKey(`repertoire for ${host}`);
      const secret = await encrypted({ kind: 'ssh-key', privateKey: privateKey.reveal() });
      return { credentialKind: 'ssh-key', secret, publicKey };
    }
    case 'basic': {
      const { username, password } = given;
      const secret = await encrypted({ kind: 'basic', username, password: password.reveal() });
      return { credentialKind: 'basic', secret, publicKey: undefined };
    }
    case 'token-header': {
      const { header, value } = given;
      const secret = await encrypted({ kind: 'token-header', header, value: value.reveal() });
      return { credentialKind: 'token-header', secret, publicKey: undefined };
    }
    case 'client-certificate': {
      const { certificate, key } = given;
      const secret = await encrypted({ kind: 'client-certificate', certificate, key: key.reveal() });
      return { credentialKind: 'client-certificate', secret, publicKey: undefined };
    }
  }
}

/** What owners change; the rest stays. */
export interface VcsRepositoryChange {
  /** Replaces the credential; of a key for SSH, by a new one. */
  readonly credential?: GivenCredential | undefined;
  readonly readers?: VcsReaders | undefined;
  readonly layout?: VcsLayout | undefined;
  readonly allowsPrivate?: boolean | undefined;
  readonly allowsHttp?: boolean | undefined;
  /** The fingerprint of the key that the SSH server showed last and that is to be the known one. */
  readonly acceptHostKey?: string | undefined;
}

/**
 * Changes what is read with and who may install. A change of how it is read asks for a scan.
 *
 * @throws CallerError as `addRepository`; when another key than the named one was shown; when somebody else changed it at the same moment
 */
export async function changeRepository(
  dependencies: VcsDependencies,
  { id: organization }: Pick<Organization, 'id'>,
  before: StoredVcsRepository,
  change: VcsRepositoryChange,
  accountable: Accountable,
): Promise<StoredVcsRepository> {
  const { table, clock, workQueue } = dependencies;
  const { repository } = before;
  const address = parseVcsUrl(before.url, before.kind);
  const changed = await changedBy(dependencies, organization, before, change, address);
  const scan = scanWork(organization, vcsSynchronization(organization), repository);
  const grants = grantsWork(organization);
  const isReadNow =
    Object.keys(changed).some((name) => name !== 'readers') && change.credential?.kind !== 'ssh-key';
  const wanted = [...(isReadNow ? [scan] : []), ...(changed.readers === undefined ? [] : [grants])];
  const after: StoredVcsRepository = { ...before, ...changed, version: before.version + 1 };
  await unlessChanged('somebody changed the repository at the same moment; try again', () =>
    table.transact([
      changeVcsRepository(organization, before, changed),
      ...wanted.map((one) => requestWork(one, clock.now(), { cause: 'changed' })),
      ownerAct(dependencies, organization, accountable, 'change-repository', address.name, {
        before: { ...described(before), hostKey: before.hostKey?.fingerprint },
        after: {
          ...described(after),
          hostKey: after.hostKey?.fingerprint,
          ...(change.credential && { isCredentialReplaced: true }),
        },
      }),
    ]),
  );
  if (isReadNow) {
    await endWait(table, scan);
  }
  await workQueue.send(wanted.map(({ message }) => message));
  return after;
}

async function changedBy(
  dependencies: VcsDependencies,
  organization: OrganizationId,
  before: StoredVcsRepository,
  { credential, readers, layout, allowsPrivate, allowsHttp, acceptHostKey }: VcsRepositoryChange,
  address: VcsAddress,
): Promise<VcsChange> {
  if (readers !== undefined) {
    await checkTeams(dependencies.table, organization, readers.teams);
  }
  if (credential !== undefined || allowsHttp !== undefined) {
    checkProtocol(
      address,
      credential ?? ({ kind: before.credentialKind } as GivenCredential),
      // A folder was allowed when it was added.
      { allowsHttp: allowsHttp ?? before.allowsHttp, allowsFile: true },
    );
  }
  checkLayout(address, layout);
  if (acceptHostKey !== undefined && before.offeredHostKey?.fingerprint !== acceptHostKey) {
    throw new CallerError('conflict', 'the server did not show a key with this fingerprint last');
  }
  return {
    ...(readers && { readers }),
    ...(layout && { layout }),
    ...(allowsPrivate !== undefined && { allowsPrivate }),
    ...(allowsHttp !== undefined && { allowsHttp }),
    ...(credential && (await credentialOf(dependencies, before.repository, credential, address))),
    ...(acceptHostKey !== undefined && { hostKey: before.offeredHostKey, offeredHostKey: undefined }),
  };
}

/**
 * Removes the repository with its credential. Its packages are not readable from then on, and are kept for 90 days like those of any repository
 * that is out of reach.
 *
 * @throws CallerError when somebody else removed it at the same moment
 */
export async function removeRepository(
  dependencies: VcsDependencies,
  { id: organization }: Pick<Organization, 'id'>,
  { repository, url, kind, hookSource }: StoredVcsRepository,
  by: Accountable,
): Promise<void> {
  const { table, clock, workQueue } = dependencies;
  const { name } = parseVcsUrl(url, kind);
  const synchronization = vcsSynchronization(organization);
  const observedAt = await drawNumber(table, synchronization);
  const known = await findRepository(table, synchronization, repository);
  const wanted = [grantsWork(organization), scanWork(organization, synchronization, repository)];
  await unlessChanged('somebody removed the repository at the same moment', () =>
    table.transact([
      ...removeVcsRepository(organization, { repository, hookSource }),
      ...(known ? [removeFact(synchronization, known.fact, observedAt, clock.now())] : []),
      ...wanted.map((one) => requestWork(one, clock.now(), { cause: 'removed' })),
      ownerAct(dependencies, organization, by, 'remove-repository', name, { before: { url, kind } }),
    ]),
  );
  await workQueue.send(wanted.map(({ message }) => message));
}
