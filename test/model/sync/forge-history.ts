/** Since when the forge has granted what it grants, and until when it granted the rest. */
import { groundsOfForge } from './grounds.ts';
import type { Holder } from './holders.ts';
import type { ModelWorld } from './model-world.ts';
import { describeForge, mayRead, type Reach, reachOf } from './truth.ts';

/** Somebody may read a repository through something. */
export interface Right {
  readonly token: string;
  readonly repository: number;
  /** Since when the forge has granted it; milliseconds since the epoch. */
  since: number;
  /** The view has had it since a whole reading knew of it. */
  isConfirmed: boolean;
}

export interface ForgeHistory {
  /** To be called after each change on the forge, and before somebody new is looked at. */
  note(): void;
  effectiveRightsOf(holder: Holder): readonly Right[];
  /** A person allowed that something be taken away: what comes after the next whole reading counts again. */
  doubt(): void;
  /** Whether the forge granted it at any moment since then, or does. @param at milliseconds since the epoch */
  grantedSince(ground: string, at: number): boolean;
  /** Whether the forge has granted it all the time since then, so that everybody could see it. */
  grantedAllTimeSince(ground: string, at: number): boolean;
  reach(): Reach;
}

export function createForgeHistory(world: ModelWorld): ForgeHistory {
  const rights = new Map<string, Right>();
  const needs = new Map<string, string | undefined>();
  const since = new Map<string, number>();
  const until = new Map<string, number>();
  let reach: Reach = { selected: 'all' };

  const note = (at = world.clock.now()): void => {
    reach = reachOf(world.state, reach);
    const organization = describeForge(world.state, reach);
    const granted = new Set<string>();
    for (const holder of world.holders) {
      for (const [repository, routes] of mayRead(organization, holder)) {
        for (const route of routes) {
          const key = `${holder.token} ${repository} ${route}`;
          granted.add(key);
          if (!rights.has(key)) {
            rights.set(key, { token: holder.token, repository, since: at, isConfirmed: false });
          }
        }
      }
    }
    for (const key of rights.keys()) {
      if (!granted.has(key)) {
        rights.delete(key);
      }
    }
    const grounds = groundsOfForge(organization);
    for (const [ground, need] of grounds) {
      needs.set(ground, need);
      if (!since.has(ground)) {
        since.set(ground, at);
      }
    }
    for (const ground of since.keys()) {
      if (!grounds.has(ground)) {
        since.delete(ground);
        until.set(ground, at);
      }
    }
  };
  // What was at rest before the first step has been so for long.
  note(0);

  const grantedAllTimeSince = (ground: string, at: number): boolean => {
    const need = needs.get(ground);
    return (since.get(ground) ?? Infinity) <= at && (need === undefined || grantedAllTimeSince(need, at));
  };
  return {
    note: () => note(),
    effectiveRightsOf: ({ token }) => [...rights.values()].filter((one) => one.token === token),
    doubt() {
      for (const right of rights.values()) {
        right.isConfirmed = false;
        right.since = world.clock.now();
      }
    },
    grantedSince: (ground, at) => since.has(ground) || (until.get(ground) ?? -1) >= at,
    grantedAllTimeSince,
    reach: () => reach,
  };
}
