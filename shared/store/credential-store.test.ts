import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  access,
  connection,
  createBench,
  Death,
  failure,
  minuteMs,
  whenStoring,
} from '../../test/support/credential-bench.ts';
import { lifeMs, type RefreshManner, TokenPair } from '../../test/support/token-forge.ts';
import { asId, type ConnectionId } from '../domain/ids.ts';
import { type Credential, exchangeMaxMs, isDue, isUsable, readyCredential } from '../forge/credential.ts';
import { ForgeError } from '../forge/errors.ts';
import { CipherError } from '../runtime/cipher.ts';
import { removeCredential } from './connection-credentials.ts';
import { createCredentialSource, storeCredential } from './credential-store.ts';
import { keys, tableKeys } from './keys.ts';

describe('a credential', () => {
  test('is stored encrypted, with nothing in clear text and no attribute that lets the table delete it', async () => {
    const { table, item } = await createBench();
    const all = JSON.stringify([...table.dump()]);
    expect(all).not.toMatch(/access-1|refresh-1/);
    expect(Object.keys((await item()) ?? {})).not.toContain(tableKeys.expiry);
    expect(await item()).toMatchObject({ pk: 'CONNECTION#c1', sk: 'CREDENTIAL', version: 1 });
  });

  test('is not printed', async () => {
    const { worker } = await createBench();
    const credential = await worker().current();
    expect(credential.secret.reveal()).toEqual({ access: 'access-1', refresh: 'refresh-1' });
    expect(inspect(credential, { depth: 9, showHidden: true })).not.toMatch(/access-1|refresh-1/);
    expect(JSON.stringify(credential)).not.toMatch(/access-1|refresh-1/);
  });

  test("is not printed by the error when it does not match its adapter's schema", async () => {
    const { dependencies } = await createBench();
    const other = z.object({ access: z.literal('something else') });
    const failed = createCredentialSource(dependencies, connection, other).current();
    const error = await failed.catch((reason: unknown) => reason);
    expect(String(error)).toContain('does not match');
    expect(inspect(error, { depth: 9 })).not.toMatch(/access-1|refresh-1/);
  });

  test('is useless in the item of another connection', async () => {
    const { dependencies, table, item } = await createBench();
    const other = asId<ConnectionId>('c2');
    await table.transact([{ put: keys.credential(other), item: (await item()) ?? {} }]);
    const stolen = createCredentialSource(dependencies, other, TokenPair).current();
    await expect(stolen).rejects.toThrow(CipherError);
  });

  test('counts as rejected when it is missing', async () => {
    const { table, worker, forge } = await createBench();
    const first = await worker().current();
    await table.transact([removeCredential(connection)]);
    const source = worker();
    expect(await failure(source.current())).toMatchObject({ code: 'credential-rejected' });
    expect(await failure(source.rotate(forge.exchange, first))).toMatchObject({
      code: 'credential-rejected',
    });
    expect(forge.exchanges).toBe(0);
  });

  test('is replaced, with its state and any renewal under way, when its owner gives a new one', async () => {
    const { dependencies, forge, worker } = await createBench();
    const first = await worker().current();
    await worker().reject('credential-rejected', first);
    const source = worker();
    const late = await source.rotate(async (outdated) => {
      await storeCredential(dependencies, connection, forge.issue());
      return forge.exchange(outdated);
    }, first);
    expect(access(late)).toBe('access-2');
    expect(access(await worker().current())).toBe('access-2');
  });
});

describe('when to renew', () => {
  const hours = 3600_000;
  test.each([
    ['a token of two hours', 2 * hours, 1 * hours],
    ['a token of a year', 365 * 24 * hours, (365 - 7) * 24 * hours],
  ])('%s', (_, life, due) => {
    const token = { issuedAt: 1000, validUntil: 1000 + life };
    expect(isDue(token, 1000 + due - 1)).toBe(false);
    expect(isDue(token, 1000 + due)).toBe(true);
    expect(isUsable(token, 1000 + due)).toBe(true);
    expect(isUsable(token, 1000 + life - minuteMs)).toBe(false);
  });

  test('never, without an expiry', () => {
    const token = { issuedAt: 1000, validUntil: undefined };
    expect(isDue(token, Number.MAX_SAFE_INTEGER)).toBe(false);
    expect(isUsable(token, Number.MAX_SAFE_INTEGER)).toBe(true);
  });

  test('is decided before a read begins', async () => {
    const { forge, worker, clock, grow } = await createBench();
    expect(access(await readyCredential(worker(), forge.exchange, clock.now()))).toBe('access-1');
    await grow();
    expect(access(await readyCredential(worker(), forge.exchange, clock.now()))).toBe('access-2');
    expect(access(await worker().current())).toBe('access-2');
    expect(forge.exchanges).toBe(1);
  });
});

