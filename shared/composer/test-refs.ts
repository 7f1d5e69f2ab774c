/** For tests: short notations of scanned repositories and the versions in them. */
import type { ScannedRef, ScannedRepository } from './scanned-repository.ts';
import { versionsOf } from './versions.ts';

const DATE = '2024-05-06T07:08:09Z';

/** Refs with the given manifest, as text or object; default: `{"name":"acme/a"}`. */
export function refs(...entries: readonly (string | [name: string, manifest: unknown])[]): ScannedRef[] {
  return entries.map((entry, index) => {
    const [name, manifest] = typeof entry === 'string' ? [entry, { name: 'acme/a' }] : entry;
    const text = manifest === undefined || typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    return { name, commit: index.toString(16).padStart(40, '0'), date: DATE, manifest: text };
  });
}

/** The versions of a repository; default: with a valid `main` branch. */
export function found(repository: Partial<ScannedRepository>, knownName?: string) {
  return versionsOf(
    { tags: [], branches: refs('main'), defaultBranch: 'main', archived: false, ...repository },
    { knownName },
  );
}

/** Pretty and normalized versions, by the name of their ref. */
export function versionsByRef(repository: Partial<ScannedRepository>): Record<string, string> {
  const { versions } = found(repository);
  return Object.fromEntries(
    versions.map(({ ref, version, versionNormalized }) => [ref.name, `${version} ${versionNormalized}`]),
  );
}

/** Why a ref gives no version. */
export function reasonOf(repository: Partial<ScannedRepository>, name: string) {
  return found(repository).skipped.find(({ ref }) => ref.name === name);
}
