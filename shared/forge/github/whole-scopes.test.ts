import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asId, type ForgeOrganizationId, type InstallationId } from '../../domain/ids.ts';
import { readInSteps } from '../reading.ts';
import { createRequests } from './requests.ts';
import { errorOf, startTestApi, type TestAnswer, type TestApi, testApp } from './test-api.ts';
import { readWhole } from './whole-scopes.ts';

const account = {
  id: asId<ForgeOrganizationId>(5),
  login: 'acme',
  nodeId: 'O_5',
  selected: true,
  readsEnterprise: false,
  suspended: false,
};

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

describe('a selected repository that GraphQL does not find', () => {
  const errors = [{ type: 'NOT_FOUND', path: ['nodes', 0], message: 'Could not resolve' }];
  const answers: Readonly<Record<string, TestAnswer>> = {
    '/graphql': { json: { data: { nodes: [null] }, errors } },
    '/installation/repositories?per_page=100&page=1': {
      json: { total_count: 1, repositories: [{ id: 10, node_id: 'R_10' }] },
    },
  };
  const read = (byNumber: TestAnswer) => {
    api.answer = ({ path }) => (path === '/repositories/10' ? byNumber : (answers[path] ?? { status: 500 }));
    const requests = createRequests(testApp(api), asId<InstallationId>(41));
    return readInSteps({ scope: 'repositories', main: 'repositories' }, {}, (reading) =>
      readWhole(requests, account, 'repositories', reading),
    );
  };

  test('does not exist if it is not found by its number either', async () => {
    expect(await read({ status: 404, json: {} })).toMatchObject({ done: { facts: [] } });
  });

  test('is not gone while it is found by its number', async () => {
    const { code } = await errorOf(read({ json: { id: 10, node_id: 'R_10' } }));
    expect(code).toBe('incomplete');
  });
});
