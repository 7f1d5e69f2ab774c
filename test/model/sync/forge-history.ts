/** Since when the forge has granted each entitlement, and until when it granted earlier ones. */
import { entitlementsOfForge } from './entitlements.ts';
import { describeForge, mayRead, type Reach, reachOf } from './expected-rights.ts';
import type { Holder } from './holders.ts';
import type { ModelWorld } from './model-world.ts';

/** Somebody may read a repository through something. */
export interface Right {
  readonly token: string;
  readonly repository: number;
  /** Since when the forge has granted it; milliseconds since the epoch. */
  since: number;
  /** Whether the view has had it after a complete read that must have shown it. */
  isConfirmed: boolean;
}

export interface ForgeHistory {
  /** To be called after each change on the forge, and before a new holder is checked. */
  note(): void;
  effectiveRightsOf(holder: Holder): readonly Right[];
  /** An owner allowed a removal: rights count again after the next complete read. */
  doubt(): void;
  /** Whether the forge granted it at any moment since then, or does. @param at milliseconds since the epoch */
  grantedSince(entitlement: string, at: number): boolean;
  /** Whether the forge has granted it all the time since then, so that everybody could see it. */
  grantedAllTimeSince(entitlement: string, at: number): boolean;
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
    const entitlements = entitlementsOfForge(organization);
    for (const [entitlement, need] of entitlements) {
      needs.set(entitlement, need);
      if (!since.has(entitlement)) {
        since.set(entitlement, at);
      }
    }
    for (const entitlement of since.keys()) {
      if (!entitlements.has(entitlement)) {
        since.delete(entitlement);
        until.set(entitlement, at);
      }
    }
  };
  // The state before the first step is an old one.
  note(0);

  const grantedAllTimeSince = (entitlement: string, at: number): boolean => {
    const need = needs.get(entitlement);
    return (
      (since.get(entitlement) ?? Infinity) <= at && (need === undefined || grantedAllTimeSince(need, at))
    );
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
    grantedSince: (entitlement, at) => since.has(entitlement) || (until.get(entitlement) ?? -1) >= at,
    grantedAllTimeSince,
    reach: () => reach,
  };
}
