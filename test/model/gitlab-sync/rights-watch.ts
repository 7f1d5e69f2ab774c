/**
 * What has to hold at every moment, by the naive rules:
 *
 * - nobody reads what GitLab had not allowed any more when the last complete read began, nor what an event said is gone;
 * - faults alone take nothing away that GitLab allows.
 */
import { z } from 'zod';
import { namesIn } from '../../../shared/domain/scopes.ts';
import { gitLab } from '../../../shared/forge/gitlab/module.ts';
import { loadClaims } from '../../../shared/store/claim-store.ts';
import { listHeld, scopeStates } from '../../../shared/store/scope-store.ts';
import { synchronizationId } from '../../support/synchronized.ts';
import { allowedTo, expectedFor } from '../gitlab-rights/comparison.ts';
import type { DescribedInstance } from '../gitlab-rights/instance.ts';
import { describeState } from './described-state.ts';
import type { GitLabWorld } from './gitlab-model.ts';

/** The longest that GitLab's answers lag behind, plus a second. */
const lagMs = gitLab.traits.lagMs + 1000;
const dayMs = 24 * 3600 * 1000;
const lists = namesIn(gitLab.traits.scopes);

/** GitLab from one change to the next. */
interface Past {
  readonly from: number;
  until: number;
  /** With the days that were left at the beginning. */
  described: DescribedInstance;
}

export interface RightsWatch {
  /** To be called after each change on GitLab. */
  note(): void;
  /** @returns what is wrong now */
  look(): Promise<readonly string[]>;
  /** What the product should decide now, and does not. */
  differences(): Promise<readonly string[]>;
}

const eventSchema = z.object({
  event_name: z.string(),
  user_id: z.int().optional(),
  group_id: z.int().optional(),
  project_id: z.int().optional(),
});

