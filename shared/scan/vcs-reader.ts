/** Opens a repository at a URL with its stored credential, and keeps the key by which its SSH server is known. */
import type { ForgeRepositoryId, OrganizationId } from '../domain/ids.ts';
import { ForgeError } from '../forge/errors.ts';
import type { Cipher } from '../runtime/cipher.ts';
import { Secret } from '../runtime/secret.ts';
import type { Table } from '../store/table.ts';
import {
  findVcsRepository,
  noteOfferedHostKey,
  pinHostKey,
  type StoredVcsRepository,
  VcsSecret,
  vcsSecretContext,
} from '../store/vcs-store.ts';
import type { HostKeys, HostPolicy, VcsCredential, VcsPlace, VcsReader } from '../vcs/vcs.ts';

/** What is opened, and what may be asked for it. */
export interface VcsOpening {
  readonly repository: ForgeRepositoryId;
  readonly place: VcsPlace;
  readonly credential: VcsCredential;
  readonly hostKeys: HostKeys;
  readonly policy: Pick<HostPolicy, 'allowsPrivate' | 'allowsHttp'>;
}

export interface VcsReaderDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
  /** Opens it with this machine's programs. */
  readonly open: (opening: VcsOpening) => Promise<VcsReader>;
}

/**
 * The reader of a repository at a URL. The first key that its SSH server shows is kept; another one later is kept beside it until an owner accepts it.
 *
 * @throws ForgeError `not-found` when it was removed meanwhile; what opening it throws
 */
export async function openVcsRepository(
  { table, cipher, open }: VcsReaderDependencies,
  organization: OrganizationId,
  repository: ForgeRepositoryId,
): Promise<VcsReader> {
  const found = await findVcsRepository(table, organization, repository);
  if (found === undefined) {
    throw new ForgeError('not-found', 'the repository was removed here');
  }
  const reader = await open({
    repository,
    place: { kind: found.kind, url: found.url, layout: found.layout },
    credential: await credentialOf(cipher, found),
    hostKeys: { pinned: found.hostKey === undefined ? [] : [found.hostKey.line] },
    policy: policyOf(found),
  });
  return keepingHostKey(reader, table, organization, found);
}

/** Only the repository's own host: a redirect of it or a submodule leads to no other. */
function policyOf({ host, allowsPrivate, allowsHttp }: StoredVcsRepository): VcsOpening['policy'] {
  // As programs and name servers know an IPv6 address.
  const own = host.replace(/^\[|\]$/g, '');
  return {
    allowsPrivate: (asked) => allowsPrivate && asked.toLowerCase() === own,
    allowsHttp: (asked) => allowsHttp && asked.toLowerCase() === own,
  };
}

async function credentialOf(cipher: Cipher, found: StoredVcsRepository): Promise<VcsCredential> {
  const { repository, secret, user } = found;
  if (secret === undefined) {
    return { kind: 'none' };
  }
  const stored = VcsSecret.parse(JSON.parse(await cipher.decrypt(secret, vcsSecretContext(repository))));
  switch (stored.kind) {
    case 'ssh-key':
      return { kind: 'ssh-key', privateKey: new Secret(stored.privateKey), ...(user && { user }) };
    case 'basic':
      return { kind: 'basic', username: stored.username, password: new Secret(stored.password) };
    case 'token-header':
      return { kind: 'token-header', header: stored.header, value: new Secret(stored.value) };
    case 'client-certificate':
      return { kind: 'client-certificate', certificate: stored.certificate, key: new Secret(stored.key) };
  }
}

/** The same reader, whose answers and failures come after the key was kept. */
function keepingHostKey(
  reader: VcsReader,
  table: Table,
  organization: OrganizationId,
  found: StoredVcsRepository,
): VcsReader {
  const keep = async (): Promise<void> => {
    const seen = await reader.seenHostKey();
    if (seen === undefined || seen.line === found.hostKey?.line) {
      return;
    }
    await (found.hostKey === undefined ? pinHostKey : noteOfferedHostKey)(table, organization, found, {
      line: seen.line,
      fingerprint: seen.fingerprint,
    });
  };
  const after = async <Answer>(request: Promise<Answer>): Promise<Answer> => {
    try {
      const answer = await request;
      await keep();
      return answer;
    } catch (error) {
      await keep();
      throw error;
    }
  };
  // What it has besides stays as it is.
  return Object.assign(Object.create(reader), {
    readRefs: (...asked: Parameters<VcsReader['readRefs']>) => after(reader.readRefs(...asked)),
    readArchive: (...asked: Parameters<VcsReader['readArchive']>) => after(reader.readArchive(...asked)),
    contains: (...asked: Parameters<VcsReader['contains']>) => after(reader.contains(...asked)),
  } satisfies Partial<VcsReader>);
}
