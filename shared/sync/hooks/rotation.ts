/** Which of many hooks are checked in a turn. */

/** Hooks of repositories in which something happens: only failed deliveries disable one. Milliseconds. */
const activeMs = 3600_000;
/** All others, which somebody may have changed or removed. */
const quietMs = 3 * activeMs;
/** Hooks in a turn; more wait for the next one. */
const turnMax = 100;

export interface Rotated {
  readonly source: string;
  /** When something was last pushed to its repository, or happened in it; ISO 8601. */
  readonly activeAt: string | undefined;
}

export interface RotationState {
  /** The last one of each group that was checked. */
  readonly activeAfter?: string | undefined;
  readonly quietAfter?: string | undefined;
  /** When; milliseconds since the epoch. */
  readonly checkedAt?: number | undefined;
}

/**
 * The hooks whose turn it is, and the state for the next turn. Each hook comes within its period, however often this is called: a turn has as many
 * as the time since the last one is worth.
 *
 * @param now milliseconds since the epoch
 */
export function rotation<Hook extends Rotated>(
  hooks: readonly Hook[],
  state: RotationState,
  now: number,
): { readonly due: readonly Hook[]; readonly next: RotationState } {
  const elapsed = now - (state.checkedAt ?? now);
  const isActive = ({ activeAt }: Hook): boolean =>
    activeAt !== undefined && Date.parse(activeAt) > now - quietMs;
  const active = turn(hooks.filter(isActive), state.activeAfter, elapsed / activeMs);
  const quiet = turn(
    hooks.filter((hook) => !isActive(hook)),
    state.quietAfter,
    elapsed / quietMs,
  );
  const due = [...active, ...quiet].slice(0, turnMax);
  return {
    due,
    next: {
      activeAfter: last(active, due) ?? state.activeAfter,
      quietAfter: last(quiet, due) ?? state.quietAfter,
      checkedAt: now,
    },
  };
}

/** The next of them in the order of their sources, from the beginning again after the end. @param share of all, from 0 */
function turn<Hook extends Rotated>(
  hooks: readonly Hook[],
  after: string | undefined,
  share: number,
): readonly Hook[] {
  const inOrder = [...hooks].sort((a, b) => (a.source < b.source ? -1 : 1));
  const start = after === undefined ? 0 : inOrder.findIndex(({ source }) => source > after);
  const fromStart = start < 0 ? inOrder : [...inOrder.slice(start), ...inOrder.slice(0, start)];
  return fromStart.slice(0, Math.ceil(Math.min(1, share) * hooks.length));
}

const last = (group: readonly Rotated[], due: readonly Rotated[]): string | undefined =>
  group.filter((one) => due.includes(one)).at(-1)?.source;
