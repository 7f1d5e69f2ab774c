import type { Faults } from './faults.ts';
import type { Intercept, Interception } from './interception.ts';

export interface RequestFaults {
  readonly faults: Faults;
  readonly intercept?: Intercept;
  /** Resolves after this long on the simulator's clock. */
  sleep(ms: number): Promise<void>;
}

/** What happens to a request before the forge handles it. */
export type Strike = (
  | { readonly kind: 'pass' }
  /** The connection breaks without an answer. */
  | { readonly kind: 'break' }
  | { readonly kind: 'server-error'; readonly status: number }
) & {
  /** Breaks the connection in any case: now, or after the request was answered. */
  readonly interception?: Interception;
};

/**
 * Applies the faults that a request to any forge may meet: a test's interception, `drop-connection`, `slow` and `server-error`. A slow
 * request has waited when this resolves.
 *
 * @param match - properties of the request that faults can be aimed at
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
