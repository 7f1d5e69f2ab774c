/** Resolves repository names in an owner's input. */

import { CallerError } from '../domain/caller-error.ts';
import type { RepositoryFact } from '../domain/facts.ts';

/**
 * The repositories with these names, each with or without the forge organization's login and a slash before it. Case does not matter on the
 * forge.
 *
 * @throws CallerError that lists the names that match no repository
 */
export function resolveRepositories<Repository extends Pick<RepositoryFact, 'name' | 'fullName'>>(
  names: readonly string[],
  repositories: readonly Repository[],
): readonly Repository[] {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const found = repositories.filter(
    ({ name, fullName }) => wanted.has(name.toLowerCase()) || wanted.has(fullName.toLowerCase()),
  );
  const known = new Set(found.flatMap(({ name, fullName }) => [name.toLowerCase(), fullName.toLowerCase()]));
  const unknown = names.filter((name) => !known.has(name.toLowerCase()));
  if (unknown.length > 0) {
    throw new CallerError('not-found', `no such repository: ${unknown.join(', ')}`);
  }
  return found;
}
