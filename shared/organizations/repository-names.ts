/** Resolves repository names in an owner's input. */

import { CallerError } from '../domain/caller-error.ts';
import type { RepositoryFact } from '../domain/facts.ts';

/**
 * The repositories with these names, each with or without the forge organization's login and a slash before it. Case does not matter on the
 * forge. A key, where repositories have one, names its repository too.
 *
 * @throws CallerError that lists the names that match no repository
 */
export function resolveRepositories<
  Repository extends Pick<RepositoryFact, 'name' | 'fullName'> & { readonly key?: string },
>(names: readonly string[], repositories: readonly Repository[]): readonly Repository[] {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const namesOf = ({ name, fullName, key = fullName }: Repository): readonly string[] =>
    [name, fullName, key].map((text) => text.toLowerCase());
  const found = repositories.filter((repository) => namesOf(repository).some((name) => wanted.has(name)));
  const known = new Set(found.flatMap(namesOf));
  const unknown = names.filter((name) => !known.has(name.toLowerCase()));
  if (unknown.length > 0) {
    throw new CallerError('not-found', `no such repository: ${unknown.join(', ')}`);
  }
  return found;
}
