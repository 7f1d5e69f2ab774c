import { useRef, useState } from 'react';

export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly state: 'none' | 'some' | 'all';
  /** @param isRange all from the one that was changed before */
  toggle(id: string, isRange: boolean): void;
  toggleAll(): void;
  clear(): void;
}

/**
 * Rows that are selected in a table.
 *
 * @param all the ids of those that can be, in the order in which they are shown
 * @param selectedMax the API takes so many at once
 */
export function useSelection(all: readonly string[], selectedMax: number): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | undefined>(undefined);
  const ids = new Set(all.filter((id) => chosen.has(id)));
  return {
    ids,
    state: ids.size === 0 ? 'none' : ids.size === Math.min(all.length, selectedMax) ? 'all' : 'some',
    toggle(id, isRange) {
      const changed = isRange && last.current !== undefined ? between(all, last.current, id) : [id];
      last.current = id;
      setChosen(ids.has(id) ? without(ids, changed) : new Set([...ids, ...changed].slice(0, selectedMax)));
    },
    toggleAll: () => setChosen(ids.size > 0 ? new Set() : new Set(all.slice(0, selectedMax))),
    clear: () => setChosen(new Set()),
  };
}

/** With both ends, in either direction. */
export function between(all: readonly string[], one: string, other: string): readonly string[] {
  const [start = 0, end = 0] = [all.indexOf(one), all.indexOf(other)].toSorted((a, b) => a - b);
  return start < 0 ? [other] : all.slice(start, end + 1);
}

const without = (ids: ReadonlySet<string>, removed: readonly string[]): ReadonlySet<string> =>
  new Set([...ids].filter((id) => !removed.includes(id)));
