import { getNamedType, isLeafType, isObjectType } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { servedFields } from './graphql/execute.ts';
import { githubSchema } from './graphql/schema.ts';
import { type PermissionScene, permissionNames, startPermissionScene } from './permission-scene.ts';
import { graphql } from './test-world.ts';

let scene: PermissionScene;
beforeAll(async () => {
  scene = await startPermissionScene();
});
afterAll(() => scene.stop());
afterEach(() => scene.restore());

/** The permission that a field needs; undefined is none. All below `Team` and below git data needs what the way there needs. */
const fields: Readonly<Record<string, string | undefined>> = {
  'Organization.membersWithRole': 'members',
  'Organization.pendingMembers': 'members',
  'Organization.team': 'members',
  'Organization.teams': 'members',
  'Repository.collaborators': 'administration',
  'Repository.defaultBranchRef': 'contents',
  'Repository.ref': 'contents',
  'Repository.refs': 'contents',
  'Repository.object': 'contents',
};
/** Fields that need no permission, besides a type's names, ids, times and flags. A new list or object must be added here or above. */
const free: readonly string[] = [
  'Organization.repository',
  'Organization.repositories',
  'Repository.owner',
  'Repository.parent',
  'Team.organization',
  'Team.parentTeam',
  'Team.ancestors',
  'Team.childTeams',
  'Team.members',
  'Team.repositories',
  'Ref.repository',
  'Ref.target',
  'Ref.compare',
  ...['Commit', 'Tag', 'Tree', 'Blob'].map((type) => `${type}.repository`),
  'Commit.author',
  'Commit.committer',
  'Commit.tree',
  'Commit.file',
  'Tag.tagger',
  'Tag.target',
  'Tree.entries',
  'Query.user',
  'Query.organization',
  'Query.repository',
  'Query.node',
  'Query.nodes',
  'Query.rateLimit',
];

/** How a query reaches a value of each type, and the permission that the way there needs. */
const ways: Readonly<Record<string, { open: string; needs?: string; at: readonly string[] }>> = {
  Organization: { open: 'organization(login:"acme")', at: ['organization'] },
  Team: {
    open: 'organization(login:"acme") { team(slug:"backend")',
    needs: 'members',
    at: ['organization', 'team'],
  },
  User: { open: 'user(login:"ann")', at: ['user'] },
  Repository: { open: 'repository(owner:"acme",name:"billing")', at: ['repository'] },
  ...Object.fromEntries(
    Object.entries({
      Ref: ['ref', 'ref(qualifiedName:"refs/tags/v1.0")'],
      Commit: ['object', 'object(expression:"main") { ... on Commit'],
      Tag: ['object', 'object(expression:"v1.0") { ... on Tag'],
      Tree: ['object', 'object(expression:"main:") { ... on Tree'],
      Blob: ['object', 'object(expression:"main:composer.json") { ... on Blob'],
    }).map(([type, [field = '', open]]) => [
      type,
      {
        open: `repository(owner:"acme",name:"billing") { ${open}`,
        needs: 'contents',
        at: ['repository', field],
      },
    ]),
  ),
};
const requiredArguments: Readonly<Record<string, string>> = {
  'Organization.team': '(slug:"backend")',
  'Organization.repository': '(name:"billing")',
  'Repository.ref': '(qualifiedName:"main")',
  'Repository.refs': '(refPrefix:"refs/tags/")',
  'Repository.object': '(expression:"main")',
  'Ref.compare': '(headRef:"main")',
  'Commit.file': '(path:"composer.json")',
};

/** A query for one field of a type. */
function queryFor(type: string, name: string): string {
  const found = githubSchema().getType(type);
  const field = isObjectType(found) ? found.getFields()[name] : undefined;
  const named = getNamedType(field?.type);
  const below = named?.name.endsWith('Connection') ? '{ totalCount }' : '{ __typename }';
  const selection = `${name}${requiredArguments[`${type}.${name}`] ?? ''} ${isLeafType(named) ? '' : below}`;
  const { open } = ways[type] ?? { open: '' };
  return `{ ${open} { ${selection} } ${'}'.repeat(open.split('{').length - 1)} }`;
}

