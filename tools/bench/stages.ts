/** When the first synchronization had come how far. */
import { z } from 'zod';
import type { Counts } from '../../local/start/progress.ts';
import type { MeasuredFunction } from './recorder.ts';

const RequestPath = z.object({ rawPath: z.string() });

export interface Stage {
  readonly name: string;
  /** Milliseconds after the organization's connection was asked for. */
  readonly endedAfterMs: number;
}

/** What the store said at a time, in milliseconds since the epoch. */
export interface Seen {
  readonly at: number;
  readonly counts: Counts;
}

/**
 * Each stage ends when its last piece of work has; they overlap.
 *
 * @param seen what was counted in the store, in its order: a stage that is read from there is as exact as the looks were frequent.
 * @param readyAt when every token was accepted, in milliseconds since the epoch.
 */
export function stagesOf(
  functions: readonly MeasuredFunction[],
  seen: readonly Seen[],
  readyAt: number,
): Stage[] {
  const invocations = (name: string) =>
    functions.find((one) => one.name === name)?.invocations.filter(({ endedAt }) => endedAt <= readyAt) ?? [];
  const toApi = (path: RegExp) =>
    invocations('serve-api').find(({ payload }) => path.test(RequestPath.parse(JSON.parse(payload)).rawPath));
  const connect = toApi(/\/installation\/organizations$/);
  if (connect === undefined) throw new Error('no organization was connected');
  const last = (name: string) => Math.max(0, ...invocations(name).map(({ endedAt }) => endedAt));
  const final = seen.at(-1);
  const reached = (keys: readonly (keyof Counts)[]) =>
    seen.find(({ counts }) => keys.every((key) => counts[key] === final?.counts[key]))?.at ?? 0;
  return [
    { name: 'connected', at: connect.endedAt },
    {
      name: 'structure read (members, teams, repositories)',
      at: reached(['members', 'teams', 'repositories']),
    },
    { name: 'scanned (all versions known)', at: reached(['versions']) },
    { name: 'packages published', at: reached(['packages']) },
    { name: 'first token asked for', at: toApi(/\/tokens$/)?.startedAt ?? 0 },
    { name: 'root files written', at: last('publish-roots') },
    { name: 'access at the edge', at: last('publish-access') },
    { name: 'ready: all tokens accepted', at: readyAt },
  ].map(({ name, at }) => ({ name, endedAfterMs: Math.max(0, at - connect.startedAt) }));
}
