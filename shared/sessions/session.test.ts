import { describe, expect, it } from 'vitest';
import {
  admitsEverybody,
  createSessionBench,
  day,
  minute,
  type SessionBench,
} from '../../test/support/session-bench.ts';
import { asId, type SessionId } from '../domain/ids.ts';
import { keys } from '../store/keys.ts';
import { addSession, type Session, sessionsOfUser } from '../store/session-store.ts';
import { signInLog } from '../store/sign-in-log.ts';
import { endAllSessions, endOtherSessions, endSession, sessionsOf } from './end-sessions.ts';
import { formTokenFor, isFormToken } from './form-token.ts';
import { readSession, sessionCookies, sessionsMax, startSession } from './session.ts';

async function signedInBench() {
  const bench = createSessionBench();
  const user = await bench.user();
  const browser = bench.browser();
  const signedIn = await browser.signIn(user);
  return { ...bench, user, browser, signedIn };
}

/** How often the table is asked. */
function counted({ dependencies }: Pick<SessionBench, 'dependencies'>) {
  const counts = { reads: 0, writes: 0 };
  const { table } = dependencies;
  const counting =
    <Args extends unknown[], Answer>(kind: keyof typeof counts, ask: (...args: Args) => Answer) =>
    (...args: Args): Answer => {
      counts[kind]++;
      return ask(...args);
    };
  const through = {
    ...table,
    get: counting('reads', table.get),
    getMany: counting('reads', table.getMany),
    query: counting('reads', table.query),
    update: counting('writes', table.update),
    transact: counting('writes', table.transact),
  };
  return { counts, dependencies: { ...dependencies, table: through } };
}

describe('a session', () => {
  it('has cookies of this host alone that no script reads', async () => {
    const { dependencies, user } = await signedInBench();
    const { setCookies } = await startSession(dependencies, {
      user,
      authenticatedAt: 0,
      address: '192.0.2.1',
      userAgent: 'Firefox',
    });
    expect(setCookies.map((cookie) => cookie.replace(/=[^;]+/, ''))).toEqual([
      '__Host-session; Path=/; Max-Age=300; Secure; HttpOnly; SameSite=Lax',
      '__Host-refresh; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax',
    ]);
  });

  it('is not begun for a user who is not there, or was merged into another', async () => {
    const { table, user, browser } = await signedInBench();
    await table.update({ key: keys.user(user), set: { mergedInto: 'other' } });
    await expect(browser.signIn(user)).rejects.toThrow('condition');
  });

  it('costs no read while the access token lives, one for a change, a read and a write to refresh', async () => {
    const { clock, browser, ...bench } = await signedInBench();
    const { counts, dependencies } = counted(bench);
    // The keys are read once for the whole process.
    await readSession(dependencies, browser.cookies(), { isChange: false, findRefusal: admitsEverybody });
    Object.assign(counts, { reads: 0, writes: 0 });

    await readSession(dependencies, browser.cookies(), { isChange: false, findRefusal: admitsEverybody });
    expect(counts).toEqual({ reads: 0, writes: 0 });
    await readSession(dependencies, browser.cookies(), { isChange: true, findRefusal: admitsEverybody });
    expect(counts).toEqual({ reads: 1, writes: 0 });
    clock.time += 6 * minute;
    await readSession(dependencies, browser.cookies(), { isChange: true, findRefusal: admitsEverybody });
    expect(counts).toEqual({ reads: 2, writes: 1 });
  });

  it('stores no secret of its cookies', async () => {
    const { table, browser } = await signedInBench();
    const secret = browser.cookies().get(sessionCookies.refresh)?.split('.').slice(2) ?? [];
    const stored = JSON.stringify([...table.dump()]);
    expect(secret).toHaveLength(2);
    expect(secret.filter((part) => stored.includes(part))).toEqual([]);
  });

  it('goes on for 30 days of not being used, and 90 days at the most', async () => {
    const idle = await signedInBench();
    idle.clock.time += 30 * day + 1;
    expect(await idle.browser.copy().read()).toBeUndefined();

    const { clock, browser, signedIn } = await signedInBench();
    for (let passed = 0; passed < 87; passed += 29) {
      clock.time += 29 * day;
      expect(await browser.read()).toEqual(signedIn);
    }
    clock.time += 3 * day - minute;
    expect(await browser.copy().read()).toEqual(signedIn);
    clock.time += 7 * minute;
    expect(await browser.copy().read()).toBeUndefined();
  });

  it('ends with its user: one who was removed, or merged into another', async () => {
    for (const isMerged of [true, false]) {
      const { table, user, browser, clock } = await signedInBench();
      await table.transact([
        isMerged
          ? { update: { key: keys.user(user), set: { mergedInto: 'other' } } }
          : { delete: keys.user(user) },
      ]);
      expect(await browser.copy().read({ isChange: true })).toBeUndefined();
      clock.time += 6 * minute;
      expect(await browser.read()).toBeUndefined();
    }
  });

  it('ends at its refresh when its user is not let in any more, and leaves an entry', async () => {
    const { table, clock, browser, user, signedIn } = await signedInBench();
    const findRefusal = async () => 'no-member';
    expect(await browser.read({ findRefusal })).toEqual(signedIn);
    clock.time += 6 * minute;
    const other = browser.copy();
    expect(await browser.read({ findRefusal })).toBeUndefined();
    expect(await other.read()).toBeUndefined();
    expect(await signInLog(table, 10)).toMatchObject([
      { act: 'refused', why: 'no-member', user, session: signedIn.session, address: '192.0.2.1' },
    ]);
  });

  it('that is gone leaves the cookies alone, which another tab may have renewed', async () => {
    const { dependencies, user, browser, signedIn, clock } = await signedInBench();
    const before = browser.cookies();
    await endSession(dependencies, user, signedIn.session);
    for (const passed of [0, 6 * minute]) {
      clock.time += passed;
      const options = { isChange: true, findRefusal: admitsEverybody };
      const cookies = passed === 0 ? before : browser.cookies();
      const { user: of, session } = signedIn;
      const ended = passed === 0 ? { ended: expect.objectContaining({ user: of, session }) } : {};
      expect(await readSession(dependencies, cookies, options)).toEqual({
        ...{ signedIn: undefined, setCookies: [] },
        ...ended,
      });
    }
  });

  it('that replaces another ends that one', async () => {
    const { dependencies, user, browser, signedIn } = await signedInBench();
    const origin = { address: '192.0.2.1', userAgent: 'Firefox' };
    await startSession(dependencies, { user, authenticatedAt: 0, ...origin, replaces: signedIn });
    expect(await browser.read({ isChange: true })).toBeUndefined();
  });
});

