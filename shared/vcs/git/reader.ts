/** A repository at any URL, read by the program `git`. */
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import type { ManifestText } from '../../composer/scanned-repository.ts';
import type { Containment } from '../../forge/containment.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { ForgeRef, ForgeRepository, RefsOptions, UnusableRef } from '../../forge/forge.ts';
import { type Readme, type ReadmePlace, readmeBytesMax, readmeNames } from '../../forge/readme.ts';
import type { OpenVcs, VcsReader, VcsServices } from '../vcs.ts';
import { parseGitAddress } from './address.ts';
import { findContaining } from './containing.ts';
import { canNotServe, canNotShallow } from './failures.ts';
import { readFolderFile } from './folder-file.ts';
import { createFolderReader, type WithCommits } from './folders.ts';
import { withKeptFolder } from './kept-folder.ts';
import { linkFiles } from './link-files.ts';
import { type AtTarget, readManifests } from './manifests.ts';
import { isOid } from './objects.ts';
import { addressProblemOf, credentialProblemOf } from './permitted.ts';
import { createGit, type Git } from './program.ts';
import { type ListedRefs, parseRefs } from './refs.ts';
import { createRepository, type GitRepository } from './repository.ts';

const formatOf = (oid: string): 'sha1' | 'sha256' => (oid.length === 64 ? 'sha256' : 'sha1');

/** Opens a git repository, as `OpenVcs`. */
export const openGit: OpenVcs = async (place, credential, services) => {
  const parsed = parseGitAddress(place.url);
  const problem =
    'problem' in parsed
      ? parsed.problem
      : (addressProblemOf(parsed.address, services.policy) ??
        credentialProblemOf(parsed.address, credential));
  if ('problem' in parsed || problem !== undefined) {
    throw new ForgeError('unexpected', problem ?? '');
  }
  return createReader(place.url, createGit(parsed.address, credential, services), services);
};

function createReader(url: string, git: Git, services: VcsServices): VcsReader {
  const at: Source = { url, git, services, next: 0 };
  /** Errors are for owners, whatever failed. */
  const explained = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } catch (error) {
      throw await git.explained(error);
    }
  };
  const withCommits = commitsOnce(at);
  return {
    // So that a scan keeps what was read, and only new commits are read.
    oneByOne: { notBefore: async () => undefined },
    readRefs: (_, options) => explained(readRefs(at, options)),
    readArchive: (_, commit, signal) => explained(readArchive(at, commit, signal)),
    readReadme: (_, { commit, directory }) => explained(readReadme(at, { commit, directory })),
    contains: (_, hash) => explained(contains(at, hash)),
    folders: createFolderReader((commits, use) => explained(withCommits(commits, use))),
    seenHostKey: () => git.seenHostKey(),
  };
}

interface Source {
  readonly url: string;
  readonly git: Git;
  readonly services: VcsServices;
  /** For names of folders. */
  next: number;
}

/** @throws ForgeError `incomplete` when there are more than are read of one repository */
async function listRefs({ git, services }: Source): Promise<ListedRefs> {
  const { stdout } = await git.remote({ args: ['ls-remote', '--symref', 'origin'] });
  const listed = parseRefs(stdout);
  const { refs: most } = services.limits;
  if (listed.refs.length > most) {
    throw new ForgeError(
      'incomplete',
      `the repository has ${listed.refs.length} branches and tags; at most ${most} are read of one`,
    );
  }
  return listed;
}

/** A repository with these commits and what is to be read of them. */
async function withTips<Result>(
  source: Source,
  oids: readonly string[],
  use: (repository: GitRepository) => Promise<Result>,
): Promise<Result> {
  const format = formatOf(oids[0] ?? '');
  const repository = await newRepository(source, format);
  try {
    await repository.fetchTips(oids);
  } catch (error) {
    if (!canNotShallow(error)) throw error;
    return withWhole(source, format, use);
  }
  return use(repository);
}

/** As `withTips`, in one repository for all calls, so that nothing is fetched twice. */
function commitsOnce(source: Source): WithCommits {
  let kept: Promise<GitRepository> | undefined;
  const fetched = new Set<string>();
  return async (commits, use) => {
    const format = formatOf(commits[0] ?? '');
    kept ??= newRepository(source, format);
    const repository = await kept;
    const unknown = commits.filter((commit) => !fetched.has(commit));
    try {
      if (unknown.length > 0) await repository.fetchTips(unknown);
    } catch (error) {
      // The second: it sends only what refs lead to, and of an annotated tag that is no commit.
      if (!canNotShallow(error) && !canNotServe(error)) throw error;
      return withWhole(source, format, use);
    }
    for (const commit of unknown) fetched.add(commit);
    return use(repository);
  };
}

/** A repository with everything, for servers that cannot send less. */
const withWhole = <Result>(
  { git, services }: Source,
  format: 'sha1' | 'sha256',
  use: (repository: GitRepository) => Promise<Result>,
): Promise<Result> =>
  withKeptFolder(services, 'whole', async (folder) => {
    const repository = await createRepository(git, folder, format, services.limits.diskBytes);
    await repository.fetchAll(false);
    return use(repository);
  });

function newRepository(source: Source, format: 'sha1' | 'sha256'): Promise<GitRepository> {
  const { git, services } = source;
  source.next += 1;
  const folder = join(services.workFolder, `repository-${source.next}`);
  return createRepository(git, folder, format, services.limits.diskBytes);
}

