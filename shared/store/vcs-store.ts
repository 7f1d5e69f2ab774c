/** Repositories at a URL: where they are, what they are read with, and who may install what is in them. */
import { z } from 'zod';
import { asId, asPrincipal, type ForgeRepositoryId, type OrganizationId } from '../domain/ids.ts';
import {
  type VcsGrant,
  type VcsReaders,
  vcsForge,
  vcsKinds,
  vcsSynchronization,
} from '../domain/vcs-repository.ts';
import { EncryptedText, type EncryptionContext } from '../runtime/cipher.ts';
import { absent, all, equal, missing, present } from './condition.ts';
import { removeHook } from './hook-store.ts';
import { keys, nameInKey } from './keys.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';

/** What a repository is read with. */
export const vcsCredentialKinds = ['none', 'ssh-key', 'basic', 'token-header', 'client-certificate'] as const;

/** A key that an SSH server has shown: its line as in known_hosts, without the host, and its fingerprint as OpenSSH writes it. */
const HostKey = z.object({ line: z.string(), fingerprint: z.string() });
export type HostKey = Readonly<z.infer<typeof HostKey>>;

const VcsItem = z
  .object({
    sk: z.string(),
    url: z.string(),
    kind: z.enum(vcsKinds),
    host: z.string(),
    user: z.string().optional(),
    /** Milliseconds since the epoch. */
    addedAt: z.number(),
    credentialKind: z.enum(vcsCredentialKinds),
    /** JSON, as `VcsSecret`; missing without a credential. */
    secret: EncryptedText.optional(),
    /** The public part of an SSH key that was made here. */
    publicKey: z.string().optional(),
    /** The key that the SSH server is known by. */
    hostKey: HostKey.optional(),
    /** Another one that it showed since, until an owner accepts it. */
    offeredHostKey: HostKey.optional(),
    /** Of Subversion, where it is not the usual one. */
    layout: z
      .object({
        trunk: z.union([z.string(), z.literal(false)]),
        branches: z.union([z.string(), z.literal(false)]),
        tags: z.union([z.string(), z.literal(false)]),
        package: z.string(),
      })
      .optional(),
    allowsPrivate: z.boolean().default(false),
    allowsHttp: z.boolean().default(false),
    everyone: z.boolean().default(false),
    teams: z.array(z.string()).default([]),
    /** Counts the changes by owners. */
    version: z.number(),
    /** Part of the address that its server tells of pushes; its secret is in hook-store.ts. */
    hookSource: z.string().optional(),
    /** When a push was last told; milliseconds since the epoch. */
    pushedAt: z.number().optional(),
  })
  .transform(({ sk, everyone, teams, ...rest }) => ({
    ...rest,
    repository: asId<ForgeRepositoryId>(nameInKey(sk)),
    readers: readersOf(everyone, teams),
  }));
export type StoredVcsRepository = Readonly<z.infer<typeof VcsItem>>;

const readersOf = (everyone: boolean, teams: readonly string[]): VcsReaders => ({
  everyone,
  teams: teams.map(asPrincipal),
});

/** The secret part of a credential, as it is encrypted. */
export const VcsSecret = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ssh-key'), privateKey: z.string() }),
  z.object({ kind: z.literal('basic'), username: z.string(), password: z.string() }),
  z.object({ kind: z.literal('token-header'), header: z.string(), value: z.string() }),
  z.object({ kind: z.literal('client-certificate'), certificate: z.string(), key: z.string() }),
]);
export type VcsSecret = Readonly<z.infer<typeof VcsSecret>>;

/** Binds an encrypted credential to its repository. */
export const vcsSecretContext = (repository: ForgeRepositoryId): EncryptionContext => ({
  connection: repository,
  purpose: 'credential',
});

const keyOf = (organization: OrganizationId, repository: string) =>
  keys.vcsRepository(vcsSynchronization(organization), repository);

