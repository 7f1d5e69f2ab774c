import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asId, type ForgeOrganizationId, type InstallationId } from '../../domain/ids.ts';
import { readInSteps } from '../reading.ts';
import type { Account } from './account.ts';
import { readOrganizationRoles } from './organization-roles.ts';
import { createRequests } from './requests.ts';
import { errorOf, startTestApi, type TestAnswer, type TestApi, testApp } from './test-api.ts';

const account: Account = {
  id: asId<ForgeOrganizationId>(5),
  login: 'acme',
  nodeId: 'O_5',
  selected: false,
  readsEnterprise: true,
  suspended: false,
};

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

async function read(answers: Readonly<Record<string, TestAnswer>>) {
  api.answer = ({ path }) =>
    answers[path.replace(/\?.*/, '')] ?? { status: 404, json: { message: 'Not Found' } };
  const requests = createRequests(testApp(api), asId<InstallationId>(41));
  const step = await readInSteps({ scope: 'roles', main: 'roles' }, {}, (reading) =>
    readOrganizationRoles(requests, account, reading),
  );
  return 'done' in step ? step.done : undefined;
}

const rolesPath = '/orgs/acme/organization-roles';
const roles = (total: number, ...listed: object[]): TestAnswer => ({
  json: { total_count: total, roles: listed },
});
const reader = { id: 7, name: 'all_repo_read', base_role: 'read' };

describe('organization roles', () => {
  it('without a base role give no access, as in the documented example', async () => {
    const done = await read({
      [rolesPath]: roles(2, { id: 7, name: 'Auditor' }, { id: 8, name: 'B', base_role: null }),
    });
    expect(done).toMatchObject({ facts: [], powerless: ['7', '8'] });
  });

  it.each([
    ['that are fewer than GitHub counts', roles(2, reader)],
    ['that GitHub does not count', { json: { roles: [] } }],
    ['with a base role that is not known here', roles(1, { ...reader, base_role: 'peek' })],
    ['without a name', roles(1, { id: 7, base_role: 'read' })],
  ])('%s are incomplete', async (_, answer) => {
    expect(await errorOf(read({ [rolesPath]: answer }))).toMatchObject({ code: 'incomplete' });
  });

  it.each([
    [undefined, ['ann']],
    ['direct', ['ann']],
    ['mixed', ['ann']],
    ['indirect', []],
  ])('belong to the listed holders, but not to indirect ones: %s', async (assignment, logins) => {
    const done = await read({
      [rolesPath]: roles(1, reader),
      [`${rolesPath}/7/users`]: { json: [{ id: 3, login: 'ann', assignment }] },
      [`${rolesPath}/7/teams`]: { json: [] },
    });
    expect(done?.facts.map((fact) => 'login' in fact && fact.login)).toEqual(logins);
  });

  it('with an unknown assignment are incomplete', async () => {
    const answers = {
      [rolesPath]: roles(1, reader),
      [`${rolesPath}/7/users`]: { json: [{ id: 3, login: 'ann', assignment: 'borrowed' }] },
    };
    expect(await errorOf(read(answers))).toMatchObject({ code: 'incomplete' });
  });
});
