/** SPDX license expressions, by the grammar of composer/spdx-licenses `src/SpdxLicenses.php` at tag 1.6.0. */

import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import currentIds from 'spdx-license-ids/index.json' with { type: 'json' };
import { asciiLower } from './php-text.ts';
import { SPDX_EXCEPTIONS } from './spdx-exceptions.ts';

/** Deprecated names that end in the sign for "or later"; composer/spdx-licenses takes another one behind them. */
const WITH_PLUS = ['GPL-1.0+', 'GPL-2.0+', 'GPL-3.0+', 'LGPL-2.0+', 'LGPL-2.1+', 'LGPL-3.0+'];

const LICENSES = new Set([...currentIds, ...deprecatedIds, ...WITH_PLUS].map(asciiLower));
const EXCEPTIONS = new Set(SPDX_EXCEPTIONS.map(asciiLower));
const WORD = /[ \t\n\v\f\r]+|[()]|[^ \t\n\v\f\r()]+/g;
/** Parentheses within parentheses; nobody needs more than a few, and each costs stack. */
const DEPTH_LIMIT = 100;
const LICENSE_REFERENCE = /^(?:documentref-[a-z0-9.-]+:)?licenseref-[a-z0-9.-]+$/;

/**
 * Whether the text is a license expression: `MIT`, `(MIT OR Apache-2.0) AND BSD-3-Clause`, `GPL-2.0-only WITH
 * Classpath-exception-2.0`, `NONE`, `NOASSERTION`, or a reference such as `LicenseRef-acme`. Case does not matter. Unlike Composer's
 * pattern it takes only ASCII in the names of references.
 */
export function isSpdxExpression(text: string): boolean {
  const words = asciiLower(text.endsWith('\n') ? text.slice(0, -1) : text).match(WORD) ?? [];
  if (words.length === 1 && (words[0] === 'none' || words[0] === 'noassertion')) return true;
  return compound(words, 0, 0) === words.length;
}

/** The index after the compound expression that starts at `at`, -1 if none does. */
function compound(words: readonly string[], at: number, depth: number): number {
  let end = head(words, at, depth);
  while (
    end !== -1 &&
    isSpace(words[end]) &&
    isOneOf(words[end + 1], 'and', 'or') &&
    isSpace(words[end + 2])
  ) {
    end = head(words, end + 3, depth);
  }
  return end;
}

function head(words: readonly string[], at: number, depth: number): number {
  const word = words[at] ?? '';
  if (word === '(') {
    if (depth === DEPTH_LIMIT) return -1;
    const end = compound(words, skipSpace(words, at + 1), depth + 1);
    const close = end === -1 ? -1 : skipSpace(words, end);
    return words[close] === ')' ? close + 1 : -1;
  }
  if (!isSimple(word)) return -1;
  const hasException =
    isSpace(words[at + 1]) &&
    words[at + 2] === 'with' &&
    isSpace(words[at + 3]) &&
    EXCEPTIONS.has(words[at + 4] ?? '');
  return hasException ? at + 5 : at + 1;
}

function isSimple(word: string): boolean {
  return LICENSES.has(word) || LICENSES.has(word.replace(/\+$/, '')) || LICENSE_REFERENCE.test(word);
}

function skipSpace(words: readonly string[], at: number): number {
  return isSpace(words[at]) ? at + 1 : at;
}

function isSpace(word: string | undefined): boolean {
  return word !== undefined && /^[ \t\n\v\f\r]/.test(word);
}

function isOneOf(word: string | undefined, ...words: readonly string[]): boolean {
  return word !== undefined && words.includes(word);
}
