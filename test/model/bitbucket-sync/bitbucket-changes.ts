/** Changes on Bitbucket, given by a name and three numbers that choose among what exists. */
import type { ChangeName } from '../../../local/forges/bitbucket/changes.ts';
import type {
  Account,
  BitbucketState,
  Group,
  Project,
  Repository,
  Workspace,
} from '../../../local/forges/bitbucket/state.ts';
import { ownerName } from '../bitbucket-rights/random-instances.ts';
import type { Numbers } from '../rights-sync/sequences.ts';

/** A change as the simulator takes it. */
interface BitbucketChange {
  readonly name: ChangeName;
  readonly input: Readonly<Record<string, unknown>>;
}
interface BitbucketNow {
  readonly state: BitbucketState;
  readonly workspace: Workspace;
}
type Make = (now: BitbucketNow, numbers: Numbers) => BitbucketChange | undefined;

const at = <Thing>(things: readonly Thing[], place: number): Thing | undefined =>
  things[place % Math.max(1, things.length)];
const owned = <Thing extends { readonly workspace: string }>(
  things: ReadonlyMap<string, Thing>,
  { uuid }: Workspace,
): readonly Thing[] => [...things.values()].filter(({ workspace }) => workspace === uuid);
const projectsOf = ({ state, workspace }: BitbucketNow): readonly Project[] =>
  owned(state.projects, workspace);
const repositoriesOf = ({ state, workspace }: BitbucketNow): readonly Repository[] =>
  owned(state.repositories, workspace);
const groupsOf = ({ workspace }: BitbucketNow): readonly Group[] => [...workspace.groups.values()];
/** The owner whose credential reads stays as he is. */
const people = ({ state }: BitbucketNow): readonly Account[] =>
  [...state.accounts.values()].filter(({ nickname }) => nickname !== ownerName);

const roles = ['member', 'owner', 'member'] as const;
const levels = ['read', 'write', 'admin', null, null] as const;
const states = ['active', 'deactivated', 'active'] as const;

/** Somebody, or a group. */
function holder(now: BitbucketNow, place: number): { user: string } | { group: string } | undefined {
  const group = at(groupsOf(now), place);
  const account = at(people(now), place);
  if (group !== undefined && place % 2 === 0) return { group: group.slug };
  return account && { user: account.nickname };
}
const nameOf = ({ workspace }: BitbucketNow, name: string): string => `${workspace.slug}/${name}`;
const chosen = <One, Other>(
  one: One | undefined,
  other: Other | undefined,
  make: (one: One, other: Other) => BitbucketChange,
): BitbucketChange | undefined => (one === undefined || other === undefined ? undefined : make(one, other));
const withRepository = (
  now: BitbucketNow,
  place: number,
  make: (repository: string) => BitbucketChange,
): BitbucketChange | undefined =>
  chosen(at(repositoriesOf(now), place), now, ({ slug }) => make(nameOf(now, slug)));

const makes = {
  'set a member': (now, [a, b]) =>
    chosen(at(people(now), a), roles[b % roles.length], ({ nickname: user }, role) => ({
      name: 'set-member',
      input: { workspace: now.workspace.slug, user, role },
    })),
  'remove a member': (now, [a]) => {
    const inside = people(now).filter(({ uuid }) => now.workspace.members.has(uuid));
    return chosen(at(inside, a), now, ({ nickname: user }) => ({
      name: 'remove-member',
      input: { workspace: now.workspace.slug, user },
    }));
  },
  'add to a group': (now, [a, b]) =>
    chosen(at(groupsOf(now), a), at(people(now), b), ({ slug: group }, { nickname: user }) => ({
      name: 'add-to-group',
      input: { workspace: now.workspace.slug, group, user },
    })),
  'remove from a group': (now, [a, b]) =>
    chosen(at(groupsOf(now), a), at(people(now), b), ({ slug: group }, { nickname: user }) => ({
      name: 'remove-from-group',
      input: { workspace: now.workspace.slug, group, user },
    })),
  'delete a group': (now, [a]) =>
    chosen(at(groupsOf(now), a), now, ({ slug: group }) => ({
      name: 'delete-group',
      input: { workspace: now.workspace.slug, group },
    })),
  'a permission on a project': (now, [a, b, c]) =>
    chosen(at(projectsOf(now), a), holder(now, b), ({ key }, who) => ({
      name: 'set-project-permission',
      input: { project: nameOf(now, key), ...who, permission: levels[c % levels.length] },
    })),
  'a permission on a repository': (now, [a, b, c]) =>
    chosen(at(repositoriesOf(now), a), holder(now, b), ({ slug }, who) => ({
      name: 'set-repository-permission',
      input: { repository: nameOf(now, slug), ...who, permission: levels[c % levels.length] },
    })),
  'deactivate or activate somebody': (now, [a, b]) =>
    chosen(at(people(now), a), states[b % states.length], ({ nickname: user }, state) => ({
      name: 'set-user',
      input: { user, state },
    })),
  'another visibility': (now, [a, b]) =>
    withRepository(now, a, (repository) => ({
      name: 'set-repository',
      input: { repository, private: b % 3 > 0 },
    })),
  'move to another project': (now, [a, b]) =>
    chosen(at(repositoriesOf(now), a), at(projectsOf(now), b), ({ slug }, { key }) => ({
      name: 'set-repository',
      input: { repository: nameOf(now, slug), project: nameOf(now, key) },
    })),
  'rename a repository': (now, [a, b]) =>
    withRepository(now, a, (repository) => ({
      name: 'set-repository',
      input: { repository, slug: `name-${b % 5}` },
    })),
  'a new repository': (now, [a, b]) =>
    chosen(at(projectsOf(now), a), now, ({ key }) => ({
      name: 'create-repository',
      input: { project: nameOf(now, key), slug: `fresh-${b % 4}` },
    })),
  'delete a repository': (now, [a]) =>
    withRepository(now, a, (repository) => ({ name: 'delete-repository', input: { repository } })),
} as const satisfies Record<string, Make>;

export type ChangeKey = keyof typeof makes;
export const changeKeys = Object.keys(makes) as readonly ChangeKey[];

/** The change to make now; undefined if there is nothing to change. */
export function bitbucketChange(
  now: BitbucketNow,
  change: ChangeKey,
  numbers: Numbers,
): BitbucketChange | undefined {
  const make: Make = makes[change];
  return make(now, numbers);
}
