import { checkBitbucketWorkspace } from './check-bitbucket.ts';
import { checkGitHubOrganization } from './check-github.ts';
import { checkGitLabGroup } from './check-gitlab.ts';
import { createReport, type Report, reportTwice } from './check-parts.ts';
import { flattenTeams } from './github-organization.ts';
import { flattenGroups, type PlacedGroup } from './gitlab-group.ts';
import { forgeOf, gitHubPart, nameOf, type World } from './world.ts';
import type { WorldProblem } from './world-error.ts';

/** Checks what a schema cannot express: names that must exist, that must be unique, or that exclude each other. */
export function checkWorld(world: World): readonly WorldProblem[] {
  const report = createReport([]);
  const logins = new Set(world.users.map((user) => user.login.toLowerCase()));
  const groups = new Set(gitLabGroups(world).map(({ fullPath }) => fullPath.toLowerCase()));
  reportTwice(report, ['users'], world.users, 'login');
  reportSameNames(report, world);
  reportIds(report, world);
  return [
    ...report.problems,
    ...world.organizations.flatMap((organization, index) => {
      const place = ['organizations', index];
      if (organization.forge === 'gitlab') return checkGitLabGroup(organization, { logins, groups }, place);
      if (organization.forge === 'bitbucket') return checkBitbucketWorkspace(organization, logins, place);
      return checkGitHubOrganization(world, organization, logins, place);
    }),
  ];
}

/** Names may repeat between forges, but not within one. */
function reportSameNames(report: Report, world: World): void {
  const key = { github: 'login', gitlab: 'path', bitbucket: 'slug' } as const;
  const seen = new Set<string>();
  world.organizations.forEach((organization, index) => {
    const [forge, name] = [forgeOf(organization), nameOf(organization)];
    const address = `${forge} ${name.toLowerCase()}`;
    if (seen.has(address)) report.add(['organizations', index, key[forge]], `"${name}" is there twice`);
    seen.add(address);
  });
}

/** Reports duplicate ids of one kind on one forge. */
function reportIds(report: Report, world: World): void {
  const { users, organizations } = gitHubPart(world);
  const groups = gitLabGroups(world).map(({ group }) => group);
  const kinds: Readonly<Record<string, readonly { readonly id?: number }[]>> = {
    'users or organizations': [...users, ...organizations],
    teams: organizations.flatMap(({ teams }) => flattenTeams(teams).map(({ team }) => team)),
    repositories: organizations.flatMap(({ repositories = [] }) => repositories),
    groups,
    projects: groups.flatMap(({ projects = [] }) => projects),
  };
  for (const [kind, workItems] of Object.entries(kinds)) {
    const ids = workItems.flatMap(({ id }) => id ?? []);
    for (const twice of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
      report.add(['organizations'], `two ${kind} have the id ${twice}`);
    }
  }
}

function gitLabGroups(world: World): PlacedGroup[] {
  return world.organizations.flatMap((organization) =>
    organization.forge === 'gitlab' ? flattenGroups(organization) : [],
  );
}
