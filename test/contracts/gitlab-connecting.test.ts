/** Tokens that owners enter, checked against the simulated GitLab. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gitLab } from '../../shared/forge/gitlab/module.ts';
import { type GitLab, known, startGitLab } from './gitlab-fixture.ts';

let lab: GitLab;
beforeAll(async () => {
  lab = await startGitLab();
});
afterAll(() => lab.close());

const connecting = known(gitLab.connecting);
const check = (token: string) =>
  connecting.checkToken(lab.integration, token, lab.organization, lab.services);
const create = async (input: Parameters<typeof lab.simulator.changes.run<'create-token'>>[1]) => {
  const made = await lab.simulator.changes.run('create-token', input);
  return String(Object.values(made ?? {}).find((value) => /^gl/.test(String(value))));
};

test('a token of an owner with the scopes lacks nothing', async () => {
  const token = await create({ user: 'alice', scopes: ['api'], expires: '2027-01-01' });
  const { credential, ...rest } = await check(token);
  expect(rest).toEqual({ missing: [], limited: [] });
  expect(credential).toMatchObject({ validUntil: Date.parse('2027-01-01') });
  expect(credential.secret.reveal()).toEqual({ kind: 'token', accessToken: token, rotates: true });
});

test('a token of the group is enough', async () => {
  const token = await create({
    source: 'acme',
    scopes: ['read_api', 'self_rotate'],
    level: 'owner',
    expires: '2027-01-01',
  });
  const { missing, limited, credential } = await check(token);
  expect(missing).toEqual([]);
  expect(limited).toEqual([expect.stringContaining('webhooks')]);
  expect(credential.secret.reveal()).toMatchObject({ rotates: true });
});

test('says what a token lacks', async () => {
  const narrow = await create({ user: 'alice', scopes: ['read_user'], expires: '2026-06-17' });
  expect((await check(narrow)).missing).toEqual([expect.stringContaining('read_api')]);
  const notOwner = await create({ user: 'ann', scopes: ['read_api'], expires: '2026-06-17' });
  expect(await check(notOwner)).toMatchObject({
    missing: [expect.stringContaining('ann')],
    limited: [expect.stringContaining('webhooks'), expect.stringContaining('within a week')],
  });
  expect((await check('glpat-none')).missing).toEqual(['GitLab does not accept the token.']);
});
