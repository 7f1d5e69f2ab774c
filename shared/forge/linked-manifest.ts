/** Symbolic links in place of a composer.json: one is followed within the repository, and no further. */
import { posix } from 'node:path';
import type { ManifestProblem, ManifestText } from '../composer/scanned-repository.ts';

/** The target of a symbolic link, or the manifest. */
export type Entry = { readonly link: string } | ManifestText;

export const withoutText = (manifestProblem: ManifestProblem): ManifestText => ({
  manifest: undefined,
  manifestProblem,
});

/**
 * Where the link leads to that stands in place of the composer.json of the repository's root.
 *
 * @returns a normalized path of the repository, or what the manifest lacks because of it
 */
export function targetOf(link: string): { readonly path: string } | ManifestText {
  const path = posix.normalize(link).replace(/(?<=.)\/$/, '');
  if (path.startsWith('/') || path === '..' || path.startsWith('../')) {
    return withoutText('link-to-outside');
  }
  if (path === '.') {
    return withoutText('link-to-folder');
  }
  return path === 'composer.json' ? withoutText('link-to-link') : { path };
}

/** The manifest that a link leads to. */
export function linkedManifest(target: Entry): ManifestText {
  if ('link' in target) {
    return withoutText('link-to-link');
  }
  const { manifest, manifestProblem } = target;
  if (manifestProblem === 'folder' || manifestProblem === 'submodule') {
    return withoutText(`link-to-${manifestProblem}`);
  }
  return manifest === undefined && manifestProblem === undefined ? withoutText('link-to-nothing') : target;
}
