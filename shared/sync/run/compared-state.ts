/** Keeps how the forge's own lists of readers compare with what the facts add up to. It is only shown. */
import type { Comparison } from '../../forge/forge.ts';
import type { ScopeState } from '../../store/scope-store.ts';
import type { Run } from './run.ts';
import type { TakenScope } from './take-scopes.ts';

/** More repositories than this are not kept. */
const notedMax = 20;

type Noted = ScopeState['differences'];

/** The state after these comparisons; each repository has the result of its last one, and one without an answer keeps what differed. */
export function comparedState(
  { dependencies: { clock, logger }, synchronization: { organization, id: synchronization } }: Run,
  { scope, state }: TakenScope,
  compared: readonly Comparison[],
): Pick<ScopeState, 'differences' | 'uncompared'> {
  const now = clock.now();
  const differing = compared.flatMap((one) =>
    'difference' in one ? [{ repository: one.repository, why: one.difference }] : [],
  );
  const failing = compared.map((one) => ({
    repository: one.repository,
    why: 'failure' in one ? one.failure : undefined,
  }));
  const differences = notedAfter(state.differences, differing, now);
  const uncompared = notedAfter(state.uncompared, failing, now);
  for (const { repository } of (differences ?? []).filter(({ since }) => since === now)) {
    logger.warn("the code host's list of readers differs from its memberships", {
      ...{ organization, synchronization, scope, repository },
    });
  }
  // Once, and not for each repository in turn.
  if (state.uncompared === undefined && uncompared !== undefined) {
    logger.warn("the code host's list of readers could not be read", {
      ...{ organization, synchronization, scope, repository: uncompared[0]?.repository },
    });
  }
  return { differences, uncompared };
}

/** @param found without a reason, a repository is noted no more */
function notedAfter(
  before: Noted = [],
  found: readonly { readonly repository: string; readonly why: string | undefined }[],
  now: number,
): Noted {
  const kept = before.filter((one) => found.every(({ repository }) => repository !== one.repository));
  const noted = found.flatMap(({ repository, why }) => {
    const since = before.find((one) => one.repository === repository)?.since ?? now;
    return why === undefined ? [] : [{ repository, why, since }];
  });
  const all = [...noted, ...kept].slice(0, notedMax);
  return all.length === 0 ? undefined : all;
}
