/** What a person allows at a code host is kept for choosing an organization, and for nothing else. */
import { expect, it } from 'vitest';
import { minute } from '../../test/support/session-bench.ts';
import { createInstallationBench, createSignInBench, key } from '../../test/support/sign-in-bench.ts';
import { gitHubHost } from '../../test/support/synchronized.ts';
import { findPersonGrant } from '../store/person-grant-store.ts';

/** Of member 1, with what is kept of the grant. */
async function setUpBench() {
  const bench = await createInstallationBench();
  const ann = bench.visitor();
  const grant = async () => {
    const { user } = (await ann.who()) ?? {};
    return user && (await findPersonGrant(bench.dependencies, user, gitHubHost))?.grant.accessToken;
  };
  return { ...bench, ann, grant };
}

it.each([
  ['/connect', 'secret-of-1'],
  ['/organizations/new', 'secret-of-1'],
  [`/connect/${encodeURIComponent(key)}`, 'secret-of-1'],
  ['/', undefined],
  ['/connections', undefined],
  ['/connected/acme', undefined],
  ['https://evil.example/connect', undefined],
])('a sign-in on the way to %s keeps %s', async (path, kept) => {
  const { ann, clock, grant } = await setUpBench();
  const asked = await ann.post(`/sign-in/start/${encodeURIComponent(key)}`, { return: path });
  // More is asked for only where it is kept.
  expect(String(asked.headers?.refresh ?? asked.headers?.location)).toContain(
    `forConnecting=${kept !== undefined}`,
  );
  await ann.signIn('1', { return: path });
  expect(await grant()).toBe(kept);
  clock.time += 15 * minute;
  expect(await grant()).toBeUndefined();
});

it('of an account that is linked on the way is kept, and not that of an account of somebody else', async () => {
  const { ann, grant } = await setUpBench();
  await ann.signIn('1');
  await ann.get(await ann.toForge('link', '3', { return: '/connect' }));
  expect(await grant()).toBe('secret-of-3');
  const page = await ann.get(await ann.toForge('link', '9', { return: '/connect' }));
  expect(page.body).toContain('Both are me');
  expect(await grant()).toBe('secret-of-3');
});

it('of who is refused is not kept', async () => {
  const { ann, table } = await setUpBench();
  expect((await ann.signIn('666', { return: '/connect' })).status).toBe(403);
  expect([...table.dump().keys()].filter((name) => name.includes('GRANT'))).toEqual([]);
});

it('of the first administrator is kept, who goes on to connect an organization', async () => {
  const { visitor, dependencies } = await createSignInBench();
  const ann = visitor();
  const begun = await ann.post('/sign-in/setup', { code: 'the-set-up-code', integration: key });
  expect((await ann.get(ann.back(begun, '1'))).headers?.location).toBe('/organizations/new');
  const { user } = (await ann.who()) ?? {};
  const kept = user && (await findPersonGrant(dependencies, user, gitHubHost));
  // And whose it is.
  expect(kept).toMatchObject({ grant: { accessToken: 'secret-of-1', account: '1' } });
});
