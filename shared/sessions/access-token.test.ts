import { randomBytes } from 'node:crypto';
import { type JWTHeaderParameters, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createMemoryDataKeys } from '../../test/support/memory-data-keys.ts';
import { createSessionBench, day, minute } from '../../test/support/session-bench.ts';
import { asId } from '../domain/ids.ts';
import { createEnvelopeCipher } from '../runtime/cipher.ts';
import { keys } from '../store/keys.ts';
import { readAccessToken, signAccessToken } from './access-token.ts';
import { currentKey, keyNamed } from './session-keys.ts';

const signedIn = { user: asId<never>('ann'), session: asId<never>('s1'), authenticatedAt: 1_000_000 };

describe('an access token', () => {
  it('is read while it lives, which is five minutes', async () => {
    const { dependencies, clock } = createSessionBench();
    const token = await signAccessToken(dependencies, signedIn);
    clock.time += 5 * minute - 1000;
    expect(await readAccessToken(dependencies, token)).toEqual(signedIn);
    clock.time += 1000;
    expect(await readAccessToken(dependencies, token)).toBeUndefined();
  });

  it('of another key, algorithm, type or use is none', async () => {
    const { dependencies, clock } = createSessionBench();
    const { id, bytes } = await currentKey(dependencies, 'access-token');
    const forms = await currentKey(dependencies, 'form-token');
    const good: JWTHeaderParameters = { alg: 'HS256', typ: 'session+jwt', kid: id };
    const now = Math.floor(clock.now() / 1000);
    const claims = { sub: 'ann', sid: 's1', auth_time: 1000, iat: now, exp: now + 300 };
    const by = (header: JWTHeaderParameters, key: Uint8Array, payload: object = claims): Promise<string> =>
      new SignJWT({ ...payload }).setProtectedHeader(header).sign(key);
    expect(await readAccessToken(dependencies, await by(good, bytes))).toEqual(signedIn);

    const [header = '', payload = '', signature = ''] = (await by(good, bytes)).split('.');
    const asHeader = (fields: object): string => Buffer.from(JSON.stringify(fields)).toString('base64url');
    const { exp: _, ...endless } = claims;
    const forged = [
      await by(good, randomBytes(32)),
      await by(good, forms.bytes),
      await by({ ...good, kid: String(Number(id) - 1) }, bytes),
      await by({ ...good, kid: `${id}.0` }, bytes),
      await by({ alg: 'HS256', typ: 'session+jwt' }, bytes),
      await by({ ...good, typ: 'JWT' }, bytes),
      await by({ ...good, alg: 'HS512' }, bytes),
      await by(good, bytes, endless),
      new UnsecuredJWT(claims).encode(),
      `${asHeader({ ...good, alg: 'none' })}.${payload}.`,
      `${asHeader({ ...good, alg: 'RS256' })}.${payload}.${signature}`,
      `${header}.${asHeader({ ...claims, sub: 'eve' })}.${signature}`,
      `${header}.${payload}.`,
      '',
      'x',
    ];
    for (const token of forged) {
      expect(await readAccessToken(dependencies, token), token).toBeUndefined();
    }
  });

  it('says nothing when the keys cannot be read: that is no sign-out', async () => {
    const { dependencies } = createSessionBench();
    const token = await signAccessToken(dependencies, signedIn);
    const table = { ...dependencies.table, get: () => Promise.reject(new Error('no table')) };
    await expect(readAccessToken({ ...dependencies, table }, token)).rejects.toThrow('no table');
  });
});

describe('the keys of sessions', () => {
  /** As another process has it, which knows no key yet. */
  const elsewhere = <T extends { table: object }>(dependencies: T): T => ({
    ...dependencies,
    table: { ...dependencies.table },
  });

  it('change every 30 days, and an earlier one verifies as long as what it signed can live', async () => {
    const { dependencies, clock } = createSessionBench();
    const first = await currentKey(dependencies, 'form-token');
    clock.time += 30 * day;
    const second = await currentKey(dependencies, 'form-token');
    expect(second.id).not.toBe(first.id);
    expect(second.bytes).not.toEqual(first.bytes);
    clock.time += 60 * day;
    expect(await keyNamed(elsewhere(dependencies), first.id, 'form-token')).toEqual(first);
    clock.time += 30 * day;
    expect(await keyNamed(elsewhere(dependencies), first.id, 'form-token')).toBeUndefined();
  });

  it('sign nobody out when they change', async () => {
    const { dependencies, clock, ...bench } = createSessionBench();
    const browser = bench.browser();
    const period = 30 * day;
    clock.time = Math.ceil(clock.time / period) * period - minute;
    const before = await browser.signIn(await bench.user());
    clock.time += 2 * minute;
    expect(await browser.read()).toEqual(before);
    const tab = browser.copy();
    tab.dropAccess();
    await tab.read();
    browser.dropAccess();
    expect(await browser.read()).toEqual(before);
  });

  it('are the same for workers who make one at once', async () => {
    const { dependencies } = createSessionBench();
    const [one, other] = await Promise.all([
      currentKey(elsewhere(dependencies), 'access-token'),
      currentKey(elsewhere(dependencies), 'access-token'),
    ]);
    expect(one).toEqual(other);
  });

  it('lie in the table encrypted, each for its period', async () => {
    const { dependencies, table, clock } = createSessionBench();
    await currentKey(dependencies, 'access-token');
    const [item] = await table.query('SESSIONKEYS', '');
    clock.time += 30 * day;
    const { id } = await currentKey(dependencies, 'access-token');
    await table.transact([{ put: keys.sessionKey(Number(id)), item: { encrypted: item?.encrypted } }]);
    await expect(keyNamed(elsewhere(dependencies), id, 'access-token')).rejects.toThrow('context');
    const cipher = createEnvelopeCipher(createMemoryDataKeys());
    await expect(keyNamed({ ...elsewhere(dependencies), cipher }, id, 'access-token')).rejects.toThrow(
      'context',
    );
  });
});