describe('the refresh token', () => {
  it('is replaced at each use, and the person stays signed in', async () => {
    const { clock, browser, signedIn } = await signedInBench();
    const seen = new Set<string | undefined>();
    for (let use = 0; use < 5; use++) {
      seen.add(browser.cookies().get(sessionCookies.refresh));
      clock.time += 6 * minute;
      expect(await browser.read()).toEqual(signedIn);
    }
    expect(seen.size).toBe(5);
  });

  it('gives two tabs that show it at once the same successor', async () => {
    const { clock, browser, signedIn } = await signedInBench();
    clock.time += 6 * minute;
    const tab = browser.copy();
    expect(await Promise.all([browser.read(), tab.read()])).toEqual([signedIn, signedIn]);
    expect(tab.cookies().get(sessionCookies.refresh)).toBe(browser.cookies().get(sessionCookies.refresh));
  });

  it('may be shown again for 30 seconds by who did not get the answer', async () => {
    const { clock, browser, signedIn } = await signedInBench();
    clock.time += 6 * minute;
    const lost = browser.copy();
    await lost.read();
    clock.time += 29_999;
    expect(await browser.read()).toEqual(signedIn);
    clock.time += 6 * minute;
    expect(await browser.read()).toEqual(signedIn);
  });

  it.each([
    ['the one before', 1],
    ['a much older one', 3],
  ])('ends the session when %s is shown after that, and leaves an entry', async (_, uses) => {
    const { table, clock, browser, user, signedIn } = await signedInBench();
    const thief = browser.copy();
    for (let use = 0; use < uses; use++) {
      clock.time += 6 * minute;
      await browser.read();
    }
    clock.time += 30_000;
    thief.dropAccess();
    expect(await thief.read()).toBeUndefined();
    expect(await browser.read({ isChange: true })).toBeUndefined();
    expect(await signInLog(table, 10)).toMatchObject([
      { act: 'refresh-token-reused', user, session: signedIn.session, address: '192.0.2.1' },
    ]);
  });

  it('of who only knows the ids ends nothing', async () => {
    const { clock, browser, signedIn } = await signedInBench();
    clock.time += 6 * minute;
    const stranger = browser.copy();
    const [user, session] = browser.cookies().get(sessionCookies.refresh)?.split('.') ?? [];
    const forged = `${user}.${session}.${'A'.repeat(22)}.${'A'.repeat(43)}`;
    stranger.keep([`${sessionCookies.refresh}=${forged}; Max-Age=9999`]);
    expect(await stranger.read()).toBeUndefined();
    expect(await browser.read()).toEqual(signedIn);
  });
});

