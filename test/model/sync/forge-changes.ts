/** Changes on the forge, given by a name and three numbers that choose among what exists. */
import { appPermissions, grantedPermissions } from '../../../local/forges/github/app-identity.ts';
import type { ChangeInput, ChangeName } from '../../../local/forges/github/changes.ts';
import type { GitHubState, Repository, Team, User } from '../../../local/forges/github/state.ts';
import { acmeId, logins } from './base-worlds.ts';
import { type GitPool, manifestNames } from './git-pool.ts';

/** A change as the simulator takes it. */
export interface ForgeChange {
  readonly name: ChangeName;
  readonly input: unknown;
}

export interface ForgeNow {
  readonly state: GitHubState;
  readonly pool: GitPool;
  /** Heads and tags of a repository. */
  refs(repository: Repository): ReadonlyMap<string, string>;
}

type Numbers = readonly [number, number, number];
type Make = (now: ForgeNow, numbers: Numbers) => readonly ForgeChange[];

export const make = <Name extends ChangeName>(name: Name, input: ChangeInput<Name>): ForgeChange[] => [
  { name, input },
];
export const at = <Thing>(things: readonly Thing[], place: number): Thing | undefined =>
  things[place % Math.max(1, things.length)];

export const acme = ({ state }: ForgeNow) => state.organizations.get(acmeId);
const people = ({ state }: ForgeNow): readonly User[] =>
  // The first owner stays, since changes need an actor.
  [...state.users.values()].filter(({ id }) => id !== 1);
const isMember = (now: ForgeNow, { id }: User): boolean => acme(now)?.members.has(id) === true;
const membersOf = (now: ForgeNow): readonly User[] => people(now).filter((user) => isMember(now, user));
const strangersTo = (now: ForgeNow): readonly User[] =>
  people(now).filter((user) => acme(now)?.members.get(user.id)?.state !== 'active');
export const teamsOf = ({ state }: ForgeNow): readonly Team[] =>
  [...state.teams.values()].filter((team) => team.organizationId === acmeId);
export const repositoriesOf = ({ state }: ForgeNow): readonly Repository[] =>
  [...state.repositories.values()].filter((one) => one.organizationId === acmeId);
export const full = ({ state }: ForgeNow, repository: Repository): string =>
  `${state.organizations.get(repository.organizationId)?.login}/${repository.name}`;

const with2 = <One, Other>(
  one: One | undefined,
  other: Other | undefined,
  run: (one: One, other: Other) => readonly ForgeChange[],
): readonly ForgeChange[] => (one === undefined || other === undefined ? [] : run(one, other));
export const with1 = <One>(
  one: One | undefined,
  run: (one: One) => readonly ForgeChange[],
): readonly ForgeChange[] => (one === undefined ? [] : run(one));

const roleFor = (now: ForgeNow, holder: Team | User) => ({
  organization: acme(now)?.login ?? '',
  ...('slug' in holder ? { team: holder.slug } : { user: holder.login }),
});

const permissions = ['pull', 'push', 'admin'] as const;
const visibilities = ['private', 'internal', 'public'] as const;
const tags = ['1.0.0', '1.1.0', 'v2.0.0', '2.1.0-beta1', 'nonsense'] as const;
const branches = ['main', 'work', '1.x'] as const;
const teamNames = ['one', 'two', 'three', 'four', 'five'] as const;

