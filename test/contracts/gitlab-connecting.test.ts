/** Tokens that owners enter, checked against the simulated GitLab. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gitLab } from '../../shared/forge/gitlab/module.ts';
import { refreshGrant } from '../../shared/forge/gitlab/oauth.ts';
import { errorOf } from './forge-contract/reading.ts';
import { type GitLab, known, startGitLab } from './gitlab-fixture.ts';

let lab: GitLab;
beforeAll(async () => {
  lab = await startGitLab();
});
afterAll(() => lab.close());

const connecting = known(gitLab.connecting);
const check = (token: string) =>
  connecting.checkToken(lab.integration, token, lab.organization, lab.services);
const create: GitLab['createToken'] = (input) => lab.createToken(input);

test('a token of an owner with the scopes lacks nothing', async () => {
  const token = await create({ user: 'alice', scopes: ['api'], expires: '2027-01-01' });
  const { credential, ...rest } = await check(token);
  expect(rest).toEqual({ missing: [], scopes: ['api'], limits: [], unneeded: [] });
  expect(credential).toMatchObject({ validUntil: Date.parse('2027-01-01') });
  expect(credential.secret.reveal()).toMatchObject({ kind: 'token', accessToken: token, rotates: true });
});

test('a token of the group is enough', async () => {
  const token = await create({
    source: 'acme',
    scopes: ['read_api', 'self_rotate'],
    level: 'owner',
    expires: '2027-01-01',
  });
  const { missing, limits, credential } = await check(token);
  expect(missing).toEqual([]);
  expect(limits).toEqual([expect.stringContaining('webhooks')]);
  expect(credential.secret.reveal()).toMatchObject({ rotates: true });
});

test('says what a token lacks', async () => {
  const narrow = await create({ user: 'alice', scopes: ['read_user'], expires: '2026-06-17' });
  expect((await check(narrow)).missing).toEqual([expect.stringContaining('read_api')]);
  const notOwner = await create({ user: 'ann', scopes: ['read_api'], expires: '2026-06-17' });
  expect(await check(notOwner)).toMatchObject({
    missing: [expect.stringContaining('ann')],
    limits: [expect.stringContaining('webhooks'), expect.stringContaining('within a week')],
  });
  expect((await check('glpat-none')).missing).toEqual(['GitLab does not accept the token.']);
});

test('names what a token may do that is not needed, and takes it', async () => {
  const scopes = ['api', 'read_registry', 'write_repository', 'sudo', 'admin_mode'] as const;
  const wide = await check(await create({ user: 'alice', scopes: [...scopes], expires: '2027-01-01' }));
  expect(wide).toMatchObject({
    ...{ missing: [], limits: [] },
    unneeded: [expect.stringMatching(/not needed: `write_repository`, `sudo`, `admin_mode`\.$/)],
  });
  const { gitlab } = lab;
  gitlab.user('bob').admin = true;
  const ofAdministrator = await check(
    await create({ user: 'bob', scopes: ['read_api'], expires: '2027-01-01' }),
  );
  expect(ofAdministrator.missing).toEqual([]);
  expect(ofAdministrator.unneeded).toEqual([
    expect.stringContaining('bob of the token administers the whole'),
  ]);
  gitlab.user('bob').admin = false;
});

const dayMs = 24 * 3600_000;

test('R30: a token that may rotate itself is renewed once, by one process, a week before it ends', async () => {
  const isIt = ({ name }: { readonly name: string }): boolean => name === 'rotating';
  const tokens = () => [...lab.simulator.state.tokens.values()].filter(isIt);
  const value = await create({
    ...{ user: 'alice', name: 'rotating', scopes: ['read_api', 'self_rotate'], expires: '2026-07-15' },
  });
  await lab.useToken(value);
  await (await lab.open()).structure.probe();
  expect(tokens()).toHaveLength(1);
  lab.clock.step(Date.parse('2026-07-15') - 6 * dayMs - lab.clock.now());
  const clients = [await lab.open(), await lab.open()];
  for (const { structure } of clients) await structure.probe();
  expect(tokens().map(({ revoked }) => revoked)).toEqual([true, false]);
  lab.clock.step(3 * dayMs);
  await (await lab.open()).structure.probe();
});

const dayIn = (days: number): string => new Date(lab.clock.now() + days * dayMs).toISOString().slice(0, 10);

/** An owner's token that lives so many days, read with when a week of them is left. @returns the last day of its successor */
async function rotated(name: string, days: number): Promise<string | undefined> {
  await lab.useToken(
    await create({ user: 'alice', name, scopes: ['read_api', 'self_rotate'], expires: dayIn(days) }),
  );
  lab.clock.step((days - 6) * dayMs);
  await (await lab.open()).structure.probe();
  return [...lab.simulator.state.tokens.values()].filter((one) => one.name === name)[1]?.expiresAt;
}

test('the successor of a token lives as long as that did', async () => {
  expect(await rotated('three-months', 90)).toBe(dayIn(90));
  expect(await rotated('a-year', 365)).toBe(dayIn(365));
});

test('where the instance allows less, the successor lives for the week that GitLab gives, and the next asks for more again', async () => {
  const { faults } = lab.simulator;
  faults.add({ kind: 'server-error', status: 400, times: 1, match: { path: 'self/rotate' } });
  expect(await rotated('shorter', 90)).toBe(dayIn(7));
  lab.clock.step(4 * dayMs);
  await (await lab.open()).structure.probe();
  const third = [...lab.simulator.state.tokens.values()].filter(({ name }) => name === 'shorter')[2];
  expect(third?.expiresAt).toBe(dayIn(90));
});

test.each([400, 403, 405, 422])(
  'a rotation that is answered with %i shows the owner an end, and the token is used until then',
  async (status) => {
    const { faults } = lab.simulator;
    faults.add({ kind: 'server-error', status, match: { path: 'self/rotate' } });
    expect(await rotated(`refused-${status}`, 90)).toBeUndefined();
    expect(await lab.endOfConnection()).toBe(Date.parse(dayIn(6)));
    faults.remove();
    lab.clock.step(3600_001);
    await (await lab.open()).structure.probe();
    expect(await lab.endOfConnection()).toBeUndefined();
  },
);

test('what an owner granted ends at GitLab as a pair, also after its access token has ended; what an owner entered stays', async () => {
  const held = { kind: 'oauth', ...(await lab.grantOf('alice')), redirectUri: lab.redirectUri } as const;
  const ended = known(connecting.grantOf(held));
  lab.clock.step(3 * 3600_000);
  await known(lab.signIn.revoke)(lab.integration, ended, lab.services);
  const renewed = refreshGrant(lab.integration, held, lab.services);
  expect((await errorOf(renewed)).code).toBe('credential-rejected');
  expect(connecting.grantOf({ kind: 'token', accessToken: 'entered', rotates: true })).toBeUndefined();
});

test('a token that may not is used to its end, and then rejected', async () => {
  const expires = new Date(lab.clock.now() + 3 * dayMs).toISOString().slice(0, 10);
  await lab.useToken(await create({ user: 'alice', scopes: ['read_api'], expires }));
  await (await lab.open()).structure.probe();
  lab.clock.step(4 * dayMs);
  const { structure } = await lab.open();
  expect((await errorOf(structure.probe())).code).toBe('credential-rejected');
});