describe('the end of sessions', () => {
  async function threeBrowsers() {
    const bench = createSessionBench();
    const user = await bench.user();
    const browsers = [bench.browser('Firefox'), bench.browser('Chrome'), bench.browser('Safari')] as const;
    for (const browser of browsers) {
      bench.clock.time += minute;
      await browser.signIn(user);
    }
    const whoIsIn = async () =>
      Promise.all(browsers.map(async (browser) => (await browser.read({ isChange: true })) !== undefined));
    return { ...bench, user, browsers, whoIsIn };
  }

  it('lists them with place and time, the one that was used last first', async () => {
    const { dependencies, clock, user, browsers } = await threeBrowsers();
    clock.time += 6 * minute;
    await browsers[0].read();
    const list = await sessionsOf(dependencies, user);
    expect(
      list.map(({ userAgent, address, lastUsedAt }) => [userAgent, address, clock.time - lastUsedAt]),
    ).toEqual([
      ['Firefox', '192.0.2.1', 0],
      ['Safari', '192.0.2.1', 6 * minute],
      ['Chrome', '192.0.2.1', 7 * minute],
    ]);
    expect(JSON.stringify(list)).not.toContain('Hash');
  });

  it('is that of one, for changes at once and for reads when its access token ends', async () => {
    const { table, dependencies, clock, user, browsers, whoIsIn } = await threeBrowsers();
    const session = (await browsers[1].read())?.session;
    if (session === undefined) {
      throw new Error('not signed in');
    }
    const other = browsers[1].copy();
    expect(await endSession(dependencies, user, session, { address: '192.0.2.9', userAgent: 'x' })).toBe(
      true,
    );
    expect(await endSession(dependencies, user, session)).toBe(false);
    expect(await whoIsIn()).toEqual([true, false, true]);
    clock.time += 5 * minute;
    expect(await other.read()).toBeUndefined();
    expect(await signInLog(table, 10)).toMatchObject([
      { act: 'signed-out', user, session, address: '192.0.2.9' },
    ]);
  });

  it('is that of all others, or of all', async () => {
    const { dependencies, user, browsers, whoIsIn } = await threeBrowsers();
    const mine = await browsers[0].read();
    if (mine === undefined) {
      throw new Error('not signed in');
    }
    expect(await endOtherSessions(dependencies, mine)).toBe(2);
    expect(await whoIsIn()).toEqual([true, false, false]);
    expect(await endAllSessions(dependencies, user)).toBe(1);
    expect(await whoIsIn()).toEqual([false, false, false]);
  });

  it('takes any number of them, since earlier versions had no limit', async () => {
    const { dependencies, user } = await threeBrowsers();
    const [known] = await sessionsOfUser(dependencies.table, user);
    for (let count = 0; count < 200; count++) {
      const id = asId<SessionId>(`old${count}`);
      await dependencies.table.transact(addSession({ ...(known as Session), id }));
    }
    expect(await endAllSessions(dependencies, user)).toBe(203);
    expect(await sessionsOf(dependencies, user)).toEqual([]);
  });

  it('is that of the one which was not used for longest, where a person would have more than 100', async () => {
    const { dependencies, clock, user, browsers, whoIsIn } = await threeBrowsers();
    for (let count = 3; count < sessionsMax; count++) {
      await browsers[2].copy().signIn(user);
    }
    clock.time += 6 * minute;
    await browsers[0].read();
    const signIns = Array.from({ length: 3 }, () => browsers[2].copy().signIn(user));
    await Promise.all(signIns);
    expect(await sessionsOf(dependencies, user)).toHaveLength(sessionsMax);
    expect((await whoIsIn())[0]).toBe(true);
    const ended = (await signInLog(dependencies.table, 10)).filter(({ act }) => act === 'ended-by-limit');
    expect(ended).toHaveLength(3);
  });
});

describe("a form's token", () => {
  it('is of one session, and counts as long as that', async () => {
    const { dependencies, clock, user, browser, signedIn } = await signedInBench();
    const token = await formTokenFor(dependencies, signedIn.session);
    const other = await browser.signIn(user);
    expect(await isFormToken(dependencies, other.session, token)).toBe(false);
    for (const forged of ['', '.', token.slice(0, -1), `${token}x`, token.replace(/^\d+/, '1')]) {
      expect(await isFormToken(dependencies, signedIn.session, forged)).toBe(false);
    }
    clock.time += 89 * day;
    expect(await isFormToken(dependencies, signedIn.session, token)).toBe(true);
  });
});
