/** GitLab as the naive rules describe it, for what has to hold at every moment. */
import { z } from 'zod';
import { asId, type ForgeAccountId } from '../../../shared/domain/ids.ts';
import { namesIn } from '../../../shared/domain/scopes.ts';
import { gitLab } from '../../../shared/forge/gitlab/module.ts';
import { allowedTo, expectedFor } from '../gitlab-rights/comparison.ts';
import type { DescribedInstance } from '../gitlab-rights/instance.ts';
import { topName } from '../gitlab-rights/random-instances.ts';
import { createRightsWatch, type RightsWatch } from '../rights-sync/rights-watch.ts';
import { describeState } from './described-state.ts';
import type { GitLabWorld } from './gitlab-model.ts';

const dayMs = 24 * 3600 * 1000;

const eventSchema = z.object({
  event_name: z.string(),
  user_id: z.int().optional(),
  group_id: z.int().optional(),
  project_id: z.int().optional(),
});

export function watchRights(world: GitLabWorld): RightsWatch {
  const { simulator, topId, hasGraphql } = world;
  const { state } = simulator;
  return createRightsWatch<DescribedInstance>(world, {
    scopes: namesIn(gitLab.traits.scopes),
    lagMs: gitLab.traits.lagMs,
    describe: (from) => describeState(state, topId, from),
    accounts: () =>
      [...state.users.values()].map(({ username, id }) => ({ name: username, id: asId<ForgeAccountId>(id) })),
    allowed: allowedTo,
    expected: expectedFor,
    without(past, { body }, now) {
      const event = eventSchema.safeParse(JSON.parse(body)).data;
      return event === undefined ? past : without(past, event, now, groupOf(event));
    },
    ends: (described) =>
      [...described.groups, ...described.projects]
        .flatMap(({ members, invited }) => [...members, ...invited])
        .flatMap(({ expiresIn }) => (expiresIn === undefined ? [] : [expiresIn * dayMs]))
        .filter((ms) => ms > 0),
    later: (described, ms) => later(described, ms / dayMs),
    // A complete read takes the direct members of projects that were read less than an hour before as they are stored.
    graceMs: () => (hasGraphql ? 0 : 3600_000),
  });

  /** What the event is about, in the words of the rules. */
  function groupOf({ group_id, user_id }: Event): About {
    return {
      group: group_id === topId ? topName : `group ${group_id}`,
      username: state.users.get(user_id ?? 0)?.username,
    };
  }
}

type Event = z.infer<typeof eventSchema>;
interface About {
  readonly group: string;
  readonly username: string | undefined;
}

function without(
  past: DescribedInstance,
  { event_name: name, project_id }: Event,
  now: DescribedInstance,
  { group, username }: About,
): DescribedInstance {
  const isMember = ({ groups }: DescribedInstance): boolean =>
    groups.some((one) => one.name === group && one.members.some((member) => member.username === username));
  if (name === 'user_remove_from_group' && !isMember(now)) {
    const groups = past.groups.map((each) =>
      each.name === group
        ? { ...each, members: each.members.filter((member) => member.username !== username) }
        : each,
    );
    return { ...past, groups };
  }
  return name === 'project_destroy'
    ? { ...past, projects: past.projects.filter((each) => each.name !== `${project_id}`) }
    : past;
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
