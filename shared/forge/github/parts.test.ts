import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asId, type ForgeOrganizationId, type InstallationId } from '../../domain/ids.ts';
import { readPart } from './parts.ts';
import { createRequests } from './requests.ts';
import { errorOf, startTestApi, type TestAnswer, type TestApi, testApp } from './test-api.ts';

const account = {
  id: asId<ForgeOrganizationId>(5),
  login: 'acme',
  nodeId: 'O_5',
  selected: false,
  readsEnterprise: false,
  suspended: false,
};
const notFound: TestAnswer = { status: 404, json: { message: 'Not Found' } };

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

/** @param answers responses by path */
function read(answers: Readonly<Record<string, TestAnswer>>) {
  api.answer = ({ path }) => answers[path] ?? notFound;
  return readPart(createRequests(testApp(api), asId<InstallationId>(41)), account, 'member:3', undefined);
}

const user = { json: { id: 3, login: 'ann' } };
const membership = (more: object = {}): TestAnswer => ({
  json: {
    state: 'active',
    role: 'member',
    organization: { id: 5 },
    user: { id: 3, login: 'ann' },
    ...more,
  },
});

describe('R6: a member whose membership', () => {
  test("is another account's is unknown: the login passed to it between two requests", async () => {
    const answers = {
      '/user/3': user,
      '/orgs/acme/memberships/ann': membership({ user: { id: 4, login: 'ann' } }),
    };
    expect((await errorOf(read(answers))).code).toBe('incomplete');
  });

  test('is one in another organization is unknown', async () => {
    const answers = {
      '/user/3': user,
      '/orgs/acme/memberships/ann': membership({ organization: { id: 6 } }),
    };
    expect((await errorOf(read(answers))).code).toBe('incomplete');
  });

  test('is not found is unknown if another organization has the login by now', async () => {
    expect((await errorOf(read({ '/user/3': user, '/orgs/acme': { json: { id: 6 } } }))).code).toBe(
      'incomplete',
    );
  });

  test('is not found in our organization is gone', async () => {
    const answers = { '/user/3': user, '/orgs/acme': { json: { id: 5 } } };
    expect(await read(answers)).toMatchObject({ facts: [], absenceIsAuthoritative: true });
  });

  test('is that of a billing manager does not count', async () => {
    const answers = {
      '/user/3': user,
      '/orgs/acme/memberships/ann': membership({ role: 'billing_manager' }),
    };
    expect(await read(answers)).toMatchObject({ facts: [], absenceIsAuthoritative: true });
  });

  test('is of an unknown kind is unknown', async () => {
    for (const more of [{ role: 'guest' }, { state: 'suspended' }, { user: null }]) {
      const answers = { '/user/3': user, '/orgs/acme/memberships/ann': membership(more) };
      expect((await errorOf(read(answers))).code).toBe('incomplete');
    }
  });
});
