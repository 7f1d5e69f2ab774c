/** Reads the contents of a Mercurial repository by the program `hg`. Changesets are called commits here, as everywhere. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ManifestText } from '../../composer/scanned-repository.ts';
import type { Containment } from '../../forge/containment.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { ForgeRef, ForgeRepository, RefsOptions } from '../../forge/forge.ts';
import { type Readme, type ReadmePlace, readmeBytesMax, readmeNames } from '../../forge/readme.ts';
import type { VcsCredential, VcsPlace, VcsReader, VcsServices } from '../vcs.ts';
import { zipFolder } from '../zip-folder.ts';
import { type Copies, createCopies } from './copy.ts';
import { createFolderReader } from './folders.ts';
import { type ListedRef, listingOf } from './listing.ts';
import { readFirstText, readManifests, succeeded } from './manifests.ts';
import { type Hg, prepareHg } from './program.ts';

/** @throws ForgeError when the address or the credential cannot be used */
export async function openMercurial(
  place: VcsPlace,
  credential: VcsCredential,
  services: VcsServices,
): Promise<VcsReader> {
  const hg = await prepareHg(place, credential, services);
  const copies = createCopies(hg, services);
  return {
    readRefs: (_repository, options) => readRefs({ hg, copies, place, services }, options),
    readArchive: (_repository, commit, signal) => readArchive({ hg, copies, services }, commit, signal),
    readReadme: (_repository, where) => readReadme({ hg, copies }, where),
    contains: (_repository, hash) => contains({ hg, copies }, hash),
    folders: createFolderReader(hg, copies),
    seenHostKey: () => hg.seenHostKey(),
  };
}

interface Reading {
  readonly hg: Hg;
  readonly copies: Copies;
}

async function readRefs(
  { hg, copies, place, services }: Reading & { readonly place: VcsPlace; readonly services: VcsServices },
  { known = new Map() }: RefsOptions = {},
): Promise<ForgeRepository> {
  const copy = await copies.upToDate();
  const { tags, branches, defaultBranch } = await readListing(hg, copy);
  const refs = [...tags, ...branches];
  if (refs.length > services.limits.refs) {
    throw new ForgeError(
      'unexpected',
      `the repository has ${refs.length} tags and branches, more than ${services.limits.refs}`,
    );
  }
  const commits = [...new Set(refs.map(({ commit }) => commit))];
  const dates = await readDates(hg, copy, commits);
  const manifests = new Map<string, ManifestText>();
  for (const commit of commits) {
    const text = known.get(commit);
    if (text !== undefined) manifests.set(commit, text);
  }
  const unread = commits.filter((commit) => !manifests.has(commit));
  for (const [commit, manifest] of await readManifests(hg, copy, unread)) manifests.set(commit, manifest);
  const asRef = (ref: ListedRef): ForgeRef => ({
    ...ref,
    date: of(dates, ref.commit),
    ...of(manifests, ref.commit),
  });
  return {
    ...{ tags: tags.map(asRef), branches: branches.map(asRef), unusable: [], archived: false },
    defaultBranch,
    links: { source: { type: 'hg', url: place.url } },
  };
}

function of<Value>(values: ReadonlyMap<string, Value>, commit: string): Value {
  const value = values.get(commit);
  if (value === undefined)
    throw new ForgeError('incomplete', `Mercurial said nothing of the commit ${commit}`);
  return value;
}

async function readListing(hg: Hg, copy: string): Promise<ReturnType<typeof listingOf>> {
  const json = ['--template', 'json'];
  const results = await hg.runMany(copy, [
    ['tags', ...json],
    ['branches', ...json],
    ['bookmarks', ...json],
    ['log', '--rev', 'tip', ...json],
  ]);
  const [tags, branches, bookmarks, tip] = results.map((result) => succeeded(result).output);
  if (!tags || !branches || !bookmarks || !tip) {
    throw new ForgeError('unexpected', 'Mercurial did not list the repository');
  }
  return listingOf({ tags, branches, bookmarks, tip });
}

/** How many commits one command is asked for: their hashes fit into its arguments. */
const commitsPerCommand = 500;

/** As Composer's driver has them: with the zone of whoever made the commit. */
async function readDates(hg: Hg, copy: string, commits: readonly string[]): Promise<Map<string, string>> {
  const commands: string[][] = [];
  for (let first = 0; first < commits.length; first += commitsPerCommand) {
    const some = commits.slice(first, first + commitsPerCommand);
    commands.push([
      ...['log', '--template', '{node} {date|rfc3339date}\\n'],
      ...some.flatMap((commit) => ['--rev', commit]),
    ]);
  }
  const results = await hg.runMany(copy, commands);
  const lines = results.flatMap((result) => succeeded(result).output.toString('utf8').trim().split('\n'));
  return new Map(lines.map((line) => [line.slice(0, 40), line.slice(41)]));
}

/**
 * The files of the commit and nothing else, as a checkout of Composer has them: without a file that says where the archive is from
 * (`.hg_archival.txt`), which would change with later tags.
 */
async function readArchive(
  { hg, copies, services }: Reading & { readonly services: VcsServices },
  commit: string,
  signal: AbortSignal,
): Promise<Readable> {
  signal.throwIfAborted();
  requireHash(commit);
  const copy = await copies.with(commit, { signal });
  const work = await mkdtemp(join(services.workFolder, 'archive-'));
  const files = join(work, 'files');
  try {
    await hg.runLocal(copy, ['archive', '--rev', commit, '--type', 'files', '--', files], { signal });
    const [result] = await hg.runMany(copy, [['log', '--rev', commit, '--template', '{date|hgdate}']]);
    const seconds = Number(succeeded(result).output.toString('utf8').split(' ')[0]);
    const archive = zipFolder(files, { top: commit, date: new Date(seconds * 1000) });
    archive.on('close', () => void rm(work, { recursive: true, force: true }));
    return archive;
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
}

async function readReadme(
  { hg, copies }: Reading,
  { commit, directory }: ReadmePlace,
): Promise<Readme | undefined> {
  requireHash(commit);
  const copy = await copies.with(commit);
  const folder = directory === '' ? '' : `${directory}/`;
  const found = await readFirstText(hg, copy, {
    commit,
    paths: readmeNames.map((name) => `${folder}${name}`),
    bytesMax: readmeBytesMax,
  });
  const file = readmeNames.find((name) => found?.path === `${folder}${name}`);
  return found === undefined || file === undefined ? undefined : { file, text: found.text };
}

/** Every commit is on a named branch of its repository, so one that is there is contained. */
async function contains({ hg, copies }: Reading, hash: string): Promise<Containment> {
  if (!/^[0-9a-f]{7,40}$/.test(hash)) return { is: 'not-contained' };
  const copy = await copies.upToDate();
  const [result] = await hg.runMany(copy, [
    ['log', '--rev', `id(${hash}) and all()`, '--template', '{node}\\n'],
  ]);
  // An abbreviation of several is an error of the program. `all()` is without the files checked out, which have an id too (40 times f).
  const commits = result?.code === 0 ? result.output.toString('utf8').trim().split('\n') : [];
  const [commit = ''] = commits;
  return commits.length === 1 && commit.startsWith(hash)
    ? { is: 'contained', commit }
    : { is: 'not-contained' };
}

function requireHash(commit: string): void {
  if (!/^[0-9a-f]{40}$/.test(commit)) {
    throw new ForgeError('not-found', `${JSON.stringify(commit)} is no commit of Mercurial`);
  }
}
