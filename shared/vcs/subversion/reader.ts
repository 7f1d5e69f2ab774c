/** Reads the contents of a Subversion repository by the program `svn`. A commit is the reference that Composer writes: `/trunk/@123`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { distReference } from '../../domain/dist-reference.ts';
import { decodedManifest } from '../../forge/blob-text.ts';
import type { Containment } from '../../forge/containment.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { ForgeRef, ForgeRepository, RefsOptions } from '../../forge/forge.ts';
import { type Readme, type ReadmePlace, readmeBytesMax, readmeNames } from '../../forge/readme.ts';
import type { VcsCredential, VcsPlace, VcsReader, VcsServices } from '../vcs.ts';
import { zipFolder } from '../zip-folder.ts';
import { createFolderReader } from './folders.ts';
import { correctKeywords } from './keywords.ts';
import {
  baseAddress,
  checkedLayout,
  parseReference,
  referenceOf,
  type SubversionLayout,
  usualLayout,
} from './layout.ts';
import { dateOf, type ListedRef, readListing, readXml, requireFound, target, trunkName } from './listing.ts';
import { readFile, readManifests } from './manifests.ts';
import { prepareSvn, type Svn } from './program.ts';
import { attributeOf, elementOf, elementsOf } from './xml.ts';

interface Reading {
  readonly svn: Svn;
  readonly layout: SubversionLayout;
  /** The address that references are relative to, as Composer writes it. */
  readonly base: string;
  readonly services: VcsServices;
}

/** @throws ForgeError when the address, the layout or the credential cannot be used */
export async function openSubversion(
  place: VcsPlace,
  credential: VcsCredential,
  services: VcsServices,
): Promise<VcsReader> {
  const layout = checkedLayout(place.layout ?? usualLayout);
  const base = baseAddress(place.url, layout);
  const svn = await prepareSvn({ ...place, base }, credential, services);
  const reading: Reading = { svn, layout, base, services };
  return {
    readRefs: (_repository, options) => svn.session(() => readRefs(reading, options)),
    readArchive: (_repository, commit, signal) => svn.session(() => readArchive(reading, commit, signal)),
    readReadme: (_repository, where) => svn.session(() => readReadme(reading, where)),
    contains: (_repository, hash, from) => svn.session(() => contains(reading, hash, from)),
    folders: createFolderReader(svn),
    seenHostKey: () => svn.seenHostKey(),
  };
}

async function readRefs(
  { svn, layout, base, services }: Reading,
  { known = new Map() }: RefsOptions = {},
): Promise<ForgeRepository> {
  const { tags, branches } = await readListing(svn, layout);
  const refs = [...tags, ...branches];
  if (refs.length > services.limits.refs) {
    throw new ForgeError(
      'unexpected',
      `the repository has ${refs.length} tags and branches, more than ${services.limits.refs}`,
    );
  }
  const unread = refs
    .filter(({ isFolder, leftOut, commit }) => isFolder && leftOut === undefined && !known.has(commit))
    .map(({ commit }) => commit);
  const manifests = new Map([...known, ...(await readManifests(svn, [...new Set(unread)]))]);
  const asRef = async ({ name, commit, date, leftOut }: ListedRef): Promise<ForgeRef> => ({
    ...{ name, commit, leftOut },
    ...(manifests.get(commit) ?? { manifest: undefined }),
    date: layout.package === '' || !manifests.get(commit)?.manifest ? date : await dateAt(svn, commit),
  });
  const asRefs = async (listed: readonly ListedRef[]): Promise<ForgeRef[]> => {
    const found: ForgeRef[] = [];
    for (const ref of listed) found.push(await asRef(ref));
    return found;
  };
  return {
    ...{ tags: await asRefs(tags), branches: await asRefs(branches), unusable: [], archived: false },
    defaultBranch: trunkName,
    links: { source: { type: 'svn', url: base } },
  };
}

/** When the folder was last changed. */
async function dateAt(svn: Svn, commit: string): Promise<string> {
  return dateOf(elementOf(await readXml(svn, ['info'], target(svn, parseReference(commit))), 'commit'));
}

/** The files of the folder as an export has them: with keywords, symbolic links as links, and without anything from other repositories. */
async function readArchive(
  { svn, base, services }: Reading,
  commit: string,
  signal: AbortSignal,
): Promise<Readable> {
  signal.throwIfAborted();
  const folder = parseReference(commit);
  const date = new Date(await dateAt(svn, commit));
  const work = await mkdtemp(join(services.workFolder, 'archive-'));
  const files = join(work, 'files');
  try {
    const args = ['export', '--ignore-externals', '--quiet'];
    requireFound(await svn.run(args, [target(svn, folder), files], { signal }));
    await correctKeywords(svn, { folder, own: base, files, signal });
    const archive = zipFolder(files, { top: distReference(commit), date });
    archive.on('close', () => void rm(work, { recursive: true, force: true }));
    return archive;
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
}

async function readReadme({ svn }: Reading, { commit, directory }: ReadmePlace): Promise<Readme | undefined> {
  const { path, revision } = parseReference(commit);
  const within = directory === '' ? path : `${path}/${directory}`;
  for (const file of readmeNames) {
    const bytes = await readFile(svn, { path: `${within}/${file}`, revision }, readmeBytesMax);
    if (bytes !== undefined) {
      const text = typeof bytes === 'string' ? undefined : decodedManifest(bytes).manifest;
      return text === undefined ? undefined : { file, text };
    }
  }
  return undefined;
}

const Progress = z.object({ folders: z.array(z.string()) });
/** How many folders one step looks at: each is a request. */
const foldersPerStep = 20;
/** Of one folder, from its newest. */
const revisionsMax = 100_000;

/** Looks for the MD5 among the references that each trunk, branch and tag has had. */
async function contains({ svn, layout }: Reading, hash: string, from: unknown): Promise<Containment> {
  if (!/^[0-9a-f]{32}$/.test(hash)) return { is: 'not-contained' };
  const left = Progress.safeParse(from);
  const folders = left.success ? left.data.folders : await foldersOf(svn, layout);
  for (const folder of folders.slice(0, foldersPerStep)) {
    const path = folder === '' ? '' : `/${folder.replace(/^\/+/, '')}`;
    const args = ['log', '--quiet', '--stop-on-copy', '--limit', `${revisionsMax}`];
    const log = await readXml(svn, args, target(svn, { path, revision: 'HEAD' }));
    for (const entry of elementsOf(log, 'logentry')) {
      const commit = referenceOf(path, attributeOf(entry, 'revision'), layout);
      if (distReference(commit) === hash) return { is: 'contained', commit };
    }
  }
  const rest = folders.slice(foldersPerStep);
  return rest.length === 0 ? { is: 'not-contained' } : { is: 'undecided', progress: { folders: rest } };
}

async function foldersOf(svn: Svn, layout: SubversionLayout): Promise<string[]> {
  const { branches, tags } = await readListing(svn, layout);
  return [...branches, ...tags].map(({ folder }) => folder);
}
