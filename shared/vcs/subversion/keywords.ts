/**
 * Keywords in exported files: the program writes the address that it was given, which differs from the repository's where we stand between
 * them. https://svnbook.red-bean.com/en/1.8/svn.advanced.props.special.keywords.html
 */
import { lstat, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ReferencedFolder } from './layout.ts';
import { requireFound, target } from './listing.ts';
import type { Svn } from './program.ts';
import { attributeOf, elementsOf, parseXml } from './xml.ts';

/** A larger file is no text in which people use keywords. */
const bytesMax = 16 * 1024 * 1024;

/** The text with the repository's own address in expanded keywords. */
export function withOwnAddress(text: string, shown: string, own: string): string {
  const pattern = /\$(URL|HeadURL|Header): ([^$\r\n]*)\$/g;
  return text.replace(pattern, (whole, keyword: string, value: string) =>
    value.startsWith(`${shown}/`) ? `$${keyword}: ${own}${value.slice(shown.length)}$` : whole,
  );
}

/** @param own the address of the repository as its owner entered it @param files where the folder was exported to */
export async function correctKeywords(
  svn: Svn,
  {
    folder,
    own,
    files,
    signal,
  }: {
    readonly folder: ReferencedFolder;
    readonly own: string;
    readonly files: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  if (own === svn.url) return;
  const where = target(svn, folder);
  const args = ['propget', 'svn:keywords', '--recursive', '--xml'];
  const result = await svn.run(args, [where], { signal });
  requireFound(result);
  const root = decodeURI(where.slice(0, where.lastIndexOf('@')));
  for (const element of elementsOf(parseXml(result.output.toString('utf8')), 'target')) {
    const [property] = elementsOf(element, 'property');
    const path = relative(root, decodeURI(attributeOf(element, 'path')));
    if (/URL|Header/.test(property?.text ?? '') && path !== '' && !path.startsWith('..')) {
      await correctFile(join(files, path), (text) => withOwnAddress(text, svn.url, own));
    }
  }
}

async function correctFile(file: string, change: (text: string) => string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size > bytesMax) return;
  // One character for each byte, whatever the encoding.
  const before = await readFile(file, 'latin1');
  const after = change(before);
  if (after !== before) await writeFile(file, after, 'latin1');
}
