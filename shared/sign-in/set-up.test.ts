import { describe, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { proven } from '../../test/support/people.ts';
import { createSignInBench, key } from '../../test/support/sign-in-bench.ts';
import { findInstallationSettings } from '../store/installation-settings.ts';
import { signInLog } from '../store/sign-in-log.ts';
import { findUser } from '../store/user-store.ts';

describe('the set-up code', () => {
  it('is the only way in while there is no administrator', async () => {
    const { visitor, table } = await createSignInBench([aFact.member(1)]);
    const ann = visitor();
    expect((await ann.signIn('1')).status).toBe(403);
    expect(await findUser(table, proven(1).account)).toBeUndefined();
    expect((await ann.get('/sign-in')).body).toContain('/sign-in/setup');

    const begun = await ann.post('/sign-in/setup', { code: ' the-set-up-code ', integration: key });
    expect((await ann.get(ann.back(begun, '1'))).status).toBe(303);
    const user = await findUser(table, proven(1).account);
    expect((await findInstallationSettings(table)).administrators).toEqual([user]);
    expect((await signInLog(table, 9)).map(({ act }) => act).sort()).toEqual([
      'refused',
      'set-up',
      'signed-in',
    ]);
  });

  it('counts once: of two who hold it the first is the administrator', async () => {
    const { visitor, table } = await createSignInBench();
    const [ann, bob] = [visitor(), visitor()];
    const form = { code: 'the-set-up-code', integration: key };
    const begun = [await ann.post('/sign-in/setup', form), await bob.post('/sign-in/setup', form)] as const;
    expect((await bob.get(bob.back(begun[1], '2'))).status).toBe(303);
    expect((await ann.get(ann.back(begun[0], '1'))).status).toBe(403);
    expect(await ann.who()).toBeUndefined();
    expect((await findInstallationSettings(table)).administrators).toHaveLength(1);
    expect((await ann.post('/sign-in/setup', form)).status).toBe(403);
    expect((await ann.get('/sign-in/setup')).body).toContain('This registry is set up');
  });

  it.each(['', 'x', 'the-set-up-cod', 'the-set-up-code-'])('is not %j', async (code) => {
    const { visitor, table } = await createSignInBench();
    expect((await visitor().post('/sign-in/setup', { code, integration: key })).status).toBe(403);
    const noted = { act: 'refused', why: 'set-up-code', address: '192.0.2.7' };
    expect(await signInLog(table, 9)).toMatchObject(code === '' ? [] : [noted]);
  });

  it('is no purpose that a form can name', async () => {
    const { visitor } = await createSignInBench();
    expect((await visitor().post(`/sign-in/start/${key}`, { purpose: 'set-up' })).status).toBe(422);
  });
});
