import { describe, expect, it } from 'vitest';
import { proven } from '../../test/support/people.ts';
import { day, minute } from '../../test/support/session-bench.ts';
import { createInstallationBench, key } from '../../test/support/sign-in-bench.ts';
import { gitHubHost } from '../../test/support/synchronized.ts';
import { findPersonGrant } from '../store/person-grant-store.ts';
import { findUser } from '../store/user-store.ts';

describe('who is signed in', () => {
  it('links a further account', async () => {
    const { visitor, table } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    expect((await ann.get(await ann.toForge('link', '3'))).status).toBe(303);
    const user = (await ann.who())?.user;
    expect(await findUser(table, proven(3).account)).toBe(user);
  });

  it('proves to be himself before that, when he signed in a while ago', async () => {
    const { visitor, clock } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    const first = await ann.who();
    clock.time += 20 * minute;
    const form = { purpose: 'link', 'form-token': await ann.formToken() };
    expect((await ann.post(`/sign-in/start/${key}`, form)).body).toContain('Confirm that it is you');
    expect((await ann.get(await ann.toForge('authenticate-again', '2'))).status).toBe(403);
    expect(await ann.who()).toEqual(first);
    expect((await ann.get(await ann.toForge('authenticate-again', '1'))).status).toBe(303);
    expect((await ann.who())?.authenticatedAt).toBe(clock.time);
  });

  it('hears whose account it is that another has, and becomes one with that user by saying so', async () => {
    const { visitor, table } = await createInstallationBench();
    const [ann, bob] = [visitor(), visitor()];
    await ann.signIn('1');
    await bob.signIn('2');
    const page = await ann.get(await ann.toForge('link', '2'));
    expect(page.body).toContain('User &lt;2&gt;');
    const [user, other] = [
      await findUser(table, proven(1).account),
      await findUser(table, proven(2).account),
    ];
    expect(other).toBe((await bob.who())?.user);

    expect((await ann.post('/sign-in/merge', { 'form-token': 'x' })).status).toBe(403);
    const noted = [...table.dump().values()].filter(({ act }) => act === 'request-refused');
    expect(noted).toMatchObject([{ subject: 'form /sign-in/merge', actor: { id: (await ann.who())?.user } }]);
    expect((await bob.post('/sign-in/merge', { 'form-token': await bob.formToken() })).status).toBe(400);
    expect((await ann.post('/sign-in/merge', { 'form-token': await ann.formToken() })).status).toBe(303);
    expect(await findUser(table, proven(2).account)).toBe(user);
    expect(await bob.who()).toBeUndefined();
    expect(await ann.who()).toMatchObject({ user });
  });

  it('is not merged by a proof that is too old', async () => {
    const { visitor, clock, table } = await createInstallationBench();
    const [ann, bob] = [visitor(), visitor()];
    await bob.signIn('2');
    await ann.signIn('1');
    clock.time += 14 * minute;
    const page = await ann.get(await ann.toForge('link', '2'));
    expect(page.body).toContain('Both are me');
    clock.time += minute;
    const answer = await ann.post('/sign-in/merge', { 'form-token': await ann.formToken() });
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('too long ago')]);
    expect(await findUser(table, proven(2).account)).toBe((await bob.who())?.user);
  });

  it('lets us ask for organizations, for 15 minutes at the most', async () => {
    const { visitor, dependencies, clock, table } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    expect(
      (await ann.get(await ann.toForge('choose-organization', '1', { return: '/organizations/new' })))
        .headers,
    ).toMatchObject({
      location: '/organizations/new',
    });
    const user = (await ann.who())?.user ?? ('' as never);
    expect(await findPersonGrant(dependencies, user, gitHubHost)).toMatchObject({
      grant: { accessToken: 'secret-of-1' },
    });
    expect(JSON.stringify([...table.dump()])).not.toContain('secret-of');
    clock.time += 15 * minute;
    expect(await findPersonGrant(dependencies, user, gitHubHost)).toBeUndefined();
    // Nobody asks in the name of somebody else.
    expect((await ann.get(await ann.toForge('choose-organization', '2'))).status).toBe(403);
  });

  it('has to be the same when the code host answers', async () => {
    const { visitor, table } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    const back = await ann.toForge('link', '3');
    await ann.post('/sign-in/out', { 'form-token': await ann.formToken() });
    expect((await ann.get(back)).status).toBe(403);
    expect(await findUser(table, proven(3).account)).toBeUndefined();
  });

  it('comes back from giving access to a page that believes no parameter', async () => {
    const { visitor } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    const answers = await Promise.all(
      ['', '?installation_id=77&setup_action=install', '?installation_id=666&setup_action=update'].map(
        (query) => ann.get(`/sign-in/installed/${key}${query}`),
      ),
    );
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers[0]?.body).toContain('value="choose-organization"');
  });

  it('stays so for a month without a visit, and no longer', async () => {
    const { visitor, clock } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    clock.time += 29 * day;
    expect((await ann.get('/sign-in')).body).toContain('You are signed in');
    clock.time += 31 * day;
    expect((await ann.get('/sign-in')).body).toContain('Sign in with');
  });
});