describe('R30: two workers at once', () => {
  test.each([2, 20])('make one exchange if there are %i of them', async (count) => {
    const { forge, worker, clock, grow } = await createBench();
    await grow();
    const got = await Promise.all(
      Array.from({ length: count }, () => readyCredential(worker(), forge.exchange, clock.now())),
    );
    expect(forge.exchanges).toBe(1);
    expect(new Set(got.map(access))).toEqual(new Set(['access-1', 'access-2']));
    expect(got.every((credential) => forge.takes(credential))).toBe(true);
  });

  test('let the second continue with the old value until the new one is stored', async () => {
    const { forge, worker, grow } = await createBench();
    const first = await grow();
    const other = worker();
    let meanwhile: Credential<TokenPair> | undefined;
    await worker().rotate(async (outdated) => {
      meanwhile = await other.rotate(forge.exchange, first);
      return forge.exchange(outdated);
    }, first);
    expect(meanwhile && access(meanwhile)).toBe('access-1');
    expect(access(await other.rotate(forge.exchange, first))).toBe('access-2');
    expect(forge.exchanges).toBe(1);
  });

  test.each([
    ['has expired', lifeMs, {}],
    ['is refused', lifeMs / 2, { isRefused: true }],
  ])('tell the second when to retry if the old value %s', async (_, passed, options) => {
    const { forge, worker, clock } = await createBench();
    const first = await worker().current();
    clock.time += passed;
    let meanwhile: unknown;
    await worker().rotate(async (outdated) => {
      meanwhile = await failure(worker().rotate(forge.exchange, first, options));
      return forge.exchange(outdated);
    }, first);
    expect(meanwhile).toEqual({ code: 'unavailable', notBefore: clock.now() + 5000 });
    expect(forge.exchanges).toBe(1);
  });

  test('ask for a refused one each hour and then each day while the old value is good, and at once when it ends', async () => {
    const { forge, worker, clock, dependencies } = await createBench();
    const weekMs = 7 * 24 * 60 * minuteMs;
    const validUntil = clock.now() + weekMs;
    await storeCredential(dependencies, connection, { ...forge.issue(), validUntil });
    forge.revoke();
    const first = await worker().current();
    const asked: number[] = [];
    for (; clock.time < validUntil - 2 * minuteMs; clock.time += 5 * minuteMs) {
      const before = forge.exchanges;
      expect(access(await worker().rotate(forge.exchange, first))).toBe(access(first));
      if (forge.exchanges > before) asked.push(clock.time);
    }
    const gaps = asked.map((at, place) => Math.floor((at - (asked[place - 1] ?? at)) / (60 * minuteMs)));
    expect(gaps).toEqual([0, ...Array(23).fill(1), ...Array(5).fill(24)]);
    clock.time = validUntil;
    expect(await failure(worker().rotate(forge.exchange, first))).toMatchObject({
      code: 'credential-rejected',
    });
    expect(forge.exchanges).toBe(asked.length + 1);
  });

  test("keep the forge's answer of a slow one although the other has taken over", async () => {
    const { forge, worker, clock, grow } = await createBench('strict');
    const first = await grow();
    const slow = await worker().rotate(async (outdated) => {
      const issued = await forge.exchange(outdated);
      clock.time += exchangeMaxMs + 1;
      // The other sends a spent refresh token; its old access token is still valid.
      expect(access(await worker().rotate(forge.exchange, first))).toBe('access-1');
      return issued;
    }, first);
    expect(access(slow)).toBe('access-2');
    expect(access(await worker().current())).toBe('access-2');
  });

  test('do not overwrite a newer value with a late store of an old renewal', async () => {
    const { forge, worker, clock, grow } = await createBench('grace');
    const first = await grow();
    const late = await worker().rotate(async (outdated) => {
      const issued = await forge.exchange(outdated);
      clock.time += exchangeMaxMs + 1;
      expect(access(await worker().rotate(forge.exchange, first))).toBe('access-3');
      return issued;
    }, first);
    expect(access(late)).toBe('access-3');
    expect(access(await worker().current())).toBe('access-3');
  });

  test('do not harm a newer value by a late rejection', async () => {
    const { forge, worker, clock, grow } = await createBench('strict');
    const first = await grow();
    const late = await worker().rotate(async (outdated) => {
      clock.time += exchangeMaxMs + 1;
      await worker().rotate(forge.exchange, first);
      return forge.exchange(outdated);
    }, first);
    expect(access(late)).toBe('access-2');
    expect(access(await worker().current())).toBe('access-2');
    expect(forge.exchanges).toBe(2);
  });
});