export function createRightsWatch(world: GitLabWorld): RightsWatch {
  const { simulator, clock, table, topId, hasGraphql } = world;
  /** A complete read takes the direct members of projects that were read less than an hour before as they are stored. */
  const turnMs = hasGraphql ? 0 : 3600_000;
  const { state } = simulator;
  const now = (): DescribedInstance => describeState(state, topId, clock.now());
  // The state before the first step is an old one.
  const past: Past[] = [{ from: 0, until: clock.now(), described: describeState(state, topId, 0) }];
  const bodies = new Set<string>();
  let heard = 0;
  /** Rights that were seen since the last change, after a read that must have shown them. */
  const confirmed = new Set<string>();

  /** Takes what an event says is gone out of everything before it. */
  function listen(): void {
    for (; heard < world.received.length; heard++) {
      const { body, status, at } = world.received[heard] ?? { body: '{}', status: 0, at: 0 };
      const isNew = !bodies.has(body);
      bodies.add(body);
      const event = eventSchema.safeParse(JSON.parse(body)).data;
      if (isNew && status === 202 && event !== undefined) {
        forget(event, at);
      }
    }
  }

  function forget(
    { event_name: name, user_id, group_id, project_id }: z.infer<typeof eventSchema>,
    at: number,
  ) {
    const group = group_id === topId ? past[0]?.described.groups[0]?.name : `group ${group_id}`;
    const username = state.users.get(user_id ?? 0)?.username;
    const earlier = past.filter(({ until }) => until <= at);
    const isGone = (described: DescribedInstance): boolean =>
      !described.groups.some(
        (one) => one.name === group && one.members.some((member) => member.username === username),
      );
    if (name === 'user_remove_from_group' && isGone(now())) {
      for (const one of earlier) {
        one.described = {
          ...one.described,
          groups: one.described.groups.map((each) =>
            each.name === group
              ? { ...each, members: each.members.filter((member) => member.username !== username) }
              : each,
          ),
        };
      }
    }
    if (name === 'project_destroy') {
      for (const one of earlier) {
        const { projects } = one.described;
        one.described = {
          ...one.described,
          projects: projects.filter((each) => each.name !== `${project_id}`),
        };
      }
    }
  }

  /** When GitLab last allowed it; -1 for never. */
  function lastAllowed(username: string, project: string): number {
    let last = -1;
    for (const { from, until, described } of past) {
      const ends = [...described.groups, ...described.projects]
        .flatMap(({ members, invited }) => [...members, ...invited])
        .flatMap(({ expiresIn }) => (expiresIn === undefined ? [] : from + expiresIn * dayMs - 1));
      for (const at of [from, ...ends.filter((end) => end > from && end < until), until]) {
        if (at > last && allowedTo(later(described, (at - from) / dayMs), username).includes(project)) {
          last = at;
        }
      }
    }
    return last;
  }

  /** When the oldest of the lists' last complete reads began. */
  async function completeSince(): Promise<number> {
    const states = await scopeStates(table, synchronizationId);
    return Math.min(
      ...lists.map((list) => {
        const readAt = states.get(list)?.readAt;
        return readAt === undefined ? 0 : table.drawnAt(readAt);
      }),
    );
  }

  async function checkOf(username: string, id: number, readAt: number): Promise<readonly string[]> {
    const readable = await world.readableBy(id);
    if (readable === undefined) {
      return [];
    }
    const wrong: string[] = [];
    const held = await listHeld(table, synchronizationId);
    for (const project of readable) {
      const last = lastAllowed(username, project);
      // Held removals wait for the owner.
      if (held.length === 0 && last < Math.max(0, readAt - lagMs - turnMs)) {
        wrong.push(
          `${username} reads ${project}, which GitLab allowed last at ${new Date(last).toISOString()}; everything was read at ${new Date(readAt).toISOString()}`,
        );
      }
    }
    const claims = await loadClaims(table, synchronizationId);
    const mayLack = claims.length > 0 || (await world.isSuspended());
    const since = past.at(-1)?.from ?? 0;
    for (const project of expectedFor(now(), username)) {
      const key = `${username} ${project}`;
      if (readable.has(project) && readAt >= since + lagMs) {
        confirmed.add(key);
      } else if (confirmed.has(key) && !readable.has(project) && !mayLack) {
        wrong.push(`${username} no longer reads ${project}, though nothing changed on GitLab`);
      }
    }
    return wrong;
  }

  const touch = (): void => {
    const last = past.at(-1);
    if (last !== undefined) {
      last.until = clock.now();
    }
  };

  return {
    note() {
      touch();
      past.push({ from: clock.now(), until: clock.now(), described: now() });
      confirmed.clear();
    },
    async look() {
      touch();
      listen();
      const readAt = await completeSince();
      const wrong: string[] = [];
      for (const { id, username } of state.users.values()) {
        wrong.push(...(await checkOf(username, id, readAt)));
      }
      return wrong;
    },
    async differences() {
      const wrong: string[] = [];
      for (const { id, username } of state.users.values()) {
        const readable = await world.readableBy(id);
        const expected = expectedFor(now(), username);
        const found = [...(readable ?? [])].sort();
        if (readable === undefined || found.join() !== expected.join()) {
          wrong.push(
            `${username} reads ${found.join() || 'nothing'} in place of ${expected.join() || 'nothing'}`,
          );
        }
      }
      return wrong;
    },
  };
}

/** The same, so many days later. */
function later(described: DescribedInstance, days: number): DescribedInstance {
  const less = <One extends { readonly expiresIn: number | undefined }>(one: One): One =>
    one.expiresIn === undefined ? one : { ...one, expiresIn: one.expiresIn - days };
  return {
    ...described,
    groups: described.groups.map((one) => ({
      ...one,
      members: one.members.map(less),
      invited: one.invited.map(less),
    })),
    projects: described.projects.map((one) => ({
      ...one,
      members: one.members.map(less),
      invited: one.invited.map(less),
    })),
  };
}
