/** Reads files of a repository. */
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import { decodedManifest } from '../../forge/blob-text.ts';
import { type Entry, linkedManifest, targetOf, withoutText } from '../../forge/linked-manifest.ts';
import { ProgramError } from '../run-program.ts';
import { parseReference, type ReferencedFolder } from './layout.ts';
import { requireFound, target } from './listing.ts';
import type { Svn } from './program.ts';

/** How many processes read at once: each is a connection to the server. */
const atOnce = 4;

/** The manifests in folders, by the reference. @throws ForgeError when one could not be read */
export async function readManifests(
  svn: Svn,
  references: readonly string[],
): Promise<Map<string, ManifestText>> {
  const manifests = new Map<string, ManifestText>();
  const open = [...references];
  const work = async (): Promise<void> => {
    for (let reference = open.shift(); reference !== undefined; reference = open.shift()) {
      manifests.set(reference, await readManifest(svn, parseReference(reference)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return manifests;
}

async function readManifest(svn: Svn, folder: ReferencedFolder): Promise<ManifestText> {
  const within = (path: string): ReferencedFolder => ({ ...folder, path: `${folder.path}/${path}` });
  const entry = await readEntry(svn, within('composer.json'));
  const linked = 'link' in entry ? targetOf(entry.link) : entry;
  return 'path' in linked ? linkedManifest(await readEntry(svn, within(linked.path))) : linked;
}

export async function readEntry(svn: Svn, file: ReferencedFolder): Promise<Entry> {
  const bytes = await readFile(svn, file, manifestBytesMax);
  if (bytes === undefined) return { manifest: undefined };
  if (typeof bytes === 'string') return withoutText(bytes);
  // A symbolic link is a file with its target and a property.
  const [, link] = /^link (.+)$/s.exec(bytes.toString('utf8')) ?? [];
  return link !== undefined && (await isSpecial(svn, file)) ? { link } : decodedManifest(bytes);
}

/** As clients have it, with keywords. @returns undefined where there is none */
export async function readFile(
  svn: Svn,
  file: ReferencedFolder,
  bytesMax: number,
): Promise<Buffer | 'folder' | 'too-large' | undefined> {
  try {
    const { code, output, errors } = await svn.run(['cat'], [target(svn, file)], { outputBytes: bytesMax });
    if (code === 0) return output;
    return /W195007/.test(errors) ? 'folder' : undefined;
  } catch (error) {
    if (error instanceof ProgramError && error.failure === 'output') return 'too-large';
    throw error;
  }
}

/** https://svnbook.red-bean.com/en/1.8/svn.advanced.props.special.ref.html */
async function isSpecial(svn: Svn, file: ReferencedFolder): Promise<boolean> {
  const result = await svn.run(['proplist', '--xml'], [target(svn, file)]);
  requireFound(result);
  return result.output.includes('name="svn:special"');
}
