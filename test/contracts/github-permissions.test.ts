/**
 * The adapter with each of the app's permissions taken away in turn: what it may not see must never look like something that does not
 * exist.
 */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { appPermissions } from '../../local/forges/github/app-identity.ts';
import { asId, type ForgeRepositoryId, type InstallationId } from '../../shared/domain/ids.ts';
import { createGitHubApp } from '../../shared/forge/github/app.ts';
import * as queries from '../../shared/forge/github/queries.ts';
import { createRequests, type Requests } from '../../shared/forge/github/requests.ts';
import { gitHubScopes } from '../support/traits.ts';
import { codeOf, type GitHub, known, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
let requests: Requests;

beforeAll(async () => {
  gitHub = await startGitHub();
  const { simulator, state, clock, installation } = gitHub;
  // Binary for GraphQL, so that the adapter reads the blob by its hash.
  const binary = { files: { 'composer.json': '{"name":"acme/billing"}\u0000' }, tags: '9.0.0' };
  await simulator.changes.run('push', { repository: 'billing', history: [binary] });
  const app = createGitHubApp({
    appId: String(state.app.id),
    privateKey: state.app.privateKey,
    baseUrl: simulator.addresses.api,
    fetch,
    clock,
  });
  requests = createRequests(app, asId<InstallationId>(installation.id));
});
afterEach(() => {
  gitHub.installation.permissions = { ...appPermissions };
});
afterAll(() => gitHub.close());

const repositoryIds = (name: string) => {
  const { id, nodeId } = gitHub.repository(name);
  return { repository: asId<ForgeRepositoryId>(id), handle: nodeId };
};
const head = async () => known((await gitHub.reader().readRefs(repositoryIds('money'))).tags[0]).commit;
const aTeam = () => known([...gitHub.state.teams.values()][0]);
const team = () => aTeam().nodeId;
const userNamed = (login: string) =>
  known([...gitHub.state.users.values()].find((user) => user.login === login));
const organization = () => ({ organization: gitHub.acme.nodeId, size: 10 });

interface Operation {
  readonly name: string;
  /** The operation must fail without any one of these permissions. */
  readonly needs: readonly string[];
  /** Run with all permissions; the function that it returns is then run with fewer. */
  readonly prepare: () => Promise<() => Promise<unknown>>;
}

const now = (run: () => Promise<unknown>) => async () => run;
const scopeNeeds = {
  settings: ['organization_administration'],
  members: ['members'],
  teams: ['members'],
  // Needs a permission that nothing else needs: github-roles.test.ts.
  roles: [],
  repositories: ['administration', 'contents'],
} as const;

const operations: readonly Operation[] = [
  { name: 'the probe', needs: [], prepare: now(() => gitHub.reader().probe()) },
  ...gitHubScopes.map((scope) => ({
    name: `the scope ${scope}`,
    needs: scopeNeeds[scope],
    prepare: now(() => gitHub.reader().readScope(scope)),
  })),
  {
    name: 'the part of a team',
    needs: ['members'],
    prepare: now(() => gitHub.reader().readScope(`team:${aTeam().id}`, { handle: team() })),
  },
  {
    name: 'the part of a team that is not there',
    needs: ['members'],
    prepare: now(() => gitHub.reader().readScope('team:987654', { handle: 'T_gone' })),
  },
  {
    name: 'the part of a repository',
    needs: ['administration', 'contents'],
    prepare: now(() => {
      const { repository, handle } = repositoryIds('money');
      return gitHub.reader().readScope(`repository:${repository}`, { handle });
    }),
  },
  {
    name: 'the part of a member',
    needs: ['members'],
    prepare: now(() => gitHub.reader().readScope(`member:${userNamed('ann').id}`)),
  },
  {
    name: 'the part of somebody who is none',
    needs: ['members'],
    prepare: now(() => gitHub.reader().readScope(`member:${userNamed('olga').id}`)),
  },
  {
    name: 'whether a team is absent',
    needs: ['members'],
    prepare: now(() => gitHub.reader().lookUp([{ part: 'team:987654', handle: 'T_gone' }])),
  },
  {
    name: 'whether a repository is absent',
    needs: [],
    prepare: now(() => gitHub.reader().lookUp([{ part: 'repository:987654', handle: 'R_gone' }])),
  },
  {
    name: 'refs, with a manifest that is read by its hash',
    needs: ['contents'],
    prepare: now(() => gitHub.reader().readRefs(repositoryIds('billing'))),
  },
  {
    name: 'refs of a repository known by its number',
    needs: ['contents'],
    prepare: now(() => gitHub.reader().readRefs({ repository: repositoryIds('money').repository })),
  },
  {
    name: 'whether a commit is contained',
    needs: ['contents'],
    prepare: async () => {
      const commit = await head();
      return () => gitHub.reader().contains(repositoryIds('money'), commit);
    },
  },
  {
    name: 'an archive',
    needs: ['contents'],
    prepare: async () => {
      const commit = await head();
      return async () => {
        const stream = await gitHub
          .reader()
          .readArchive(repositoryIds('money'), commit, AbortSignal.timeout(9000));
        stream.destroy();
      };
    },
  },
];

const queryOperations: readonly Operation[] = [
  {
    name: 'Members',
    needs: ['members'],
    prepare: now(() => requests.query(queries.membersQuery, organization())),
  },
  {
    name: 'Teams',
    needs: ['members'],
    prepare: now(() => requests.query(queries.teamsQuery, organization())),
  },
  {
    name: 'TeamMembers',
    needs: ['members'],
    prepare: now(() => requests.query(queries.teamMembersQuery, { team: team(), size: 10 })),
  },
  {
    name: 'TeamRepositories',
    needs: ['members'],
    prepare: now(() => requests.query(queries.teamRepositoriesQuery, { team: team(), size: 10 })),
  },
  {
    name: 'Repositories',
    needs: ['administration', 'contents'],
    prepare: now(() => requests.query(queries.repositoriesQuery, organization())),
  },
  {
    name: 'ChosenRepositories',
    needs: ['administration', 'contents'],
    prepare: now(() =>
      requests.query(queries.chosenRepositoriesQuery, { repositories: [repositoryIds('money').handle] }),
    ),
  },
  {
    name: 'TeamPart',
    needs: ['members'],
    prepare: now(() => requests.query(queries.teamPartQuery, { team: team() })),
  },
  {
    name: 'RepositoryPart',
    needs: ['administration', 'contents'],
    prepare: now(() =>
      requests.query(queries.repositoryPartQuery, { repository: repositoryIds('money').handle }),
    ),
  },
  {
    name: 'Present',
    needs: ['members'],
    prepare: now(() =>
      requests.query(queries.presentQuery, {
        ids: [team()],
        organization: gitHub.acme.nodeId,
        withTeams: true,
      }),
    ),
  },
  {
    name: 'Collaborators',
    needs: ['administration'],
    prepare: now(() =>
      requests.query(queries.collaboratorsQuery, { repository: repositoryIds('money').handle, size: 10 }),
    ),
  },
  {
    name: 'Refs',
    needs: ['contents'],
    prepare: now(() =>
      requests.query(queries.refsQuery, {
        repository: repositoryIds('money').handle,
        prefix: 'refs/heads/',
        readme: true,
        size: 10,
      }),
    ),
  },
  {
    name: 'Hash',
    needs: ['contents'],
    prepare: now(() =>
      requests.query(queries.hashQuery, { repository: repositoryIds('money').handle, hash: 'fffffff' }),
    ),
  },
  {
    name: 'Commit',
    needs: ['contents'],
    prepare: now(() =>
      requests.query(queries.commitQuery, {
        repository: repositoryIds('money').handle,
        commit: 'f'.repeat(40),
        head: 'f'.repeat(40),
      }),
    ),
  },
  {
    name: 'CommitRefs',
    needs: ['contents'],
    prepare: now(() =>
      requests.query(queries.commitRefsQuery, {
        repository: repositoryIds('money').handle,
        prefix: 'refs/tags/',
        head: 'f'.repeat(40),
        size: 10,
      }),
    ),
  },
  {
    name: 'RepositoryName',
    needs: [],
    prepare: now(() =>
      requests.query(queries.repositoryNameQuery, { repository: repositoryIds('money').handle }),
    ),
  },
];

describe('without one permission', () => {
  test.each([...operations, ...queryOperations])(
    '$name needs $needs and nothing else',
    async ({ needs, prepare }) => {
      const run = await prepare();
      expect(await codeOf(run())).toBe('no error');
      const { metadata: _always, ...optional } = appPermissions;
      for (const name of Object.keys(optional)) {
        const { [name]: _taken, ...fewer } = appPermissions;
        gitHub.installation.permissions = fewer;
        const code = await codeOf(run());
        gitHub.installation.permissions = { ...appPermissions };
        // If GitHub hides something instead of refusing it, the read is incomplete.
        const refused = ['insufficient-scope', 'incomplete', 'not-found'];
        expect([name, code]).toEqual([name, needs.includes(name) ? expect.toBeOneOf(refused) : 'no error']);
      }
    },
  );

  test('every query of the adapter is covered', () => {
    const names = Object.values(queries).map(({ name }) => name);
    expect(queryOperations.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  test('every route of the adapter is covered', async () => {
    const { simulator, clock, installation } = gitHub;
    simulator.requests.clear();
    // Once more from the beginning, with a new token and a selection.
    clock.ahead += 60 * 60 * 1000;
    for (const selection of ['all', 'selected'] as const) {
      installation.repositorySelection = selection;
      for (const { id } of gitHub.state.repositories.values()) installation.repositoryIds.add(id);
      for (const { prepare } of operations) await (await prepare())();
    }
    installation.repositorySelection = 'all';
    const paths = Object.keys(simulator.requests.summary().counts).map((line) =>
      line
        .replace(/graphql \w+/, 'graphql')
        .replace(/[0-9a-f]{40}/, '{hash}')
        .replace(/\/\d+/g, '/{id}')
        .replace(/memberships\/\w+/, 'memberships/{login}')
        .replace(/\/repos\/\w+\/\w+/, '/repos/{name}'),
    );
    expect([...new Set(paths)].filter((line) => !line.includes('/_signed/')).sort()).toEqual([
      'GET /app/installations/{id}',
      'GET /installation/repositories',
      'GET /organizations/{id}/team/{id}',
      'GET /orgs/acme',
      'GET /orgs/acme/memberships/{login}',
      'GET /repos/{name}/git/blobs/{hash}',
      'GET /repos/{name}/zipball/{hash}',
      'GET /repositories/{id}',
      'GET /user/{id}',
      'POST /app/installations/{id}/access_tokens',
      'POST graphql',
    ]);
  });
});