const makes = {
  'add a member': (now, [a, b]) =>
    with1(at(strangersTo(now), a), ({ login }) =>
      make('add-organization-member', {
        organization: acme(now)?.login ?? '',
        user: login,
        role: b % 5 === 0 ? 'owner' : 'member',
        pending: b % 4 === 1,
      }),
    ),
  'remove a member': (now, [a, b]) =>
    with1(at(membersOf(now), a), ({ login }) =>
      make('remove-organization-member', {
        organization: acme(now)?.login ?? '',
        user: login,
        keepCollaborations: b % 3 === 0,
      }),
    ),
  'remove a member who has a token': (now, [a]) =>
    with1(
      at(
        membersOf(now).filter(({ login }) => ['bob', 'cid', 'dea', 'leo'].includes(login)),
        a,
      ),
      ({ login }) =>
        make('remove-organization-member', { organization: acme(now)?.login ?? '', user: login }),
    ),
  'another role': (now, [a, b]) =>
    with1(at(membersOf(now), a), ({ login }) =>
      make('set-organization-role', {
        organization: acme(now)?.login ?? '',
        user: login,
        role: b % 2 === 0 ? 'owner' : 'member',
      }),
    ),
  'give an organization role': (now, [a, b]) =>
    with2(
      at([...(acme(now)?.roles?.values() ?? [])], 0),
      b % 2 === 0 ? at(teamsOf(now), a) : at(membersOf(now), a),
      ({ name }, holder) => make('give-organization-role', { ...roleFor(now, holder), role: name }),
    ),
  'take an organization role': (now, [a]) =>
    with1(at([...(acme(now)?.roles?.values() ?? [])], 0), ({ name, users, teams }) =>
      with1(
        at(
          [
            ...teamsOf(now).filter(({ id }) => teams.has(id)),
            ...people(now).filter(({ id }) => users.has(id)),
          ],
          a,
        ),
        (holder) => make('take-organization-role', { ...roleFor(now, holder), role: name }),
      ),
    ),
  'another login': (now, [a, b]) =>
    with1(at(people(now), a), ({ login }) =>
      make('rename-user', { user: login, to: `${logins[b % logins.length]}-${a}` }),
    ),
  'suspend a person': (now, [a, b]) =>
    with1(at(people(now), a), ({ login }) =>
      make(b % 2 === 0 ? 'suspend-user' : 'unsuspend-user', { user: login }),
    ),
  'a new team': (now, [a, b, c]) => {
    const parent = c % 2 === 0 ? undefined : at(teamsOf(now), b)?.slug;
    return make('create-team', {
      organization: acme(now)?.login ?? '',
      name: teamNames[a % teamNames.length] ?? 'one',
      ...(parent !== undefined && { parent }),
      secret: parent === undefined && c % 8 === 2,
    });
  },
  'delete a team': (now, [a]) =>
    with1(at(teamsOf(now), a), ({ slug }) =>
      make('delete-team', { organization: acme(now)?.login ?? '', team: slug }),
    ),
  'another parent': (now, [a, b, c]) =>
    with1(at(teamsOf(now), a), ({ slug }) =>
      make('set-team-parent', {
        organization: acme(now)?.login ?? '',
        team: slug,
        parent: c % 3 === 0 ? null : (at(teamsOf(now), b)?.slug ?? null),
        silent: c % 4 === 1,
      }),
    ),
  'rename a team': (now, [a, b]) =>
    with1(at(teamsOf(now), a), ({ slug }) =>
      make('rename-team', {
        organization: acme(now)?.login ?? '',
        team: slug,
        to: teamNames[b % teamNames.length] ?? 'one',
      }),
    ),
  'into a team': (now, [a, b]) =>
    with2(at(teamsOf(now), a), at(membersOf(now), b), ({ slug }, { login }) =>
      make('add-team-member', { organization: acme(now)?.login ?? '', team: slug, user: login }),
    ),
  'out of a team': (now, [a, b]) =>
    with1(
      at(
        teamsOf(now).filter(({ members }) => members.size > 0),
        a,
      ),
      ({ slug, members }) =>
        with1(now.state.users.get(at([...members.keys()], b) ?? 0), ({ login }) =>
          make('remove-team-member', { organization: acme(now)?.login ?? '', team: slug, user: login }),
        ),
    ),
  'a repository for a team': (now, [a, b, c]) =>
    with2(at(teamsOf(now), a), at(repositoriesOf(now), b), ({ slug }, repository) =>
      make('set-team-repository', {
        organization: acme(now)?.login ?? '',
        team: slug,
        repository: full(now, repository),
        permission: permissions[c % permissions.length] ?? 'pull',
      }),
    ),
  'a repository taken from a team': (now, [a, b]) =>
    with1(
      at(
        teamsOf(now).filter(({ repositories }) => repositories.size > 0),
        a,
      ),
      ({ slug, repositories }) =>
        with1(now.state.repositories.get(at([...repositories.keys()], b) ?? 0), (repository) =>
          make('remove-team-repository', {
            organization: acme(now)?.login ?? '',
            team: slug,
            repository: full(now, repository),
          }),
        ),
    ),
  'a collaborator': (now, [a, b, c]) =>
    with2(at(repositoriesOf(now), a), at(people(now), b), (repository, { login }) =>
      make('set-collaborator', {
        repository: full(now, repository),
        user: login,
        permission: permissions[c % permissions.length] ?? 'pull',
      }),
    ),
  'a collaborator removed': (now, [a, b]) =>
    with1(
      at(
        repositoriesOf(now).filter(({ collaborators }) => collaborators.size > 0),
        a,
      ),
      (repository) =>
        with1(now.state.users.get(at([...repository.collaborators.keys()], b) ?? 0), ({ login }) =>
          make('remove-collaborator', { repository: full(now, repository), user: login }),
        ),
    ),
  'another base permission': (now, [a]) =>
    make('set-base-permission', {
      organization: acme(now)?.login ?? '',
      permission: a % 2 === 0 ? 'none' : 'read',
    }),
  'another name for the organization': (now, [a]) =>
    make('rename-organization', {
      organization: acme(now)?.login ?? '',
      to: ['acme', 'acme-inc', 'ajax'][a % 3] ?? 'acme',
    }),
  'another visibility': (now, [a, b]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      make('set-visibility', {
        repository: full(now, repository),
        visibility: visibilities[b % visibilities.length] ?? 'private',
      }),
    ),
  'rename a repository': (now, [a, b]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      make('rename-repository', { repository: full(now, repository), to: `name-${b % 4}` }),
    ),
  'transfer a repository': (now, [a, b]) => {
    const all = [...now.state.repositories.values()];
    return with1(
      at(b % 3 === 0 ? all.filter((one) => one.organizationId !== acmeId) : repositoriesOf(now), a),
      (repository) =>
        make('transfer-repository', {
          repository: full(now, repository),
          to: repository.organizationId === acmeId ? 'sister' : (acme(now)?.login ?? ''),
        }),
    );
  },
  'archive a repository': (now, [a, b]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      make(b % 3 === 0 ? 'unarchive-repository' : 'archive-repository', {
        repository: full(now, repository),
      }),
    ),
  'disable a repository': (now, [a, b]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      make('set-blocked', { repository: full(now, repository), disabled: b % 2 === 0 }),
    ),
  'delete a repository': (now, [a, b]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      make('delete-repository', {
        repository: full(now, repository),
        events: b % 2 === 0 ? 'documented' : 'observed',
      }),
    ),
  'a new repository': (now, [a, b]) =>
    make('create-repository', {
      organization: acme(now)?.login ?? '',
      name: `new-${a % 4}`,
      visibility: visibilities[b % visibilities.length] ?? 'private',
      ...(a % 6 === 5 && { forkOf: 'symfony/console' }),
    }),
  'a fork': (now, [a, b]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      make('fork-repository', {
        repository: full(now, repository),
        organization: acme(now)?.login ?? '',
        name: `fork-${b % 3}`,
      }),
    ),
  'push a tag': (now, [a, b, c]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      with1(at(commitsFor(now, repository), c), ({ id }) =>
        setRefs(now, repository, { [`refs/tags/${tags[b % tags.length]}`]: id }),
      ),
    ),
  'move a tag': (now, [a, b, c]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      with2(at(tagsOf(now, repository), b), at(commitsFor(now, repository), c), (ref, { id }) =>
        setRefs(now, repository, { [ref]: id }),
      ),
    ),
  'push many tags': (now, [a, , c]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      with1(at(commitsFor(now, repository), c), ({ id }) =>
        setRefs(
          now,
          repository,
          Object.fromEntries([1, 2, 3, 4].map((patch) => [`refs/tags/3.0.${patch}`, id])),
        ),
      ),
    ),
  'push a branch': (now, [a, b, c]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      with1(at(commitsFor(now, repository), c), ({ id }) =>
        setRefs(now, repository, { [`refs/heads/${branches[b % branches.length]}`]: id }),
      ),
    ),
  'delete a ref': (now, [a, b]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      with1(
        at(
          [...now.refs(repository).keys()].filter((ref) => ref !== `refs/heads/${repository.defaultBranch}`),
          b,
        ),
        (ref) => setRefs(now, repository, { [ref]: null }),
      ),
    ),
  'another manifest name': (now, [a, b, c]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      with1(at(now.pool.named(manifestNames[b % manifestNames.length]), c), ({ id }) =>
        setRefs(now, repository, { [`refs/heads/${repository.defaultBranch}`]: id }),
      ),
    ),
  'no manifest any more': (now, [a, b]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      with1(at(now.pool.named(undefined), b), ({ id }) =>
        setRefs(now, repository, { [`refs/heads/${repository.defaultBranch}`]: id }),
      ),
    ),
  'another default branch': (now, [a, b]) =>
    with1(at(repositoriesOf(now), a), (repository) =>
      make('set-default-branch', {
        repository: full(now, repository),
        branch: branches[b % branches.length] ?? 'main',
      }),
    ),
  'suspend the app': (now) => make('suspend-app', { organization: acme(now)?.login ?? '' }),
  'unsuspend the app': (now) => make('unsuspend-app', { organization: acme(now)?.login ?? '' }),
  'remove the app': (now) => make('uninstall-app', { organization: acme(now)?.login ?? '' }),
  'install the app': (now) => make('install-app', { organization: acme(now)?.login ?? '' }),
  'remove the app and install it again': (now) => [
    ...make('uninstall-app', { organization: acme(now)?.login ?? '' }),
    ...make('install-app', { organization: acme(now)?.login ?? '' }),
  ],
  'a narrow selection': (now, [a, b]) =>
    make('select-repositories', {
      organization: acme(now)?.login ?? '',
      repositories: repositoriesOf(now)
        .filter((_, place) => place !== a % 6 && place !== b % 6)
        .map(({ name }) => name),
    }),
  'a wide selection': (now) =>
    make('select-repositories', { organization: acme(now)?.login ?? '', repositories: 'all' }),
  'fewer permissions for the app': (now, [a]) => {
    const names = Object.keys(appPermissions).filter((name) => name !== 'metadata');
    return make('set-app-permissions', {
      organization: acme(now)?.login ?? '',
      permissions: Object.fromEntries(
        Object.entries(grantedPermissions(acme(now) ?? {})).filter(
          ([name]) => name !== names[a % names.length],
        ),
      ),
    });
  },
  'all permissions for the app': (now) =>
    make('set-app-permissions', {
      organization: acme(now)?.login ?? '',
      permissions: grantedPermissions(acme(now) ?? {}),
    }),
} as const satisfies Record<string, Make>;

export type ChangeKey = keyof typeof makes;
export const changeKeys = Object.keys(makes) as readonly ChangeKey[];

/** The change to make now; undefined if there is nothing to change. */
export function forgeChanges(now: ForgeNow, change: ChangeKey, numbers: Numbers): readonly ForgeChange[] {
  const chosen: Make = makes[change];
  return chosen(now, numbers);
}

/** Commits of one manifest name for each repository, and sometimes of another. */
function commitsFor({ pool }: ForgeNow, { id }: Repository) {
  return [
    ...pool.named(manifestNames[(id - 201 + manifestNames.length * 1000) % (manifestNames.length - 1)]),
    ...pool.commits.slice(-1),
  ];
}

const tagsOf = (now: ForgeNow, repository: Repository): readonly string[] =>
  [...now.refs(repository).keys()].filter((ref) => ref.startsWith('refs/tags/'));

function setRefs(
  now: ForgeNow,
  repository: Repository,
  refs: Readonly<Record<string, string | null>>,
): readonly ForgeChange[] {
  return make('set-refs', { repository: full(now, repository), refs: { ...refs } });
}
