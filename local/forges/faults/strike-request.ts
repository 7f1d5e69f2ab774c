import type { Faults } from './faults.ts';
import type { Intercept, Interception } from './interception.ts';

export interface RequestFaults {
  readonly faults: Faults;
  readonly intercept?: Intercept;
  /** Resolves when so many milliseconds have passed on the simulator's clock. */
  sleep(ms: number): Promise<void>;
}

/** What becomes of a request before the forge looks at it. */
export type Strike = (
  | { readonly kind: 'pass' }
  /** The connection breaks without an answer. */
  | { readonly kind: 'break' }
  | { readonly kind: 'server-error'; readonly status: number }
) & {
  /** Breaks the connection in any case: now, or once the request has been answered. */
  readonly interception?: Interception;
};

/**
 * Lets the faults strike that any request to any forge may meet: what a test's own code decides, `drop-connection`, `slow` and
 * `server-error`. A slow request has waited when this resolves.
 *
 * @param match - what is being asked, so that faults can be aimed at it
 */
export async function strikeRequest(deps: RequestFaults, match: Record<string, string>): Promise<Strike> {
  const interception = deps.intercept?.(match);
  const intercepted = interception !== undefined && { interception };
  if (interception?.when === 'before') return { kind: 'break', ...intercepted };
  if (deps.faults.take('drop-connection', match) !== undefined) return { kind: 'break', ...intercepted };
  const slow = deps.faults.take('slow', match);
  if (slow !== undefined) await deps.sleep(slow.delayMs ?? 1000);
  const broken = deps.faults.take('server-error', match);
  if (broken === undefined) return { kind: 'pass', ...intercepted };
  return { kind: 'server-error', status: broken.status ?? 502, ...intercepted };
}
