/**
 * PHP's text functions, where JavaScript's differ in a way that matters for versions. PHP works on bytes and only on ASCII here;
 * JavaScript's own `trim`, `toLowerCase`, `\s` and `.` handle Unicode and would accept more.
 */

/** `$` of PCRE without the D modifier: the end, or just before a line feed that is the last character. */
export const END = '(?=\\n?(?![^]))';

/** `\s` of PCRE in byte mode, for use in a character class. */
export const SPACE = ' \\t\\n\\v\\f\\r';

/** The characters of SPACE. */
export const SPACES = ' \t\n\v\f\r';

/** PHP's `trim()`: space, tab, LF, CR, NUL and vertical tab only, no Unicode spaces and no form feed. */
export function phpTrim(text: string): string {
  return trimStart(trimEnd(text, PHP_TRIMMED), PHP_TRIMMED);
}

/** The characters that PHP's `trim()` removes. */
const PHP_TRIMMED = ' \t\n\r\0\x0B';

/** Removes the characters from the start of the text. A pattern would take n² steps for long runs inside the text. */
export function trimStart(text: string, characters: string): string {
  let start = 0;
  while (start < text.length && characters.includes(text.charAt(start))) start += 1;
  return text.slice(start);
}

/** Removes the characters from the end of the text. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** PHP 8.2's `strtolower()`: ASCII letters only. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * Compares two texts by their UTF-8 bytes, which is the order in which git lists refs and the order of code points. (JavaScript's `<`
 * compares UTF-16 units and puts U+1F600 before U+FFFD.)
 */
export function compareBytes(a: string, b: string): number {
  const left = Array.from(a, (character) => character.codePointAt(0) ?? 0);
  const right = Array.from(b, (character) => character.codePointAt(0) ?? 0);
  for (const [index, point] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (point !== other) return point - other;
  }
  return left.length - right.length;
}
