/**
 * Where a repository of Subversion has its trunk, branches and tags, and the references that Composer writes of them.
 * composer/composer: src/Composer/Repository/Vcs/SvnDriver.php
 */
import { ForgeError } from '../../forge/errors.ts';

/** As the keys `trunk-path`, `branches-path`, `tags-path` and `package-path` of a repository in a composer.json. Paths without slashes at their ends. */
export interface SubversionLayout {
  /** false: the address is that of the trunk. */
  readonly trunk: string | false;
  /** false: there are none. */
  readonly branches: string | false;
  readonly tags: string | false;
  /** The folder of the package in each of them; empty: itself. */
  readonly package: string;
}

export const usualLayout: SubversionLayout = {
  ...{ trunk: 'trunk', branches: 'branches', tags: 'tags' },
  package: '',
};

/** @throws ForgeError for a path that leads elsewhere */
export function checkedLayout(layout: SubversionLayout): SubversionLayout {
  const checked = (path: string): string => {
    const plain = path.replace(/^\/+|\/+$/g, '');
    if (plain.split('/').includes('..') || [...plain].some((character) => character < ' ')) {
      throw new ForgeError('unexpected', `the path ${JSON.stringify(path)} leads out of the repository`);
    }
    return plain;
  };
  const optional = (path: string | false): string | false => (path === false ? false : checked(path));
  return {
    trunk: optional(layout.trunk),
    branches: optional(layout.branches),
    tags: optional(layout.tags),
    package: checked(layout.package),
  };
}

/** The address that the paths are relative to: an address of the trunk stands for the folder that it is in. */
export function baseAddress(url: string, { trunk }: SubversionLayout): string {
  const plain = url.replace(/\/+$/, '');
  const at = trunk === false ? -1 : plain.lastIndexOf(`/${trunk}`);
  return at === -1 ? plain : plain.slice(0, at);
}

/** @param folder of a trunk, branch or tag, with a slash before it @param revision of its last change */
export function referenceOf(folder: string, revision: string, layout: SubversionLayout): string {
  const within = layout.package === '' ? '' : `/${layout.package}`;
  return `${folder.replace(/\/+$/, '')}${within}/@${revision}`;
}

export interface ReferencedFolder {
  /** With a slash before it, and none at its end; empty for the root. */
  readonly path: string;
  readonly revision: string;
}

/** @throws ForgeError `not-found` for what is no reference */
export function parseReference(reference: string): ReferencedFolder {
  const [, path, revision] = /^((?:\/[^/]+)*)\/@(\d{1,10})$/.exec(reference) ?? [];
  if (path === undefined || revision === undefined || path.split('/').includes('..')) {
    throw new ForgeError('not-found', `${JSON.stringify(reference)} is no reference of Subversion`);
  }
  return { path, revision };
}
