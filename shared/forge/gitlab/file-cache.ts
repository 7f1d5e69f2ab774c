/** Files that were read lately, so that a read that a limit has ended goes on where it was when it is begun again. */
import type { ManifestText } from '../../composer/scanned-repository.ts';

/** What is kept of a commit's file, or of a blob: neither ever changes. */
export interface FileCache {
  get(key: string): ManifestText | undefined;
  set(key: string, file: ManifestText): void;
}

/** @param charactersMax of all texts together; the oldest go first */
export function createFileCache(charactersMax = 8_000_000): FileCache {
  const files = new Map<string, ManifestText>();
  /** With what the entry itself takes. */
  const sizeOf = (key: string, { manifest = '' }: ManifestText): number => key.length + manifest.length + 100;
  let size = 0;
  return {
    get: (key) => files.get(key),
    set(key, file) {
      const old = files.get(key);
      size += sizeOf(key, file) - (old === undefined ? 0 : sizeOf(key, old));
      files.delete(key);
      files.set(key, file);
      for (const [first, kept] of files) {
        if (size <= charactersMax) {
          break;
        }
        files.delete(first);
        size -= sizeOf(first, kept);
      }
    },
  };
}
