/**
 * What Composer prints when there is no archive: which package, which commit, why, and what to do. It shows the `warning` of a JSON answer, at
 * each of its tries. Only who may see the package gets here.
 */

/** Enough of a hash to find it again. */
const short = (hash: string): string => hash.slice(0, 12);

/** Composer asks for the MD5 of a reference that is no hash: `Url::updateDistReference` and `ComposerMirror` at tag 2.10.2. */
const md5Length = 32;

const inSeconds = (seconds: number): string =>
  seconds < 120 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} minutes`;

export const distWarnings = {
  noCommit: (name: string, hash: string): string =>
    `No branch or tag of the repository of ${name} contains the commit ${short(hash)}; commits of forks and pull requests do not count.${
      hash.length === md5Length ? ' (A reference that is no hash is sent as its MD5.)' : ''
    } Pin to a commit of a branch by its whole hash; if this one was pushed just now, try again in 10 minutes.`,

  ambiguous: (name: string, hash: string): string =>
    `${hash} matches several commits of ${name}. Pin to the full commit hash.`,

  /** Not why: that is for owners. */
  refused: (slug: string, name: string, hash: string): string =>
    `An owner of ${slug} refused commit ${short(hash)} of ${name}, so its archive is not served; update to another version.`,

  undecided: (name: string, hash: string): string =>
    `The repository of ${name} is being searched for the commit ${short(hash)}; try again shortly.`,

  notReady: (name: string, hash: string): string =>
    `The archive of ${name} at ${short(hash)} is being built; try again shortly.`,

  tooMany: (name: string, hash: string, seconds: number): string =>
    `Too many unknown commits of ${name} were requested within the last hour, so ${short(hash)} was not looked up; try again ${inSeconds(seconds)}.`,

  /** @param code undefined when the forge was not asked again */
  lookUpFailed: (name: string, hash: string, seconds: number, code?: string): string =>
    `The code host did not say whether the repository of ${name} contains the commit ${short(hash)}${
      code === undefined ? '' : ` (${code})`
    }; try again ${inSeconds(seconds)}.`,

  noArchive: (name: string, hash: string, seconds: number, code: string): string =>
    `The code host did not give the archive of ${name} at ${short(hash)} (${code}); try again ${inSeconds(seconds)}.`,
} as const;
