/** The reference of a commit in the address of its archive. */
import { createHash } from 'node:crypto';

/**
 * What Composer writes in the place of `%reference%`: the reference itself if it is hexadecimal, else its MD5, as of Subversion's `/trunk/@123`.
 * composer/composer: src/Composer/Util/ComposerMirror.php
 */
export const distReference = (commit: string): string =>
  /^[a-f0-9]*$/.test(commit) ? commit : createHash('md5').update(commit).digest('hex');
