/** The readme of a package, as lists of code hosts show it. */

/** File names, the first that is there counts. */
export const readmeNames = ['README.md', 'readme.md', 'README'] as const;

/** A longer one is left out: it is stored in one item of the table, which holds 400 KB. */
export const readmeBytesMax = 256 * 1024;

export interface Readme {
  readonly file: (typeof readmeNames)[number];
  readonly text: string;
}

/** Where to look for a readme. */
export interface ReadmePlace {
  readonly commit: string;
  /** The package's folder, without slashes at its ends; empty for the root. */
  readonly directory: string;
}