async function readRefs(source: Source, { known = new Map() }: RefsOptions = {}): Promise<ForgeRepository> {
  const listed = await listRefs(source);
  const found = new Map<string, AtTarget>();
  const unread = new Map<string, string>();
  for (const { oid, target } of listed.refs) {
    const { date, ...manifest } = known.get(target) ?? { date: undefined };
    if (date === undefined) unread.set(target, oid);
    else found.set(target, { manifest: undefined, ...manifest, date });
  }
  if (unread.size > 0) {
    const read = await withTips(source, [...new Set(unread.values())], (repository) =>
      readManifests(repository, [...unread.keys()]),
    );
    for (const [target, one] of read) found.set(target, one);
  }
  return repositoryOf(source, listed, found);
}

function repositoryOf(
  { url }: Source,
  { refs, unreadable, defaultBranch }: ListedRefs,
  found: ReadonlyMap<string, AtTarget>,
): ForgeRepository {
  const usable: { kind: 'tag' | 'branch'; ref: ForgeRef }[] = [];
  const unusable: UnusableRef[] = unreadable.map((ref) => ({ ...ref, reason: 'its name is not UTF-8' }));
  const manifests = new Map<string, ManifestText & { readonly date: string }>();
  for (const { kind, name, target, leftOut } of refs) {
    const at = found.get(target);
    if (at === undefined) {
      throw new ForgeError('incomplete', `the server does not send what ${kind} ${name} leads to`);
    }
    if ('unusable' in at) {
      unusable.push({ kind, name, reason: at.unusable });
    } else {
      manifests.set(target, at);
      usable.push({ kind, ref: { name, commit: target, ...at, leftOut } });
    }
  }
  const of = (wanted: 'tag' | 'branch') => usable.filter(({ kind }) => kind === wanted).map(({ ref }) => ref);
  return {
    ...{ tags: of('tag'), branches: of('branch'), unusable, defaultBranch, archived: false, manifests },
    // As GitDriver has them: it knows no page of the repository.
    links: { source: { type: 'git', url } },
  };
}

/** @returns undefined where a readme that is there is no text, or too long */
async function readReadme(source: Source, { commit, directory }: ReadmePlace): Promise<Readme | undefined> {
  return withTips(source, [commit], (repository) =>
    readFolderFile(repository, commit, directory, readmeNames, readmeBytesMax),
  );
}

async function contains(source: Source, hash: string): Promise<Containment> {
  const { refs } = await listRefs(source);
  const targets = [...new Set(refs.map(({ target }) => target))];
  // The tips are what is asked for most; they need no history.
  if (targets.includes(hash)) return { is: 'contained', commit: hash };
  const [first] = targets;
  if (first === undefined) return { is: 'not-contained' };
  const { git, services } = source;
  const look = (repository: GitRepository) => findContaining(repository, targets, hash);
  try {
    return await withKeptFolder(services, 'history', async (folder) => {
      const repository = await createRepository(git, folder, formatOf(first), services.limits.diskBytes);
      await repository.fetchAll(true);
      return look(repository);
    });
  } catch (error) {
    if (!canNotShallow(error)) throw error;
    return withWhole(source, formatOf(first), look);
  }
}

/**
 * As `git archive` makes it, with `export-ignore` and `export-subst` of the commit's own attributes. Files in LFS are the pointers to them, as Composer
 * too gets them from every source that it clones without the filters of git-lfs; submodules are empty folders.
 */
async function readArchive(source: Source, commit: string, signal: AbortSignal): Promise<Readable> {
  if (!isOid(commit)) {
    throw new ForgeError('not-found', `${JSON.stringify(commit)} is no id of a commit`);
  }
  const repository = await newRepository(source, formatOf(commit));
  try {
    await repository.fetchWhole(commit, signal);
  } catch (error) {
    return archiveOtherwise(source, repository, error, { commit, signal });
  }
  return streamArchive(source, repository, commit, signal);
}

/** From a server that does not send commits by their ids, or not without their history. */
async function archiveOtherwise(
  source: Source,
  repository: GitRepository,
  error: unknown,
  { commit, signal }: { readonly commit: string; readonly signal: AbortSignal },
): Promise<Readable> {
  if (canNotServe(error)) {
    const { refs } = await listRefs(source);
    const ref = refs.find(({ oid, target }) => target === commit && oid !== commit);
    if (ref !== undefined) {
      await repository.fetchWhole(ref.oid, signal);
      return streamArchive(source, repository, commit, signal);
    }
    if (!/unadvertised/i.test(error.stderr)) {
      throw new ForgeError('not-found', `the repository has no commit ${commit}`, { cause: error });
    }
  } else if (!canNotShallow(error)) {
    throw error;
  }
  return withWhole(source, formatOf(commit), async (whole) => {
    if (!(await whole.has(commit))) {
      throw new ForgeError('not-found', `the repository has no commit ${commit}`);
    }
    // The folder may be somebody else's before the archive has ended.
    await linkFiles(whole.objectsFolder, repository.objectsFolder);
    return streamArchive(source, repository, commit, signal);
  });
}

/** The folder that all of the archive is in: Composer drops it. */
function topFolder(url: string, commit: string): string {
  const name = /([^/:]+?)(?:\.git)?\/?$/.exec(url)?.[1] ?? 'repository';
  return `${name.replaceAll(/[^\w.-]/g, '-').replace(/^[.-]+/, '')}-${commit.slice(0, 12)}`;
}

function streamArchive(
  { url, git, services }: Source,
  repository: GitRepository,
  commit: string,
  signal: AbortSignal,
): Readable {
  const { stdout } = repository.run({
    args: ['archive', '--format=zip', `--prefix=${topFolder(url, commit)}/`, commit],
    ...{ signal, outputBytes: services.limits.archiveBytes },
  });
  const archive = new PassThrough();
  stdout.pipe(archive);
  stdout.on('error', (error) => {
    void git.explained(error).then((reason) => archive.destroy(reason instanceof Error ? reason : error));
  });
  archive.on('close', () => stdout.destroy());
  return archive;
}