/** The synchronization that an organization's repositories at a URL belong to is made with the first of them. Doing it twice is doing it once. */
export async function ensureVcsSynchronization(
  table: Table,
  organization: OrganizationId,
  now: number,
): Promise<void> {
  const id = vcsSynchronization(organization);
  try {
    await table.transact([
      {
        put: keys.synchronization(id),
        item: {
          ...{ id, organization, createdAt: now, forge: vcsForge, baseUrl: '' },
          ...{ forgeOrganization: organization, login: 'repositories at a URL' },
          connection: { kind: 'of-repositories' },
          // Each is chosen when it is added, and there is no import: whichever has a name first keeps it.
          ...{ choice: 'some', importObservedAt: 0, importListedAt: now, importEndedAt: now, counter: 0 },
        },
        when: absent,
      },
      { update: { key: keys.organization(organization), set: { hasVcsRepositories: true } }, when: present },
    ]);
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/** All of an organization, by id. One read. */
export async function vcsRepositoriesOf(
  table: Table,
  organization: OrganizationId,
): Promise<readonly StoredVcsRepository[]> {
  const { pk, sk } = keyOf(organization, '');
  return (await table.query(pk, sk)).map(parse);
}

const parse = (item: Item): StoredVcsRepository => VcsItem.parse(item);

export async function findVcsRepository(
  table: Table,
  organization: OrganizationId,
  repository: ForgeRepositoryId,
): Promise<StoredVcsRepository | undefined> {
  const item = await table.get(keyOf(organization, repository));
  return item && parse(item);
}

/** What owners grant on each of an organization's repositories at a URL. One read. */
export const vcsGrantsOf = async (table: Table, organization: OrganizationId): Promise<readonly VcsGrant[]> =>
  (await vcsRepositoriesOf(table, organization)).map(({ repository, readers }) => ({ repository, readers }));

const itemOf = ({ repository: _, readers, ...rest }: StoredVcsRepository): Item => ({
  ...rest,
  everyone: readers.everyone,
  teams: [...readers.teams],
});

/** Adds it, and its entry in the list that the schedule goes through. */
export const addVcsRepository = (
  organization: OrganizationId,
  added: StoredVcsRepository,
): readonly Operation[] => [
  { put: keyOf(organization, added.repository), item: itemOf(added), when: absent },
  {
    put: keys.vcsRepositoryListed(organization, added.repository),
    item: { organization, repository: added.repository, addedAt: added.addedAt },
  },
];

/** What owners may change. */
export type VcsChange = Partial<
  Pick<
    StoredVcsRepository,
    | 'credentialKind'
    | 'secret'
    | 'publicKey'
    | 'hostKey'
    | 'offeredHostKey'
    | 'layout'
    | 'allowsPrivate'
    | 'allowsHttp'
    | 'readers'
    | 'hookSource'
  >
>;

/** Fails when somebody else changed it since `before` was read. What is undefined in the change is removed. */
export function changeVcsRepository(
  organization: OrganizationId,
  { repository, version }: Pick<StoredVcsRepository, 'repository' | 'version'>,
  { readers, ...change }: VcsChange,
): Operation {
  return {
    update: {
      key: keyOf(organization, repository),
      set: {
        ...change,
        ...(readers && { everyone: readers.everyone, teams: [...readers.teams] }),
        version: version + 1,
      },
    },
    when: all(present, equal('version', version)),
  };
}

/** Ends it, with its credential and its hook. */
export const removeVcsRepository = (
  organization: OrganizationId,
  { repository, hookSource }: Pick<StoredVcsRepository, 'repository' | 'hookSource'>,
): readonly Operation[] => [
  { delete: keyOf(organization, repository), when: present },
  { delete: keys.vcsRepositoryListed(organization, repository) },
  ...(hookSource === undefined
    ? []
    : removeHook(vcsSynchronization(organization), { forge: vcsForge, source: hookSource })),
];

/** Notes that its server told of a push. Fails when it was removed. @param now milliseconds since the epoch */
export const notePush = (
  organization: OrganizationId,
  repository: ForgeRepositoryId,
  now: number,
): Operation => ({
  update: { key: keyOf(organization, repository), set: { pushedAt: now } },
  when: present,
});

/** Knows the server by this key from now on, unless it is known by one already, or another address is read by now. */
export const pinHostKey = async (
  table: Table,
  organization: OrganizationId,
  { repository, url }: Pick<StoredVcsRepository, 'repository' | 'url'>,
  hostKey: HostKey,
): Promise<void> =>
  unlessConflict(
    table.update(
      { key: keyOf(organization, repository), set: { hostKey } },
      all(equal('url', url), missing('hostKey')),
    ),
  );

/** Keeps another key that the server showed, for an owner to accept. */
export const noteOfferedHostKey = async (
  table: Table,
  organization: OrganizationId,
  { repository, url }: Pick<StoredVcsRepository, 'repository' | 'url'>,
  offeredHostKey: HostKey,
): Promise<void> =>
  unlessConflict(
    table.update({ key: keyOf(organization, repository), set: { offeredHostKey } }, equal('url', url)),
  );

async function unlessConflict(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

const ListedItem = z.object({
  organization: z.string().transform((text) => asId<OrganizationId>(text)),
  repository: z.string().transform((text) => asId<ForgeRepositoryId>(text)),
  addedAt: z.number(),
});

/** `addedAt`: milliseconds since the epoch. */
type ListedVcsRepository = Readonly<z.infer<typeof ListedItem>>;

/** Every repository at a URL of the installation, by organization. One read, while they are few thousands. */
export async function listVcsRepositories(table: Table): Promise<readonly ListedVcsRepository[]> {
  return (await table.query(keys.vcsRepositoryListed('', '').pk, '')).map((item) => ListedItem.parse(item));
}
