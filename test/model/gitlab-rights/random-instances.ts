/** Small instances with all the odd cases, made by fast-check so that a failing one shrinks. */
import fc from 'fast-check';
import {
  type DescribedGroup,
  type DescribedInstance,
  type DescribedMember,
  type DescribedProject,
  type Invitation,
  roles,
  type Visibility,
} from './instance.ts';

/** The top-level group that is synchronized, and its owner, whose credential reads it. */
export const topName = 'acme';
export const ownerName = 'alice';

const usernames = [ownerName, 'ann', 'bob', 'cid', 'dea', 'eve', 'fay'];
const ourNames = [topName, 'core', 'inner', 'labs', 'tools'];
/** Groups of somebody else, which may be invited. */
const otherNames = ['partners', 'deep', 'clients', 'east'];
const projectNames = ['apple', 'birch', 'cedar', 'daisy', 'elder'];
const versions = ['17.7', '17.8', '18.6', '18.7', '19.0', '19.5'];
const visibilities = ['private', 'internal', 'public'] as const satisfies readonly Visibility[];

const oneIn = (count: number): fc.Arbitrary<boolean> => fc.nat(count - 1).map((drawn) => drawn === count - 1);
const end = fc.constantFrom(undefined, undefined, undefined, -40, 0, 1, 90);
const role = fc.constantFrom(...roles);
const visibility = fc.constantFrom(...visibilities);

const member = fc.record({
  username: fc.constantFrom(...usernames),
  role,
  custom: oneIn(4),
  expiresIn: end,
  awaiting: oneIn(6),
});
const members = fc.uniqueArray(member, { selector: ({ username }) => username, maxLength: 4 });
const invitation = fc.record({
  group: fc.constantFrom(...ourNames, ...otherNames, ...otherNames),
  maximum: role,
  expiresIn: end,
});
const invited = fc.uniqueArray(invitation, { selector: ({ group }) => group, maxLength: 2 });

const user = fc.record({
  state: fc.constantFrom(
    ...(['active', 'active', 'active', 'active', 'active'] as const),
    ...(['blocked', 'deactivated', 'banned', 'pending approval'] as const),
  ),
  kind: fc.constantFrom(
    ...(['person', 'person', 'person', 'person', 'service account', 'project bot'] as const),
  ),
  external: oneIn(4),
  administrator: oneIn(12),
});
const group = fc.record({ parent: fc.nat(9), visibility, sharingLocked: oneIn(4), members, invited });
const project = fc.record({
  group: fc.nat(9),
  visibility,
  repository: fc.constantFrom('enabled', 'enabled', 'private', 'disabled'),
  archived: oneIn(5),
  pendingDeletion: oneIn(6),
  members,
  invited,
});

const parts = fc.record({
  version: fc.constantFrom(...versions),
  plan: fc.constantFrom('community', 'free', 'premium', 'premium', 'ultimate', 'ultimate'),
  hasExternalUsers: fc.boolean(),
  viewersInstall: fc.boolean(),
  users: fc.array(user, { minLength: usernames.length, maxLength: usernames.length }),
  ours: fc.array(group, { minLength: 1, maxLength: ourNames.length }),
  others: fc.array(group, { maxLength: otherNames.length }),
  projects: fc.array(project, { maxLength: projectNames.length }),
});
type Parts = typeof parts extends fc.Arbitrary<infer Value> ? Value : never;
type DrawnGroup = Parts['ours'][number];

/** Any instance of up to seven users, nine groups and five projects that GitLab allows. */
export const instances: fc.Arbitrary<DescribedInstance> = parts.map(madePossible);

