/** Finds what branches, tags and ids name. */
import type { RawObject } from './batch-process.ts';
import { parseTag } from './object-formats.ts';
import type { GitObjects } from './objects.ts';
import type { GitRef } from './refs.ts';

const heads = 'refs/heads/';
const tagPrefix = 'refs/tags/';

/** Follows annotated tags to their commit. */
export async function peelToCommit(
  objects: GitObjects,
  gitDirectory: string,
  object: RawObject | undefined,
): Promise<RawObject | undefined> {
  let found = object;
  while (found?.type === 'tag') found = await objects.read(gitDirectory, parseTag(found.body).target);
  return found?.type === 'commit' ? found : undefined;
}

/** The commit of a branch, a tag or an id, full or abbreviated; undefined if there is none. */
export async function resolveCommit(
  objects: GitObjects,
  repository: { readonly gitDirectory: string; readonly defaultBranch: string },
  refs: readonly GitRef[],
  name: string,
): Promise<RawObject | undefined> {
  const { gitDirectory, defaultBranch } = repository;
  const wanted = name === 'HEAD' ? defaultBranch : name;
  const named = refs.find((ref) => [wanted, `${heads}${wanted}`, `${tagPrefix}${wanted}`].includes(ref.name));
  const object = named
    ? await objects.read(gitDirectory, named.oid)
    : /^[0-9a-f]{7,40}$/.test(name)
      ? await objects.resolve(gitDirectory, name)
      : undefined;
  return peelToCommit(objects, gitDirectory, object);
}

/** Branches by their short names. */
export const branchesOf = (refs: readonly GitRef[]): GitRef[] =>
  refs.flatMap(({ name, oid }) => (name.startsWith(heads) ? [{ name: name.slice(heads.length), oid }] : []));

/** Tags by their short names. */
export const tagsOf = (refs: readonly GitRef[]): GitRef[] =>
  refs.flatMap(({ name, oid }) =>
    name.startsWith(tagPrefix) ? [{ name: name.slice(tagPrefix.length), oid }] : [],
  );
