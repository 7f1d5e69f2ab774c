/**
 * Which package of a repository a tag names: `billing/v1.2.0`, `acme/billing@1.2.0`, `billing-1.2.0`. These are the forms that Go modules, Lerna and
 * Changesets, and release-please (`<component>-v<version>`, https://github.com/googleapis/release-please/blob/main/docs/manifest-releaser.md)
 * write. Pure.
 */
import { isValidVersion } from '../../composer/version.ts';

/** A package of a folder, as tags may name it. */
export interface NamedFolder {
  /** In lower case. */
  readonly name: string;
  readonly directory: string;
}

export type TagMeaning =
  /** Its name is a version, of all packages. */
  | { readonly is: 'plain' }
  /** It is a version of this package alone. */
  | { readonly is: 'named'; readonly name: string; readonly versionName: string }
  /** It names several packages, which its owner has to tell apart. */
  | { readonly is: 'ambiguous'; readonly names: readonly string[] }
  | { readonly is: 'other' };

/** What each tag means; the tag's longest beginning that is a name counts. @param folders the packages below the root */
export function tagMeanings(folders: readonly NamedFolder[]): (tag: string) => TagMeaning {
  const named = new Map<string, Set<string>>();
  for (const { name, directory } of folders) {
    const last = directory.slice(directory.lastIndexOf('/') + 1);
    for (const alias of [name, name.slice(name.indexOf('/') + 1), directory, last]) {
      const key = alias.toLowerCase();
      named.set(key, (named.get(key) ?? new Set()).add(name));
    }
  }
  return (tag) => {
    for (let end = tag.length - 1; end > 0; end--) {
      const names = '/@-'.includes(tag.charAt(end)) ? named.get(tag.slice(0, end).toLowerCase()) : undefined;
      const versionName = tag.slice(end + 1);
      if (names === undefined || !/^v?\d/i.test(versionName) || !isValidVersion(versionName)) continue;
      const [name, another] = names;
      return name !== undefined && another === undefined
        ? { is: 'named', name, versionName }
        : { is: 'ambiguous', names: [...names].sort() };
    }
    return isValidVersion(tag.replaceAll('release-', '')) ? { is: 'plain' } : { is: 'other' };
  };
}
