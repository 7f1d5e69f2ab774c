/** Finds the ref that the links of a version show. */
import { compareBytes } from './php-text.ts';
import type { RefName, ScannedRepository } from './scanned-repository.ts';

/**
 * The ref whose name is in the links to a version's files.
 *
 * For a branch it is the first tag, else the first branch at the same commit, as in composer/composer
 * `src/Composer/Repository/Vcs/GitHubDriver.php` and `GitLabDriver.php` at tag 2.10.2 (`getComposerInformation`): tags in the order of the
 * forge's list, branches from the first name to the last, without those that the driver leaves out. A tag has its own name, even if other
 * tags are at its commit: its version never changes, while other tags come and go.
 */
export function linkedRefs({
  tags,
  branches,
}: Pick<ScannedRepository, 'tags' | 'branches'>): (ref: RefName, commit: string) => string {
  const names = new Map<string, string>();
  const first = branches
    .filter(({ leftOut }) => leftOut === undefined)
    .toSorted((a, b) => compareBytes(a.name, b.name));
  for (const { name, commit } of [...tags, ...first]) {
    if (!names.has(commit)) names.set(commit, name);
  }
  return ({ kind, name }, commit) => (kind === 'tag' ? name : (names.get(commit) ?? name));
}
