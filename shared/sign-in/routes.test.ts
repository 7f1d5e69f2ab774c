import { describe, expect, it, vi } from 'vitest';
import { proven } from '../../test/support/people.ts';
import { publishRoots } from '../../test/support/publish-roots.ts';
import { minute } from '../../test/support/session-bench.ts';
import { createInstallationBench, key } from '../../test/support/sign-in-bench.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import { asId, userPrincipal } from '../domain/ids.ts';
import { ForgeError } from '../forge/errors.ts';
import { endAllSessions, sessionsOf } from '../sessions/end-sessions.ts';
import { forgottenSession } from '../sessions/session.ts';
import { keys } from '../store/keys.ts';
import { signInLog } from '../store/sign-in-log.ts';
import { accountsOf, findUser } from '../store/user-store.ts';

describe('a sign-in', () => {
  it('begins at a page, and ends where the person wanted to go', async () => {
    const { visitor, table } = await createInstallationBench();
    const ann = visitor();
    const page = await ann.get('/sign-in?return=/packages%3Fq%3Da');
    expect(page.body).toContain(`action="/sign-in/start/${encodeURIComponent(key)}"`);
    expect(page.body).toContain('value="/packages?q=a"');
    const answer = await ann.signIn('1', { return: '/packages?q=a' });
    expect([answer.status, answer.headers?.location]).toEqual([303, '/packages?q=a']);
    const user = await findUser(table, proven(1).account);
    expect(await ann.who()).toMatchObject({ user });
    expect(await signInLog(table, 9)).toMatchObject([
      {
        act: 'signed-in',
        user,
        account: { account: '1', login: 'user-1' },
        address: '192.0.2.7',
        userAgent: 'Firefox',
      },
    ]);
  });

  it('has decided what the person may read, for the lists that come next', async () => {
    const { visitor, table, dependencies, askedFor } = await createInstallationBench();
    await visitor().signIn('1');
    const user = await findUser(table, proven(1).account);
    expect(askedFor()).toEqual([userPrincipal(asId(user ?? ''))]);
    await publishRoots(dependencies);
    const view = await table.get(keys.principal(organizationId, `u.${user}`));
    expect(view).toMatchObject({ readable: expect.any(Array) });
    await visitor().signIn('1');
    expect(askedFor()).toEqual([]);
  });

  it('goes on where that cannot be asked for', async () => {
    const { visitor, workQueue } = await createInstallationBench();
    workQueue.send = async () => {
      throw new Error('the queue is gone');
    };
    const ann = visitor();
    expect((await ann.signIn('1')).status).toBe(303);
    expect(await ann.who()).toBeDefined();
  });

  it('asks the code host with a state, a challenge and the registered address', async () => {
    const { visitor } = await createInstallationBench();
    const answer = await visitor().post(`/sign-in/start/${key}`, { purpose: 'sign-in' });
    // No redirect: browsers would hold it, and those after it, to where forms may lead.
    expect(answer.status).toBe(200);
    const location = /^0; url=(.+)$/.exec(answer.headers?.refresh ?? '')?.[1] ?? '';
    expect(answer.body).toContain(
      `<a href="${location.replaceAll('&', '&amp;')}">Go on to code.example.com</a>`,
    );
    const { searchParams } = new URL(location);
    expect(searchParams.get('redirectUri')).toBe(`https://console.example.com/sign-in/callback/${key}`);
    expect(searchParams.get('state')).toMatch(/^[\w-]{43}$/);
    expect(searchParams.get('codeChallenge')).toMatch(/^[\w-]{43}$/);
    // No silent answer.
    expect(searchParams.get('selectAccount')).toBe('true');
  });

  it('ends the session that the browser had: its id is never used again', async () => {
    const { visitor, dependencies } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    const first = await ann.who();
    await ann.signIn('1');
    const second = await ann.who();
    expect(second?.session).not.toBe(first?.session);
    expect(first && (await sessionsOf(dependencies, first.user)).map(({ id }) => id)).toEqual([
      second?.session,
    ]);
  });

  it('is of the browser that began it, once, for ten minutes', async () => {
    const { visitor, clock } = await createInstallationBench();
    const [ann, thief] = [visitor(), visitor()];
    const back = await ann.toForge('sign-in', '1');
    expect((await thief.get(back)).status).toBe(400);
    expect(await thief.who()).toBeUndefined();

    const again = ann.browser.copy();
    expect((await ann.get(back)).status).toBe(303);
    expect((await ann.get(back)).status).toBe(400);
    ann.browser.keep([...again.cookies()].map(([name, value]) => `${name}=${value}; Max-Age=999`));
    const replayed = await ann.get(back);
    expect([replayed.status, replayed.body]).toEqual([400, expect.stringContaining('used already')]);

    const late = await thief.toForge('sign-in', '1');
    clock.time += 10 * minute;
    expect((await thief.get(late)).status).toBe(400);
  });

  it('is not that of another state, code or integration, and not one that was declined', async () => {
    const { visitor, table } = await createInstallationBench();
    const ann = visitor();
    const changes: readonly ((back: URL) => unknown)[] = [
      (back) => back.searchParams.set('state', 'x'),
      (back) => back.searchParams.set('code', 'x'),
      (back) => back.searchParams.set('error', 'access_denied'),
      (back) => {
        back.pathname = '/sign-in/callback/other~git.example.com';
      },
    ];
    for (const change of changes) {
      const back = new URL(await ann.toForge('sign-in', '1'));
      change(back);
      const { status } = await ann.get(String(back));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(await ann.who()).toBeUndefined();
    }
    // The others were no answers to what this browser began.
    const noted = (await signInLog(table, 9)).map(({ act, why, address }) => `${act}: ${why}, ${address}`);
    expect(noted.sort()).toEqual(
      [`bad-code at ${key}`, `denied at ${key}`].map((why) => `failed: ${why}, 192.0.2.7`),
    );
  });

  it('goes on when another site sends the browser to the callback meanwhile', async () => {
    const { visitor } = await createInstallationBench();
    const ann = visitor();
    const back = await ann.toForge('sign-in', '1');
    const { pathname } = new URL(back);
    for (const sent of [
      `${pathname}?code=x&state=x`,
      `${pathname}?error=access_denied`,
      '/sign-in/callback/other~git.example.com?code=x',
    ]) {
      expect((await ann.get(sent)).status).toBe(400);
    }
    expect((await ann.get(back)).status).toBe(303);
    expect(await ann.who()).toBeDefined();
  });

  it('of who does not belong here is refused, noted, and makes nobody', async () => {
    const { visitor, table } = await createInstallationBench();
    const eve = visitor();
    const answer = await eve.signIn('666');
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('no member')]);
    expect(await eve.who()).toBeUndefined();
    expect(await findUser(table, proven(666).account)).toBeUndefined();
    expect(await signInLog(table, 9)).toMatchObject([
      { act: 'refused', why: 'no-member', account: { account: '666' }, address: '192.0.2.7' },
    ]);
  });

  it('notes no more of a long user agent than the first 300 characters', async () => {
    const { visitor, table } = await createInstallationBench();
    const eve = visitor();
    await eve.get(await eve.toForge('sign-in', '666'), { 'user-agent': 'x'.repeat(5000) });
    expect((await signInLog(table, 9)).map(({ userAgent }) => userAgent?.length)).toEqual([300]);
  });

  it('goes by the setting of who may sign in', async () => {
    const { visitor, policy } = await createInstallationBench();
    await policy('allow-list');
    expect((await visitor().signIn('1')).status).toBe(403);
    expect((await visitor().signIn('9')).status).toBe(303);
    await policy('anyone');
    expect((await visitor().signIn('666')).status).toBe(303);
  });

  it('ends within five minutes for who is not let in any more', async () => {
    const { visitor, policy, clock } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    await policy('allow-list');
    clock.time += 6 * minute;
    expect((await ann.get('/sign-in')).body).toContain('Sign in with');
    expect(await ann.who()).toBeUndefined();
  });

  it('changes nothing when the code host cannot say who somebody is, and signs nobody out', async () => {
    const { visitor, forge, clock, table } = await createInstallationBench();
    const [ann, bob] = [visitor(), visitor()];
    await ann.signIn('1');
    const before = await ann.who();
    forge.fault = new ForgeError('rate-limited', 'too many', { notBefore: clock.time + 2 * minute });
    const answer = await ann.signIn('1');
    expect([answer.status, answer.headers?.['retry-after']]).toEqual([503, '120']);
    expect(await ann.who()).toEqual(before);
    // Without the code host's word nobody new gets in.
    expect((await bob.signIn('2')).status).toBe(503);
    expect(await findUser(table, proven(2).account)).toBeUndefined();
    expect(await accountsOf(table, before?.user ?? ('' as never))).toHaveLength(1);
  });

  it('lets somebody in when the code host is slow or fails after it has said who it is (R28)', async () => {
    const { visitor, forge } = await createInstallationBench();
    const [ann, bob] = [visitor(), visitor()];
    const asked = Promise.withResolvers<void>();
    forge.readable = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const answer = ann.signIn('1');
      await asked.promise;
      await vi.advanceTimersByTimeAsync(2000);
      expect((await answer).status).toBe(303);
    } finally {
      vi.useRealTimers();
    }
    expect(await ann.who()).toBeDefined();
    forge.readable = () => Promise.reject(new ForgeError('unavailable', 'down'));
    expect((await bob.signIn('2')).status).toBe(303);
    expect(await bob.who()).toBeDefined();
  });
});

