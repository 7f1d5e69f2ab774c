/**
 * Which folders of a repository hold packages: globs of their manifests, such as `packages/*` + `/composer.json`, as Private Packagist has for
 * multi-package repositories (`{lib,src}/**` + `/composer.json`). Pure.
 */
import picomatch from 'picomatch';

/** Bounds of what an owner may set for one repository. */
export const globsMax = 20;
export const globLengthMax = 200;
/** How many folders of a repository become packages at most. */
export const foldersMax = 300;
/** How many folders deep a package may be. */
export const depthMax = 8;
/** How many patterns all braces stand for at most. */
const expandedMax = 100;

const manifestFile = 'composer.json';
/** One star matches no folder whose name begins with a dot, as in a shell. Extended globs and negation are left out: their cost has no bound. */
const options = { dot: false, noextglob: true, nonegate: true } as const;

export interface FolderMatcher {
  /** The folders whose contents have to be listed first; empty text for the root. */
  readonly bases: readonly string[];
  /** Whether a composer.json in the folder is a package's. */
  isPackage(directory: string): boolean;
  /** Whether a folder below may be a package's. */
  mayLeadTo(directory: string): boolean;
}

/** A glob, or several, that an owner may not set: a sentence that says which, and what to do. */
export class FolderGlobError extends Error {
  override readonly name = 'FolderGlobError';
}

/**
 * The globs as they are stored: each with the manifest's name at its end, each once.
 *
 * @throws FolderGlobError
 */
export function parseFolderGlobs(texts: readonly string[]): readonly string[] {
  const globs = [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))].map(parseGlob);
  if (globs.length > globsMax) {
    throw new FolderGlobError(
      `There are ${globs.length} patterns; at most ${globsMax} are possible. A pattern may have alternatives, as in {lib,src}/*/composer.json.`,
    );
  }
  const count = globs.flatMap(expandBraces).length;
  if (count > expandedMax) {
    throw new FolderGlobError(
      `The alternatives in braces stand for ${count} patterns; at most ${expandedMax} are possible.`,
    );
  }
  return [...new Set(globs)];
}

function parseGlob(text: string): string {
  const refuse = (why: string): never => {
    throw new FolderGlobError(`"${text.slice(0, globLengthMax)}" is no pattern of folders: ${why}.`);
  };
  const glob =
    text === manifestFile || text.endsWith(`/${manifestFile}`)
      ? text
      : `${text.replace(/\/$/, '')}/${manifestFile}`;
  if (glob.length > globLengthMax) {
    refuse(`it has more than ${globLengthMax} characters`);
  }
  if (/[\\\p{Cc}]/u.test(glob)) {
    refuse('it has a backslash or a control character');
  }
  if (/[!()[\]@+?]/.test(glob)) {
    refuse('only *, ** and {one,other} may stand for something else');
  }
  if (!hasPairedBraces(glob)) {
    refuse('a brace is missing, or there are braces in braces');
  }
  for (const one of expandBraces(glob)) {
    const folders = one.split('/').slice(0, -1);
    if (folders.some((folder) => folder === '' || folder === '.' || folder === '..')) {
      refuse(
        'it has to be a path within the repository, without a slash at its beginning, empty parts, . and ..',
      );
    }
    if (folders.length === 0) {
      refuse('the composer.json in the root is always read');
    }
    if (folders.length > depthMax) {
      refuse(`it goes more than ${depthMax} folders deep`);
    }
    if (folders.filter((folder) => folder === '**').length > 2) {
      refuse('it has ** more than twice');
    }
    if (folders.some((folder) => folder.includes('**') && folder !== '**')) {
      refuse('** stands for whole folders, so it has to be between slashes');
    }
  }
  return glob;
}

const hasPairedBraces = (glob: string): boolean => /^(?:[^{}]|\{[^{}]*\})*$/.test(glob);

/** The patterns that alternatives in braces stand for. */
function expandBraces(glob: string): readonly string[] {
  const found = /\{([^{}]*)\}/.exec(glob);
  if (found === null) {
    return [glob];
  }
  const [before, after] = [glob.slice(0, found.index), glob.slice(found.index + found[0].length)];
  const rest = expandBraces(after);
  return (found[1] ?? '').split(',').flatMap((one) => rest.map((end) => `${before}${one}${end}`));
}

/** @param globs as `parseFolderGlobs` returns them */
export function folderMatcher(globs: readonly string[]): FolderMatcher {
  const patterns = globs.flatMap(expandBraces).map((glob) => glob.split('/').slice(0, -1));
  const matches = picomatch(
    patterns.map((folders) => `${folders.join('/')}/${manifestFile}`),
    options,
  );
  const leads = picomatch([...new Set(patterns.flatMap(prefixesOf))], options);
  const depthOf = (directory: string): number => directory.split('/').length;
  return {
    bases: [...new Set(patterns.map(baseOf))],
    isPackage: (directory) =>
      directory !== '' && depthOf(directory) <= depthMax && matches(`${directory}/${manifestFile}`),
    mayLeadTo: (directory) => directory !== '' && depthOf(directory) < depthMax && leads(directory),
  };
}

/** What leads to the folders of a pattern; all that is below `**` does. */
function prefixesOf(folders: readonly string[]): readonly string[] {
  const anywhere = folders.indexOf('**');
  const last = anywhere === -1 ? folders.length - 1 : anywhere + 1;
  return Array.from({ length: last }, (_, place) => folders.slice(0, place + 1).join('/'));
}

/** The last folder above all that may be packages; its contents say what the next ones are. */
function baseOf(folders: readonly string[]): string {
  const first = folders.findIndex((folder) => folder.includes('*'));
  // Two stars stand for no folder too, so the one before them may be a package itself.
  const end = first === -1 ? folders.length - 1 : first - (folders[first] === '**' ? 1 : 0);
  return folders.slice(0, Math.max(0, end)).join('/');
}
