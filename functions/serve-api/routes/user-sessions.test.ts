import { describe, expect, it } from 'vitest';
import { signInLog } from '../../../shared/store/sign-in-log.ts';
import { createApiWorld, type Person, userOf } from '../../../test/support/api-world.ts';

const endSessions = (person: Person | 'nobody') => ({
  method: 'POST',
  path: `/installation/users/${person === 'nobody' ? 'nobody' : userOf(person)}/end-sessions`,
  body: { why: 'a lost laptop' },
});
const change = { method: 'POST', path: '/me/sessions/end-others' };

describe('an administrator', () => {
  it('signs a person out everywhere, and nobody else; the log says who did it and why', async () => {
    const world = await createApiWorld();
    await world.signIn('member');
    expect((await world.ask('administrator', endSessions('member'))).body).toEqual({ ended: 2 });
    expect((await world.ask('member', change)).status).toBe(401);
    expect((await world.ask('owner', change)).status).toBe(200);
    const entries = await signInLog(world.table, 9);
    expect(entries.find(({ user }) => user === userOf('member'))).toMatchObject({
      act: 'signed-out-by-administrator',
      why: `a lost laptop; by administrator-login (${userOf('administrator')})`,
      address: '198.51.100.7',
    });
  });

  it('hears that there is no such person', async () => {
    const world = await createApiWorld();
    expect((await world.ask('administrator', endSessions('nobody'))).status).toBe(404);
  });
});