describe('permissions in GraphQL', () => {
  it('are listed for every list and object that is served', () => {
    const composite = Object.entries(servedFields).flatMap(([type, some]) => {
      const found = githubSchema().getType(type);
      const schemaFields = isObjectType(found) ? found.getFields() : {};
      return Object.keys(some)
        .filter((name) => !isLeafType(getNamedType(schemaFields[name]?.type)))
        .map((name) => `${type}.${name}`);
    });
    expect([...free, ...Object.keys(fields), 'Query.viewer'].sort()).toEqual(composite.sort());
    expect(['Query', ...Object.keys(ways)].sort()).toEqual(Object.keys(servedFields).sort());
  });

  it.each(Object.keys(ways))(
    '%s: is null with FORBIDDEN without its permission, while the rest is served',
    async (type) => {
      const { needs, at = [] } = ways[type] ?? {};
      for (const field of Object.keys(servedFields[type] ?? {})) {
        const query = queryFor(type, field);
        expect((await graphql(scene.api, query)).body.errors).toBeUndefined();
        for (const name of permissionNames) {
          const hidden =
            needs === name ? at : fields[`${type}.${field}`] === name ? [...at, field] : undefined;
          const ways = scene.tokensWithout(name);
          for (const tokenWithout of hidden === undefined ? ways.slice(0, 1) : ways) {
            const { status, body } = await graphql(scene.api, query, {}, tokenWithout());
            scene.restore();
            expect([field, name, status, body.errors?.length]).toEqual([field, name, 200, hidden && 1]);
            if (hidden === undefined) continue;
            expect(body.errors).toMatchObject([
              { type: 'FORBIDDEN', message: 'Resource not accessible by integration', path: hidden },
            ]);
            // Null, or removed with an enclosing value that may not be null.
            expect(hidden.reduce((value, key) => value?.[key], body.data) ?? null).toBeNull();
          }
        }
      }
    },
  );

  it.each(Object.keys(ways).filter((type) => type !== 'User'))(
    '%s of another organization does not exist',
    async (type) => {
      const { at: [root = ''] = [] } = ways[type] ?? {};
      const [field = ''] = Object.keys(servedFields[type] ?? {});
      const { body } = await graphql(scene.api, queryFor(type, field), {}, scene.foreignToken());
      expect(body.data).toEqual({ [root]: null });
      expect(body.errors).toMatchObject([{ type: 'NOT_FOUND', path: [root] }]);
    },
  );

  it.each([
    ['O_acme', undefined],
    ['T_60', 'members'],
    ['R_900', undefined],
    ['U_2', undefined],
  ])('a node id %s leads nowhere without its permission, nor for another installation', async (id, needs) => {
    const find = async (token: string) => {
      const { body } = await graphql(
        scene.api,
        'query($id:ID!) { node(id:$id) { id } nodes(ids:[$id]) { id } }',
        { id },
        token,
      );
      return [
        body.data.node?.id,
        body.data.nodes[0]?.id,
        body.errors?.map((error: { type: string }) => error.type),
      ];
    };
    expect(await find(scene.api.token())).toEqual([id, id, undefined]);
    const nowhere = [undefined, undefined, ['NOT_FOUND', 'NOT_FOUND']];
    expect(await find(scene.foreignToken())).toEqual(id.startsWith('U_') ? [id, id, undefined] : nowhere);
    for (const name of permissionNames) {
      for (const tokenWithout of scene.tokensWithout(name)) {
        expect(await find(tokenWithout())).toEqual(name === needs ? nowhere : [id, id, undefined]);
        scene.restore();
      }
    }
  });

  it('an installation is no viewer', async () => {
    const { body } = await graphql(scene.api, '{ viewer { login } }');
    expect(body.errors).toMatchObject([{ type: 'FORBIDDEN', path: ['viewer'] }]);
  });
});
