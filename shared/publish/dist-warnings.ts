/**
 * What Composer prints when there is no archive: which package, which commit, why, and what to do. It prints the `warning` of a JSON
 * response at each try. Only clients that may see the package get these.
 */

/** A short form of a hash. */
const short = (hash: string): string => hash.slice(0, 12);

/** Composer requests the MD5 of a reference that is not a hash: `Url::updateDistReference` and `ComposerMirror` at tag 2.10.2. */
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

  /** Without the reason, which is for owners. */
  refused: (slug: string, name: string, hash: string): string =>
    `An owner of ${slug} refused commit ${short(hash)} of ${name}, so its archive is not served; update to another version.`,

  tooLarge: (name: string, hash: string): string =>
    `The archive of ${name} at ${short(hash)} is not served: it has more than 2 GB, or took longer than four minutes to fetch three times. Leave large files out by export-ignore in .gitattributes; it is tried again tomorrow.`,

  noFolder: (name: string, hash: string): string =>
    `At commit ${short(hash)} the repository has no folder with the package ${name}. Pin to a commit that has it.`,

  undecided: (name: string, hash: string): string =>
    `The repository of ${name} is being searched for the commit ${short(hash)}; try again shortly.`,

  notReady: (name: string, hash: string): string =>
    `The archive of ${name} at ${short(hash)} is being built; try again shortly.`,

  noWorker: (name: string, hash: string): string =>
    `The archive of ${name} at ${short(hash)} is not stored, and this installation has no worker that reads its repository. Ask the operator of this registry to deploy it; stored versions go on.`,

  tooMany: (name: string, hash: string, seconds: number): string =>
    `Too many unknown commits of ${name} were requested within the last hour, so ${short(hash)} was not looked up; try again ${inSeconds(seconds)}.`,

  /** @param code the forge's error; undefined when no further request was made */
  lookUpFailed: (name: string, hash: string, seconds: number, code?: string): string =>
    `The code host did not say whether the repository of ${name} contains the commit ${short(hash)}${
      code === undefined ? '' : ` (${code})`
    }; try again ${inSeconds(seconds)}.`,

  noArchive: (name: string, hash: string, seconds: number, code: string): string =>
    `The code host did not give the archive of ${name} at ${short(hash)} (${code}); try again ${inSeconds(seconds)}.`,
} as const;