describe('a form', () => {
  it('of another site does nothing', async () => {
    const { visitor } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    const form = { 'form-token': await ann.formToken() };
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://console.example.com.evil.example' },
    ]) {
      expect((await ann.post('/sign-in/out', form, headers)).status).toBe(403);
    }
    expect(await ann.who()).toBeDefined();
  });

  it.each(['/sign-in/out', `/sign-in/start/${key}`])('to %s needs the token of its session', async (path) => {
    const { visitor } = await createInstallationBench();
    const [ann, bob] = [visitor(), visitor()];
    await ann.signIn('1');
    await bob.signIn('2');
    for (const token of ['', 'x', await bob.formToken()]) {
      expect((await ann.post(path, { 'form-token': token, purpose: 'link' })).status).toBe(403);
    }
    expect(await ann.who()).toBeDefined();
  });

  it('signs out, here and at once', async () => {
    const { visitor } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    const other = ann.browser.copy();
    const answer = await ann.post('/sign-in/out', { 'form-token': await ann.formToken() });
    expect([answer.status, answer.headers?.location]).toEqual([303, '/sign-in']);
    expect([...ann.browser.cookies().keys()].filter((name) => /session|refresh/.test(name))).toEqual([]);
    expect(await other.read({ isChange: true })).toBeUndefined();
  });
});

