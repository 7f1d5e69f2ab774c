/** The reference of a commit in the address of its archive. */
import { createHash } from 'node:crypto';

/**
 * What Composer writes in the place of `%reference%`: the reference itself if it is hexadecimal, else its MD5, as of Subversion's `/trunk/@123`.
 * composer/composer: src/Composer/Util/ComposerMirror.php
 */
export const distReference = (commit: string): string =>
  /^[a-f0-9]*$/.test(commit) ? commit : createHash('md5').update(commit).digest('hex');

/** Lengths in hex digits: MD5 of another system's reference, SHA-1 and SHA-256 of Git and Mercurial. */
const wholeLengths = [32, 40, 64];

/** Whether the digits may be a whole reference. 32 may be an abbreviated hash, too. */
export const mayBeWhole = (reference: string): boolean => wholeLengths.includes(reference.length);
