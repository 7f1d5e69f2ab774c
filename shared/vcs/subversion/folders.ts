/** Reads folders within a trunk, branch or tag. */
import { posix } from 'node:path';
import type { ManifestText } from '../../composer/scanned-repository.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { FolderEntry, FolderPlace, FolderReader } from '../../forge/folders.ts';
import { withoutText } from '../../forge/linked-manifest.ts';
import { mapAtOnce } from '../../forge/map-at-once.ts';
import { ProgramError } from '../run-program.ts';
import { parseReference, type ReferencedFolder } from './layout.ts';
import { readXml, requireFound, target } from './listing.ts';
import { readEntry } from './manifests.ts';
import type { Svn } from './program.ts';
import { attributeOf, elementOf, elementsOf, type XmlElement } from './xml.ts';

/** How many processes run side by side: each is a connection to the server. */
const atOnce = 4;
/** Of the list of all files of a trunk; of one that is longer nothing is proposed. */
const allFilesBytesMax = 32 * 1024 * 1024;

export const createFolderReader = (svn: Svn): FolderReader => ({
  listFolders: (_, places) =>
    svn.session(() => mapAtOnce(places, atOnce, (place) => listFolder(svn, placeOf(place)))),
  readFiles: (_, places) =>
    svn.session(() => mapAtOnce(places, atOnce, (place) => readFile(svn, placeOf(place)))),
  findManifests: (_, commit) => svn.session(() => findManifests(svn, parseReference(commit))),
});

function placeOf({ commit, path }: FolderPlace): ReferencedFolder {
  const folder = parseReference(commit);
  return path === '' ? folder : { ...folder, path: `${folder.path}/${path}` };
}

/** @returns undefined where there is no folder */
async function listFolder(svn: Svn, folder: ReferencedFolder): Promise<readonly FolderEntry[] | undefined> {
  const list = await readXml(svn, ['list'], target(svn, folder)).catch(missing);
  if (list === undefined) {
    return undefined;
  }
  const entries = [...elementsOf(list, 'entry')].map((entry) => entryOf(entry, folder));
  const [only, ...others] = entries;
  // Of a file the list is the file, as of a folder with one file of its own name.
  const mayBeFile = only?.kind === 'file' && others.length === 0 && only.name === posix.basename(folder.path);
  return mayBeFile && (await isFile(svn, folder)) ? undefined : entries;
}

function missing(error: unknown): undefined {
  if (!(error instanceof ForgeError && error.code === 'not-found')) throw error;
}

async function isFile(svn: Svn, folder: ReferencedFolder): Promise<boolean> {
  const info = await readXml(svn, ['info'], target(svn, folder));
  return attributeOf(elementOf(info, 'entry'), 'kind') === 'file';
}

/**
 * The revision of the last change says that the contents are the same at the same path. It is not enough by itself: one revision may change a
 * trunk and a branch.
 */
function entryOf(entry: XmlElement, { path }: ReferencedFolder): FolderEntry {
  const name = elementOf(entry, 'name').text;
  const revision = attributeOf(elementOf(entry, 'commit'), 'revision');
  // Symbolic links are files with a property, which lists do not have.
  const kind = attributeOf(entry, 'kind') === 'dir' ? 'folder' : 'file';
  return { name, kind, id: `${path}/${name}@${revision}` };
}

async function readFile(svn: Svn, file: ReferencedFolder): Promise<ManifestText> {
  const entry = await readEntry(svn, file);
  if ('link' in entry) {
    return withoutText('link-in-folder');
  }
  if (entry.manifest === undefined && entry.manifestProblem === undefined) {
    throw new ForgeError('incomplete', `Subversion does not give ${file.path}, which it lists`);
  }
  return entry;
}

async function findManifests(svn: Svn, folder: ReferencedFolder): Promise<readonly string[]> {
  try {
    const options = { outputBytes: allFilesBytesMax };
    const result = await svn.run(['list', '--recursive'], [target(svn, folder)], options);
    requireFound(result);
    const paths = result.output.toString('utf8').split('\n');
    return paths.filter((path) => posix.basename(path) === 'composer.json' && !path.endsWith('/'));
  } catch (error) {
    if (error instanceof ProgramError && error.failure === 'output') {
      return [];
    }
    throw error;
  }
}