describe.each<RefreshManner>(['strict', 'grace', 'at-successor'])(
  'a worker dies at a forge that is %s',
  (manner) => {
    test('before the exchange: the next worker makes it after the lease', async () => {
      const { forge, worker, clock, grow } = await createBench(manner);
      const first = await grow();
      await expect(worker().rotate(() => Promise.reject(new Death()), first)).rejects.toThrow(Death);
      expect(access(await worker().rotate(forge.exchange, first))).toBe('access-1');
      expect(forge.exchanges).toBe(0);
      clock.time += exchangeMaxMs + 1;
      expect(access(await worker().rotate(forge.exchange, first))).toBe('access-2');
      expect(access(await worker().current())).toBe('access-2');
    });

    test('after storing: the value is there', async () => {
      const bench = await createBench(manner);
      const { forge, worker, grow } = bench;
      const first = await grow();
      const dying = whenStoring(bench, async (_, write) => {
        await write();
        throw new Death();
      });
      // The client repeats the write and conflicts with its own first attempt.
      expect(access(await worker(dying).rotate(forge.exchange, first))).toBe('access-2');
      expect(access(await worker().current())).toBe('access-2');
    });
  },
);

describe('a worker dies between exchange and storing', () => {
  async function dieInBetween(manner: RefreshManner) {
    const bench = await createBench(manner);
    const first = await bench.grow();
    bench.forge.beforeAnswer = () => {
      bench.forge.beforeAnswer = () => {};
      throw new Death();
    };
    await expect(bench.worker().rotate(bench.forge.exchange, first)).rejects.toThrow(Death);
    bench.clock.time += exchangeMaxMs + 1;
    return bench;
  }

  test.each<RefreshManner>(['grace', 'at-successor'])(
    'and the forge (%s) accepts the old refresh token again',
    async (manner) => {
      const { forge, worker, clock } = await dieInBetween(manner);
      const second = await readyCredential(worker(), forge.exchange, clock.now());
      expect(access(second)).toBe('access-3');
      expect(forge.takes(second)).toBe(true);
      expect(access(await worker().current())).toBe('access-3');
    },
  );

  test('and a strict forge does not: the access token is used until it expires, then the credential is rejected', async () => {
    const { forge, worker, clock } = await dieInBetween('strict');
    const end = (await worker().current()).validUntil ?? 0;
    for (; clock.now() < end - minuteMs; clock.time += minuteMs) {
      const credential = await readyCredential(worker(), forge.exchange, clock.now());
      expect(access(credential)).toBe('access-1');
      expect(forge.takes(credential)).toBe(true);
    }
    // One worker asks once in five minutes.
    expect(forge.exchanges).toBeLessThan(lifeMs / 2 / minuteMs / 4);
    clock.time = end;
    for (const _ of [1, 2]) {
      expect(await failure(readyCredential(worker(), forge.exchange, clock.now()))).toMatchObject({
        code: 'credential-rejected',
      });
    }
    clock.time += 10 * minuteMs;
    expect(await failure(readyCredential(worker(), forge.exchange, clock.now()))).toMatchObject({
      code: 'credential-rejected',
    });
  });
});