describe('a page', () => {
  it('of who is to sign in has the browser forget a session that is gone', async () => {
    const { visitor, dependencies } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    const { user = '' as never } = (await ann.who()) ?? {};
    await endAllSessions(dependencies, user);
    expect((await ann.get('/sign-in/setup')).cookies).toEqual([]);
    expect((await ann.get('/sign-in')).cookies).toEqual(forgottenSession);
    expect((await ann.get('/sign-in')).cookies).toEqual([]);
  });

  it('runs no script, loads nothing, is in no frame and kept by nobody', async () => {
    const { visitor } = await createInstallationBench();
    const { headers, body = '' } = await visitor().get('/sign-in');
    const policy = headers?.['content-security-policy'] ?? '';
    expect(policy.replace(/sha256-[^']+/, 'hash')).toBe(
      "default-src 'none'; style-src 'hash'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(body) ?? [];
    const digest = await crypto.subtle.digest('SHA-256', Buffer.from(style));
    expect(policy).toContain(`'sha256-${Buffer.from(digest).toString('base64')}'`);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    });
  });

  it('shows names of people and hosts as text', async () => {
    const { visitor } = await createInstallationBench();
    const ann = visitor();
    await ann.signIn('1');
    const { body } = await ann.get('/sign-in');
    expect(body).toContain('User &lt;1&gt;');
  });

  it.each(['/sign-in/nothing', '/sign-in/start/x/y', '/sign-in/constructor', '/sign-in/callback/%E0%A4%A'])(
    '%s is none',
    async (path) => {
      const { visitor } = await createInstallationBench();
      expect((await visitor().get(path)).status).toBeGreaterThanOrEqual(400);
    },
  );
});
