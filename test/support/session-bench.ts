/** Sessions in memory, with a clock that steps, a user, and browsers that keep what they are told to keep. */
import { randomBytes } from 'node:crypto';
import { asId, type ForgeAccountId, newId, type UserId } from '../../shared/domain/ids.ts';
import { createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import { readSession, sessionCookies, startSession } from '../../shared/sessions/session.ts';
import { type Account, makeUser } from '../../shared/store/user-store.ts';
import { createMemoryDataKeys } from './memory-data-keys.ts';
import { createMemoryTable } from './memory-table.ts';

export const minute = 60_000;
export const day = 24 * 60 * minute;

export const accountOf = (id: string): Account => ({
  forge: 'toy',
  baseUrl: 'https://toy.test',
  account: asId<ForgeAccountId>(id),
});

export function createSessionBench() {
  const clock = { time: Date.parse('2026-11-27T12:00:00Z'), now: () => clock.time };
  const table = createMemoryTable();
  const dependencies = { table, cipher: createEnvelopeCipher(createMemoryDataKeys()), clock, randomBytes };
  return {
    clock,
    table,
    dependencies,
    async user(account = '1', login = 'ann'): Promise<UserId> {
      const user = newId<UserId>(randomBytes);
      await table.transact(makeUser(user, accountOf(account), login, clock.now()));
      return user;
    },
    browser: (name = 'Firefox') => createBrowser(dependencies, name),
  };
}
export type SessionBench = ReturnType<typeof createSessionBench>;

/** For `readSession`. */
export const admitsEverybody = async (): Promise<string | undefined> => undefined;

/** Keeps cookies as https://www.rfc-editor.org/rfc/rfc6265 says, of one host. */
function createBrowser(dependencies: SessionBench['dependencies'], userAgent: string) {
  const kept = new Map<string, { value: string; until: number }>();
  const origin = { address: '192.0.2.1', userAgent };
  const cookies = (): ReadonlyMap<string, string> =>
    new Map(
      [...kept]
        .filter(([, { until }]) => until > dependencies.clock.now())
        .map(([name, { value }]) => [name, value]),
    );
  const browser = {
    cookies,
    keep(setCookies: readonly string[]) {
      for (const text of setCookies) {
        const [, name = '', value = '', maxAge] = /^([^=]+)=([^;]*);.*Max-Age=(\d+)/.exec(text) ?? [];
        kept.set(name, { value, until: dependencies.clock.now() + Number(maxAge) * 1000 });
      }
    },
    /** Another browser with the same cookies. */
    copy() {
      const other = createBrowser(dependencies, userAgent);
      for (const [name, value] of cookies()) {
        other.keep([`${name}=${value}; Max-Age=999999`]);
      }
      return other;
    },
    async signIn(user: UserId) {
      const { signedIn, setCookies } = await startSession(dependencies, {
        user,
        authenticatedAt: dependencies.clock.now(),
        ...origin,
      });
      browser.keep(setCookies);
      return signedIn;
    },
    /** @returns who the browser is for us */
    async read({ isChange = false, findRefusal = admitsEverybody } = {}) {
      const { signedIn, setCookies } = await readSession(dependencies, cookies(), {
        isChange,
        origin,
        findRefusal,
      });
      browser.keep(setCookies);
      return signedIn;
    },
    /** Only the refresh token is left. */
    dropAccess: () => void kept.delete(sessionCookies.access),
  };
  return browser;
}
