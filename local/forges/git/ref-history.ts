import { type GitRef, readRefs } from './refs.ts';

const KEPT_MS = 10 * 60 * 1000;

/** Reads refs as they are now, or as they were so many seconds ago as far as that was seen. */
export type RefReader = (gitDirectory: string, secondsAgo?: number) => readonly GitRef[];

function same(a: readonly GitRef[], b: readonly GitRef[]): boolean {
  return (
    a.length === b.length && a.every((ref, index) => ref.name === b[index]?.name && ref.oid === b[index]?.oid)
  );
}

/**
 * Reads refs, and keeps each listing that differs from the one before for ten minutes, for lagging reads. The first listing stands for all
 * time before it.
 *
 * @param now milliseconds
 */
export function createRefReader(now: () => number): RefReader {
  const history = new Map<string, { at: number; refs: readonly GitRef[] }[]>();
  let latest = 0;
  return (gitDirectory, secondsAgo = 0) => {
    const refs = readRefs(gitDirectory);
    const at = now();
    // A stepped clock may be set back, to a time when nothing was seen yet.
    if (at < latest) history.clear();
    latest = at;
    const known = (history.get(gitDirectory) ?? []).filter(
      (entry, index, all) => entry.at > at - KEPT_MS || index === all.length - 1,
    );
    const last = known.at(-1);
    if (last === undefined || !same(last.refs, refs)) known.push({ at, refs });
    history.set(gitDirectory, known);
    if (secondsAgo === 0) return refs;
    return (known.findLast((entry) => entry.at <= at - secondsAgo * 1000) ?? known[0])?.refs ?? refs;
  };
}
