/** Where a command was carried out, as flags: commands that are printed for the next step have the same. Pure. */
import { relative, resolve } from 'node:path';

/** The data folder of `npm start` where none is named. */
export const defaultData = '.repertoire';

/** How the printed commands begin. */
const admin = 'npm run admin -- ';

interface PlaceFlags {
  readonly data?: string | undefined;
  readonly aws?: string | undefined;
  readonly 'key-file'?: string | undefined;
  readonly 'key-secret'?: string | undefined;
}

/** The flags that choose the place; empty for the default. */
export function placeOf(flags: PlaceFlags): string {
  const { data, aws, 'key-file': file, 'key-secret': secret } = flags;
  if (aws !== undefined) {
    return [
      `--aws ${quoted(aws)}`,
      ...(file === undefined ? [] : [`--key-file ${quoted(file)}`]),
      ...(secret === undefined ? [] : [`--key-secret ${quoted(secret)}`]),
    ].join(' ');
  }
  if (data === undefined || resolve(data) === resolve(defaultData)) {
    return '';
  }
  const below = relative('', data);
  return `--data ${quoted(below.startsWith('..') ? resolve(data) : below)}`;
}

/** The text with the flags of the place in each command that it has. */
export const atPlace = (text: string, place: string): string =>
  place === '' ? text : text.replaceAll(admin, () => `${admin}${place} `);

/** As a word of a shell. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
