/**
 * The branches and tags of a repository, as Composer's driver lists them.
 * composer/composer: src/Composer/Repository/Vcs/SvnDriver.php
 *
 * The driver reads lists that `svn` prints for people, so of a name with white space it takes the last word, and finds nothing there. Such a name
 * is listed here, as left out.
 */
import { ForgeError } from '../../forge/errors.ts';
import { type ReferencedFolder, referenceOf, type SubversionLayout } from './layout.ts';
import type { Svn, SvnResult } from './program.ts';
import { attributeOf, elementOf, elementsOf, parseXml, type XmlElement } from './xml.ts';

export interface ListedRef {
  readonly name: string;
  /** The reference. */
  readonly commit: string;
  readonly date: string;
  /** Of the trunk, branch or tag itself. */
  readonly folder: string;
  readonly isFolder: boolean;
  readonly leftOut?: string | undefined;
}

export interface Listing {
  readonly tags: readonly ListedRef[];
  /** The trunk is the branch of that name. */
  readonly branches: readonly ListedRef[];
}

/** What Composer calls the branch, whatever its folder is called. */
export const trunkName = 'trunk';

/** All of it at one revision. @throws ForgeError when a folder of the layout is not there */
export async function readListing(svn: Svn, layout: SubversionLayout): Promise<Listing> {
  const head = attributeOf(elementOf(await readXml(svn, ['info'], `${svn.url}@`), 'entry'), 'revision');
  const trunk = await readTrunk(svn, layout, head);
  const branches = new Map([[trunk.name, trunk]]);
  for (const branch of await readFolder(svn, layout, { folder: layout.branches, head, what: 'branches' })) {
    branches.set(branch.name, branch);
  }
  const tags = await readFolder(svn, layout, { folder: layout.tags, head, what: 'tags' });
  return { tags, branches: [...branches.values()] };
}

async function readTrunk(svn: Svn, layout: SubversionLayout, head: string): Promise<ListedRef> {
  const folder = layout.trunk === false ? '' : `/${layout.trunk}`;
  const info = await readXml(svn, ['info'], target(svn, { path: folder, revision: head })).catch(
    (error: unknown) => {
      throw isNotFound(error) ? missing('trunk', folder) : error;
    },
  );
  return listed(trunkName, folder, { commit: elementOf(info, 'commit'), layout, isFolder: true });
}

async function readFolder(
  svn: Svn,
  layout: SubversionLayout,
  where: { readonly folder: string | false; readonly head: string; readonly what: string },
): Promise<ListedRef[]> {
  if (where.folder === false) return [];
  const path = `/${where.folder}`;
  const list = await readXml(svn, ['list'], target(svn, { path, revision: where.head })).catch(
    (error: unknown) => {
      throw isNotFound(error) ? missing(where.what, path) : error;
    },
  );
  return [...elementsOf(list, 'entry')].map((entry) => {
    const name = elementOf(entry, 'name').text;
    const isFolder = attributeOf(entry, 'kind') === 'dir';
    return listed(name, `${path}/${name}`, { commit: elementOf(entry, 'commit'), layout, isFolder });
  });
}

function listed(
  name: string,
  folder: string,
  found: { readonly commit: XmlElement; readonly layout: SubversionLayout; readonly isFolder: boolean },
): ListedRef {
  const { commit, layout, isFolder } = found;
  return {
    ...{ name, folder, isFolder },
    commit: referenceOf(folder, attributeOf(commit, 'revision'), layout),
    date: dateOf(commit),
    ...(/\s/.test(name) && { leftOut: 'Composer does not list names with white space in Subversion.' }),
  };
}

/** Without fractions of a second, as Composer's driver has it. */
export const dateOf = (commit: XmlElement): string => elementOf(commit, 'date').text.replace(/\.\d+Z$/, 'Z');

/** The address of a folder or file at a revision. */
export const target = ({ url }: Svn, { path, revision }: ReferencedFolder): string =>
  `${url}${path.split('/').map(encodeURIComponent).join('/')}@${revision}`;

/** @throws ForgeError `not-found` when the target is not there */
export async function readXml(svn: Svn, args: readonly string[], where: string): Promise<XmlElement> {
  const result = await svn.run([...args, '--xml'], [where]);
  requireFound(result);
  return parseXml(result.output.toString('utf8'));
}

/** @throws ForgeError `not-found` when the target is not there */
export function requireFound({ code, errors }: SvnResult): void {
  if (code !== 0) {
    const said = errors.trim().split('\n')[0]?.slice(0, 300);
    throw new ForgeError('not-found', `Subversion does not find it: ${said}`);
  }
}

const isNotFound = (error: unknown): boolean => error instanceof ForgeError && error.code === 'not-found';

const missing = (what: string, path: string): ForgeError =>
  new ForgeError(
    'unexpected',
    `the repository has no folder ${path || '/'} for its ${what}; enter where it is, or that there is none`,
  );
