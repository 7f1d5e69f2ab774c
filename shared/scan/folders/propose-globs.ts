/** Proposes globs for the folders of a repository that have manifests. Pure. */
import { depthMax, globsMax } from './folder-globs.ts';

/** Folders whose manifests are hardly ever of packages of the repository. */
const notPackages = new Set(['vendor', 'node_modules', 'test', 'tests', 'fixtures', 'fixture', 'stubs']);

/** A glob for each folder with several packages, and one for each other package. @param paths of manifests at a commit */
export function proposeGlobs(paths: readonly string[]): {
  readonly globs: readonly string[];
  /** How many folders they are. */
  readonly count: number;
} {
  const folders = paths
    .map((path) => path.split('/').slice(0, -1))
    .filter((parts) => parts.length > 0 && parts.length <= depthMax)
    .filter((parts) => !parts.some((part) => part.startsWith('.') || notPackages.has(part.toLowerCase())))
    .filter((parts) => !parts.some((part) => /[\\{}!()[\]@+?*]/.test(part)));
  const byParent = new Map<string, string[]>();
  for (const parts of folders) {
    const parent = parts.slice(0, -1).join('/');
    byParent.set(parent, [...(byParent.get(parent) ?? []), parts.join('/')]);
  }
  const globs = [...byParent].flatMap(([parent, own]) =>
    own.length > 1 && parent !== '' ? [`${parent}/*`] : own,
  );
  return {
    globs: globs
      .sort()
      .slice(0, globsMax)
      .map((glob) => `${glob}/composer.json`),
    count: folders.length,
  };
}
