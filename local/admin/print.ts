/** The functions' answers as lines of text. Pure. */
import type { Asked, Counts, HeldRemovals, LeftOut, Preview, Run, Scope, Undone } from './answers.ts';

/** `2026-11-22 12:00:01 UTC` */
export const when = (time: string): string => `${time.slice(0, 19).replace('T', ' ')} UTC`;

export const countsText = ({ add, update, remove }: Counts): string =>
  add + update + remove === 0 ? 'nothing changed' : `${add} added, ${update} changed, ${remove} removed`;

export const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** A scope as people know it, with the id that commands take where it is a part of a list. */
export const scopeName = (scope: string, about: string | undefined): string =>
  about === undefined ? scope : `${scope.slice(0, scope.indexOf(':'))} ${about} (${scope})`;

/** The state of a scope in one line. */
export function scopeText(scope: Scope): string {
  const {
    lastSuccess,
    readBy,
    lastFailure,
    isPending,
    cause,
    runningSince,
    notBefore,
    lookAgainAt,
    reading,
    hidden,
    differences = [],
    uncompared = [],
  } = scope;
  const progress = reading && `${reading.read} of ${reading.total ?? 'an unknown number'} read`;
  const parts = [
    `last read ${lastSuccess === undefined ? 'never' : when(lastSuccess)}${readBy === undefined ? '' : `, ${readBy}`}`,
    lastFailure && `last failure ${when(lastFailure.at)} ${lastFailure.code}: ${lastFailure.message}`,
    isPending ? `requested (${cause ?? 'unknown'})` : undefined,
    runningSince && `running since ${when(runningSince)}`,
    reading && `${progress} since ${when(reading.since)}`,
    notBefore && `continues at ${when(notBefore)}`,
    hidden && `hidden by the forge since ${when(hidden.since)}: ${hidden.why}`,
    ...differences.map(({ since, why }) => `differs since ${when(since)}: ${why}`),
    ...uncompared.map(({ since, why }) => `not compared since ${when(since)}: ${why}`),
    lookAgainAt && `rechecked at ${when(lookAgainAt)}`,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}

export function runLine({ number, started, seconds, requests, counts, scopes }: Run): string {
  const cost = requests === undefined ? `${seconds} s` : `${seconds} s, ${requests} requests`;
  const causes = [...new Set(scopes.map(({ cause }) => cause))].join(', ');
  return `${number}  ${when(started)}  ${cost}  ${countsText(counts)}  cause: ${causes || 'unknown'}`;
}

/** An outcome in words; those of failures stand for themselves. */
const outcomeText = (outcome: string): string => (outcome === 'whole' ? 'read completely' : outcome);

/** The outcome of each scope of the run. */
export function runScopes({ scopes }: Run): readonly string[] {
  return scopes.map(({ scope, cause, delivery, outcome, held, deferred }) =>
    [
      `${scope}: ${outcomeText(outcome)} (${cause}${delivery === undefined ? '' : `, delivery ${delivery}`})`,
      held === undefined ? undefined : `${held} removals held`,
      deferred === undefined ? undefined : `${deferred} changes deferred`,
    ]
      .filter((part) => part !== undefined)
      .join(', '),
  );
}

export function runsText(runs: readonly Run[], all: boolean): readonly string[] {
  if (runs.length === 0) {
    return [all ? 'no runs are recorded' : 'no recorded run changed anything; --all lists the others'];
  }
  return runs.flatMap((run) => [runLine(run), ...indent(runScopes(run))]);
}

export function leftOutText({ repository, scanned, count, leftOut }: LeftOut): readonly string[] {
  const left = count - leftOut.length;
  return [
    `${repository}, scanned ${when(scanned)}: ${count === 0 ? 'every branch and tag has a version' : 'no version for'}`,
    ...indent(leftOut.map(({ ref, reason }) => `${ref}: ${reason}`)),
    ...(left > 0 ? [`  and ${left} more; the next scan lists them again`] : []),
  ];
}

export function oneRunText(run: Run & { readonly changes: readonly string[] }): readonly string[] {
  const { add, update, remove } = run.counts;
  const left = add + update + remove - run.changes.length;
  return [
    runLine(run),
    ...indent(runScopes(run)),
    ...indent(run.changes),
    ...(left > 0 ? [`  and ${left} more, which are not stored`] : []),
  ];
}

const more = (count: number): readonly string[] => (count > 0 ? [`and ${count} more`] : []);

/** How a command names the synchronization: not at all where there is one. */
export const nameOf = (id: string, all: readonly unknown[]): string =>
  all.length > 1 ? ` --synchronization ${id}` : '';

/** @param named the flag that names the synchronization, where one is needed */
export function heldText(slug: string, held: readonly HeldRemovals[], named = ''): readonly string[] {
  return held.flatMap(({ scope, about, since, count, digest, changes, decision, decidedAt }) => [
    `${scopeName(scope, about)}: ${count} removals are held since ${when(since)}${wordText(decision, decidedAt)}`,
    ...indent(changes),
    ...(count > changes.length ? [`  and ${count - changes.length} more`] : []),
    `  to remove them:  npm run admin -- removals ${slug} ${scope} yes --of ${digest}${named}`,
    `  to keep them:    npm run admin -- removals ${slug} ${scope} no --of ${digest}${named}`,
  ]);
}

function wordText(decision: 'yes' | 'no' | undefined, decidedAt: string | undefined): string {
  if (decision === undefined) {
    return '; not decided yet';
  }
  const word = decision === 'yes' ? 'allowed: applied by the next complete read' : 'kept';
  return `; ${word}${decidedAt === undefined ? '' : ` (${when(decidedAt)})`}`;
}

export function previewText({ requests, scopes }: Preview): readonly string[] {
  const titled = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [title, ...indent(lines)];
  return [
    `nothing was written${requests === undefined ? '' : `; ${requests} requests`}`,
    ...scopes.flatMap(({ scope, outcome, message, counts, changes, held, deferred }) => [
      counts === undefined ? `${scope}: ${outcome}: ${message}` : `${scope}: ${countsText(counts)}`,
      ...indent(changes),
      ...indent(titled('held until an owner decides:', held)),
      ...indent(titled('deferred:', deferred)),
    ]),
  ];
}

/** The progress of each scope. */
export function progressText({ scopes }: Asked): readonly string[] {
  return scopes.map(({ scope, outcome, failure, runningSince, notBefore, reading }) => {
    const wrong = failure === undefined ? '' : ` (${failure.code}: ${failure.message})`;
    if (outcome !== 'pending') {
      return `${scope}: ${outcome}${wrong}`;
    }
    if (notBefore !== undefined) {
      return `${scope}: continues at ${when(notBefore)}${wrong}`;
    }
    if (reading !== undefined) {
      return `${scope}: ${reading.read} of ${reading.total ?? 'an unknown number'} read`;
    }
    return `${scope}: ${runningSince === undefined ? 'waiting' : 'running'}${wrong}`;
  });
}

export function undoneText({ run, recordedAs, putBack, left, counts }: Undone): readonly string[] {
  const recorded = recordedAs.length === 0 ? '' : `, by run ${recordedAs.join(', ')}`;
  return [
    `restored ${counts.putBack} of what run ${run} removed${recorded}`,
    ...indent([...putBack, ...more(counts.putBack - putBack.length)]),
    ...(left.length === 0 ? [] : [`${counts.left} not restored:`]),
    ...indent([...left.map(({ what, reason }) => `${what}: ${reason}`), ...more(counts.left - left.length)]),
  ];
}