describe('failures during a renewal', () => {
  test('of the key service: the forge is not asked, and others may try', async () => {
    const { forge, worker, dataKeys, grow } = await createBench();
    const first = await grow();
    dataKeys.before = () => {
      throw new Error('no key service');
    };
    await expect(worker().rotate(forge.exchange, first)).rejects.toThrow('no key service');
    expect(forge.exchanges).toBe(0);
    dataKeys.before = () => {};
    expect(access(await worker().rotate(forge.exchange, first))).toBe('access-2');
  });

  test('of the write of the new value: it is repeated', async () => {
    const bench = await createBench();
    const { forge, worker, grow } = bench;
    const first = await grow();
    let failures = 2;
    const failingOnce = whenStoring(bench, () => {
      if (failures-- > 0) {
        throw new Error('the table does not answer');
      }
    });
    expect(access(await worker(failingOnce).rotate(forge.exchange, first))).toBe('access-2');
    expect(access(await worker().current())).toBe('access-2');
    expect(forge.exchanges).toBe(1);
  });

  test('of the forge: the old value stays in use, and the next try waits', async () => {
    const { forge, worker, clock, grow } = await createBench();
    const first = await grow();
    const notBefore = clock.now() + 20 * minuteMs;
    let tries = 0;
    const limited = async (): Promise<never> => {
      tries += 1;
      throw new ForgeError('rate-limited', 'too many requests', { notBefore });
    };
    for (const _ of [1, 2]) {
      expect(access(await worker().rotate(limited, first))).toBe('access-1');
    }
    expect(tries).toBe(1);
    expect(await failure(worker().rotate(limited, first, { isRefused: true }))).toEqual({
      code: 'unavailable',
      notBefore,
    });
    clock.time = notBefore + 1;
    expect(access(await worker().rotate(forge.exchange, first))).toBe('access-2');
  });

  test("of the forge, after the old value expired: the forge's own error", async () => {
    const { worker, clock, grow } = await createBench();
    const first = await grow();
    clock.time += lifeMs;
    const down = async (): Promise<never> => {
      throw new ForgeError('unavailable', 'bad gateway');
    };
    expect(await failure(worker().rotate(down, first))).toMatchObject({ code: 'unavailable' });
    expect(await failure(worker().rotate(down, first))).toEqual({
      code: 'unavailable',
      notBefore: clock.now() + minuteMs,
    });
  });
});

describe('a rejected credential', () => {
  test('is rejected for all workers, and tried again some minutes later', async () => {
    const { worker, clock } = await createBench();
    const first = await worker().current();
    expect(await worker().reject('insufficient-scope', first)).toMatchObject({ code: 'insufficient-scope' });
    expect(await failure(worker().current())).toMatchObject({ code: 'insufficient-scope' });
    clock.time += 5 * minuteMs;
    expect(access(await worker().current())).toBe('access-1');
  });

  test('is rejected for its own value only', async () => {
    const { forge, worker, grow } = await createBench();
    const first = await grow();
    await worker().rotate(forge.exchange, first);
    expect(await worker().reject('credential-rejected', first)).toMatchObject({ code: 'unavailable' });
    expect(access(await worker().current())).toBe('access-2');
  });

  test('is no evidence while another worker renews it: some forges invalidate the old value at once', async () => {
    const { forge, worker, clock, grow } = await createBench();
    const first = await grow();
    let meanwhile: unknown;
    await worker().rotate(async (outdated) => {
      const issued = await forge.exchange(outdated);
      meanwhile = await worker().reject('credential-rejected', first);
      return issued;
    }, first);
    expect(meanwhile).toMatchObject({ code: 'unavailable', notBefore: clock.now() + 5000 });
    expect(access(await worker().current())).toBe('access-2');
  });
});

describe('a read-only reader', () => {
  test('continues with the current value, and leaves renewing to others', async () => {
    const { forge, worker, view, clock, table, grow } = await createBench();
    const first = await grow();
    const before = JSON.stringify([...table.dump()]);
    expect(access(await readyCredential(view(), forge.exchange, clock.now()))).toBe('access-1');
    expect(await view().reject('credential-rejected', first)).toMatchObject({ code: 'credential-rejected' });
    expect(await failure(view().rotate(forge.exchange, first, { isRefused: true }))).toMatchObject({
      code: 'unavailable',
    });
    expect(JSON.stringify([...table.dump()])).toBe(before);
    await worker().rotate(forge.exchange, first);
    expect(access(await view().rotate(forge.exchange, first))).toBe('access-2');
    clock.time += lifeMs;
    expect(await failure(readyCredential(view(), forge.exchange, clock.now()))).toMatchObject({
      code: 'unavailable',
    });
    expect(forge.exchanges).toBe(1);
  });
});