/** Names the parts by their index and leaves out dangling and impossible ones. */
function madePossible(drawn: Parts): DescribedInstance {
  const { version, plan, hasExternalUsers, viewersInstall } = drawn;
  const ours = groupsOf(drawn, drawn.ours, ourNames);
  const groups = [...ours, ...groupsOf(drawn, drawn.others, otherNames)];
  const named = new Map(groups.map((each) => [each.name, each]));
  const projects = drawn.projects.map((each, place): DescribedProject => {
    const own = ours[each.group % ours.length] ?? ours[0];
    if (own === undefined) {
      throw new RangeError('there is no group');
    }
    const above = lineOf(named, own);
    return {
      ...each,
      name: nameAt(projectNames, place),
      group: own.name,
      visibility: lesser(each.visibility, own.visibility),
      members: each.members.flatMap((one) => possibleMember(drawn, one, false)),
      invited: each.invited.filter(
        (one) =>
          isPossible(drawn, one) &&
          one.maximum !== 'Minimal Access' &&
          named.has(one.group) &&
          !above.includes(one.group),
      ),
    };
  });
  return {
    ...{ version, plan, hasExternalUsers, viewersInstall, projects },
    users: drawn.users.map((each, place) => ({
      ...each,
      username: nameAt(usernames, place),
      external: hasExternalUsers && each.external,
      ...(place === 0 && { state: 'active', kind: 'person', external: false, administrator: false }),
    })),
    groups: groups.map((each) => ({
      ...each,
      invited: each.invited.filter(
        (one) => isPossible(drawn, one) && named.has(one.group) && one.group !== each.name,
      ),
    })),
  };
}

/** Groups in a tree: each below one of those before it, or at the top; of ours only the first is at the top. */
function groupsOf(drawn: Parts, list: readonly DrawnGroup[], names: readonly string[]): DescribedGroup[] {
  const groups: DescribedGroup[] = [];
  list.forEach((one, place) => {
    const name = nameAt(names, place);
    const isOurs = names === ourNames;
    const parent = place === 0 ? undefined : groups[one.parent % (isOurs ? place : place + 1)];
    const added = one.members.flatMap((each) => possibleMember(drawn, each, parent === undefined));
    groups.push({
      ...one,
      name,
      parent: parent?.name,
      visibility: parent === undefined ? one.visibility : lesser(one.visibility, parent.visibility),
      members: name === topName ? [owner, ...added.filter(({ username }) => username !== ownerName)] : added,
    });
  });
  return groups;
}

const owner: DescribedMember = {
  ...{ username: ownerName, role: 'Owner', custom: false, expiresIn: undefined, awaiting: false },
};

/** What the plan and the version have: https://docs.gitlab.com/user/permissions/, https://docs.gitlab.com/user/custom_roles/ */
function isPossible({ version, plan }: Parts, { maximum }: Invitation): boolean {
  const isPaid = plan === 'premium' || plan === 'ultimate';
  return maximum === 'Security Manager' ? version === '19.5' : maximum !== 'Minimal Access' || isPaid;
}

function possibleMember(
  drawn: Parts,
  one: DescribedMember,
  isInTopLevelGroup: boolean,
): readonly DescribedMember[] {
  const isAllowed =
    isPossible(drawn, { group: '', maximum: one.role, expiresIn: undefined }) &&
    // What the owner of our group would see of others with Minimal Access is not documented.
    (one.role !== 'Minimal Access' || (isInTopLevelGroup && one.username !== ownerName)) &&
    // Somebody who waits can be told only where the plan has seats.
    (!one.awaiting || drawn.plan !== 'community');
  const custom = one.custom && drawn.plan === 'ultimate' && one.role !== 'Minimal Access';
  return isAllowed ? [{ ...one, custom }] : [];
}

function lineOf(groups: ReadonlyMap<string, DescribedGroup>, { name, parent }: DescribedGroup): string[] {
  const above = parent === undefined ? undefined : groups.get(parent);
  return [name, ...(above === undefined ? [] : lineOf(groups, above))];
}

const lesser = (one: Visibility, other: Visibility): Visibility =>
  visibilities.indexOf(one) < visibilities.indexOf(other) ? one : other;

function nameAt(names: readonly string[], place: number): string {
  const name = names[place];
  if (name === undefined) {
    throw new RangeError(`more than ${names.length} of a kind`);
  }
  return name;
}
