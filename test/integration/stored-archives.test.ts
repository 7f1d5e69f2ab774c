/** Archives of stable versions are stored before anybody asks for them, with what is left of the code host's budget. */
import { describe, expect, it } from 'vitest';
import { ForgeError, type ForgeErrorCode } from '../../shared/forge/errors.ts';
import { describeOrganization } from '../../shared/organizations/describe-organization.ts';
import { setArchives } from '../../shared/organizations/set-archives.ts';
import { findArchives } from '../../shared/store/archives-store.ts';
import { type Key, keys } from '../../shared/store/keys.ts';
import { findPackage } from '../../shared/store/package-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { commitOf } from '../support/memory-contents.ts';
import { aFact } from '../support/memory-forge.ts';
import { createRegistry, memoryServices, type Registry, settled } from '../support/registry-fixture.ts';
import { owner } from '../support/scanned.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

const hourMs = 3600_000;
/** What people install first after an import is asked for and built before. */
const afterImportMs = 15 * 60_000;

/** Three packages; the commit of a version is told by its first digits. */
const packages: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  5: { '1.0.0': '51', '1.1.0': '52', '2.0.0': '53', '3.0.0-beta1': '54' },
  6: { '1.0.0': '61', '1.1.0': '62', '2.0.0': '63' },
  7: { '1.0.0': '71', '1.1.0': '72', '2.0.0': '73' },
};

/** Imported; no archive is stored. `asked`: the first digits of the commits whose archives the code host was asked for. */
async function imported(given: Partial<ReturnType<typeof memoryServices>> = {}) {
  const ids = Object.keys(packages).map(Number);
  const registry = await createRegistry({ ...memoryServices(), ...given }, [
    ...owner,
    ...ids.map((id) => aFact.repository(id)),
  ]);
  for (const id of ids) {
    registry.contents.set(id, {
      name: `acme/p${id}`,
      tags: packages[id] ?? {},
      branches: { main: `${id}9` },
    });
  }
  await settled(registry);
  const asked: string[] = [];
  registry.beforeContents = (what, commit) => {
    if (what === 'archive') asked.push(commit.slice(0, 2));
  };
  return { registry, asked };
}

const schedule = ({ table, workQueue, clock }: Registry) =>
  reconcile({ table, workQueue, clock, logger: { info: () => {}, warn: () => {}, error: () => {} } });

/** The first one ends the import. */
async function scheduleTwice(registry: Registry): Promise<void> {
  await schedule(registry);
  await registry.settle();
  await registry.clock.advance(afterImportMs);
  await schedule(registry);
}

const progress = async ({ table, organization, clock }: Registry) =>
  (await describeOrganization(table, organization, clock.now())).synchronizations[0]?.archives;

const set = async (registry: Registry, store: boolean): Promise<void> => {
  const found = await findSynchronization(registry.table, synchronizationId);
  if (found === undefined) throw new Error('there is no synchronization');
  const accountable = { by: 'olga', why: '', actor: { kind: 'operator', id: 'olga', name: 'olga' } } as const;
  await setArchives({ ...registry, randomBytes: () => new Uint8Array(8) }, found, store, accountable);
};

describe('archives of stable versions', () => {
  it('are stored after the import, the highest versions of every package first, and betas on request', async () => {
    const { registry, asked } = await imported();
    await schedule(registry);
    await registry.settle();
    expect(asked).toEqual([]);
    expect(await progress(registry)).toEqual({ stored: 0, wanted: 0, unavailable: 0, packagesLeft: 3 });
    await registry.clock.advance(afterImportMs - 60_000);
    await schedule(registry);
    await registry.settle();
    expect(asked).toEqual([]);
    await registry.clock.advance(60_000);
    await schedule(registry);
    expect(await registry.settle()).toBe(0);
    expect(asked).toEqual(['53', '63', '73', '52', '51', '62', '61', '72', '71']);
    expect(await progress(registry)).toEqual({ stored: 9, wanted: 9, unavailable: 0, packagesLeft: 0 });
    expect([...(await registry.published()).objects.keys()]).toContain(`acme/1/${commitOf('53')}.zip`);
    // They are what clients get, without a request to the code host.
    asked.length = 0;
    expect(await registry.fetch(1, commitOf('53'))).toMatchObject({ status: 307 });
    expect(asked).toEqual([]);
  });

  it('are looked at once a day when all are there, with a read for each 25 packages', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    await registry.settle();
    asked.length = 0;
    registry.handled.length = 0;
    for (let hour = 0; hour < 23; hour++) {
      await registry.clock.advance(hourMs);
      await schedule(registry);
      await registry.settle();
    }
    const turns = () => registry.handled.filter(({ message }) => isTurn(message)).length;
    expect(turns()).toBe(0);
    await registry.clock.advance(hourMs);
    await schedule(registry);
    await registry.settle();
    expect(turns()).toBe(1);
    expect(asked).toEqual([]);
  });

  it('are stored of a package that is imported later, and of no other one again', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    await registry.settle();
    asked.length = 0;
    registry.contents.set(8, { name: 'acme/p8', tags: { '1.0.0': '81' }, branches: { main: '89' } });
    await registry.change([...registry.forge.facts, aFact.repository(8)], 'repositories');
    await registry.settle();
    await registry.clock.advance(afterImportMs);
    await schedule(registry);
    await registry.settle();
    expect(asked).toEqual(['81']);
  });

  it('are not stored while an owner has switched that off, and at once when he switches it on', async () => {
    const { registry, asked } = await imported();
    await set(registry, false);
    await scheduleTwice(registry);
    await registry.settle();
    expect(asked).toEqual([]);
    expect(await progress(registry)).toBeUndefined();
    await set(registry, true);
    expect(await registry.settle()).toBe(0);
    expect(asked).toHaveLength(9);
  });

  it('end with the one that is being stored when an owner switches that off', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    registry.beforeContents = async (what, commit) => {
      if (what !== 'archive') return;
      asked.push(commit.slice(0, 2));
      // As long as a turn may take, so that others have theirs.
      await registry.clock.advance(31_000);
      if (asked.length === 2) await set(registry, false);
    };
    await registry.settle();
    expect(asked).toEqual(['53', '63']);
    expect(await findArchives(registry.table, synchronizationId)).not.toHaveProperty('pass');
  });
});

const isTurn = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'archives';

describe('the storing of archives', () => {
  it('gives way after half a minute, and goes on where it was', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    registry.handled.length = 0;
    registry.beforeContents = async (what, commit) => {
      if (what !== 'archive') return;
      asked.push(commit.slice(0, 2));
      await registry.clock.advance(11_000);
    };
    expect(await registry.settle()).toBe(0);
    expect(asked).toEqual(['53', '63', '73', '52', '51', '62', '61', '72', '71']);
    // Three archives a turn, one more for what the passes end with.
    expect(registry.handled.filter(({ message }) => isTurn(message)).length).toBeGreaterThanOrEqual(3);
    expect(registry.handled.filter(({ message }) => isTurn(message)).length).toBeLessThanOrEqual(6);
  });

  it('goes on after its worker died, and after its message was lost', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    let isDead = false;
    registry.beforeContents = (what, commit) => {
      if (what !== 'archive') return;
      asked.push(commit.slice(0, 2));
      if (asked.length === 2 && !isDead) {
        isDead = true;
        throw new Error('killed');
      }
    };
    await registry.drain();
    registry.loseMessages();
    await registry.settle();
    // The one that it died with once more, and no other.
    expect(asked.toSorted()).toEqual(['51', '52', '53', '61', '62', '63', '63', '71', '72', '73']);
    expect(await progress(registry)).toMatchObject({ stored: 9, wanted: 9 });
  });

  it('leaves a package whose limit is met to later, and waits when every one is refused', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    const start = registry.clock.now();
    let until = start + 40 * 60_000;
    const refused: string[] = [];
    registry.beforeContents = (what, commit) => {
      if (what !== 'archive') return;
      if (registry.clock.now() < until) {
        refused.push(commit.slice(0, 2));
        throw new ForgeError('rate-limited', 'wait', { notBefore: until });
      }
      asked.push(commit.slice(0, 2));
    };
    await registry.drain();
    expect(refused).toEqual(['53', '63', '73']);
    await registry.settle();
    // Nothing is asked before that time; a limit of one project keeps no other from being served.
    expect(refused).toEqual(['53', '63', '73']);
    expect(asked.sort()).toEqual(['51', '52', '53', '61', '62', '63', '71', '72', '73']);
    expect(registry.clock.now()).toBeGreaterThan(until);
    until = 0;
  });

  it('stores what it can while one package is limited', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    const until = registry.clock.now() + 60_000;
    registry.beforeContents = (what, commit) => {
      if (what !== 'archive') return;
      if (commit.startsWith('6') && registry.clock.now() < until) {
        throw new ForgeError('rate-limited', 'wait', { notBefore: until });
      }
      asked.push(commit.slice(0, 2));
    };
    await registry.settle();
    expect(asked.slice(0, 2)).toEqual(['53', '73']);
    expect(asked).toHaveLength(9);
  });

  it.each<ForgeErrorCode>(['unavailable', 'not-found', 'incomplete'])(
    'tries an archive again the next day that the code host fails with %s',
    async (code) => {
      const { registry, asked } = await imported();
      await scheduleTwice(registry);
      registry.beforeContents = (what, commit) => {
        if (what !== 'archive') return;
        asked.push(commit.slice(0, 2));
        if (commit.startsWith('52')) throw new ForgeError(code, 'no');
      };
      await registry.settle();
      expect(asked.filter((one) => one === '52')).toHaveLength(1);
      expect(await progress(registry)).toEqual({ stored: 8, wanted: 9, unavailable: 1, packagesLeft: 0 });
      registry.beforeContents = (what, commit) => {
        if (what === 'archive') asked.push(commit.slice(0, 2));
      };
      asked.length = 0;
      await registry.clock.advance(24 * hourMs);
      await schedule(registry);
      await registry.settle();
      expect(asked).toEqual(['52']);
      expect(await progress(registry)).toEqual({ stored: 9, wanted: 9, unavailable: 0, packagesLeft: 0 });
    },
  );

  it('pauses when the code host fails three in a row', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    const start = registry.clock.now();
    registry.beforeContents = (what, commit) => {
      if (what !== 'archive') return;
      asked.push(commit.slice(0, 2));
      if (registry.clock.now() < start + 60_000) throw new ForgeError('unavailable', 'no');
    };
    await registry.drain();
    expect(asked).toEqual(['53', '63', '73']);
    await registry.settle();
    expect(registry.clock.now()).toBeGreaterThanOrEqual(start + 15 * 60_000);
    expect(await progress(registry)).toEqual({ stored: 6, wanted: 9, unavailable: 3, packagesLeft: 0 });
  });

  it('asks nothing for an hour with a credential that does not work', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    registry.beforeContents = (what, commit) => {
      if (what !== 'archive') return;
      asked.push(commit.slice(0, 2));
      if (asked.length === 1) throw new ForgeError('credential-rejected', 'no');
    };
    const start = registry.clock.now();
    await registry.drain();
    expect(asked).toEqual(['53']);
    await registry.settle();
    expect(registry.clock.now()).toBeGreaterThanOrEqual(start + hourMs);
    expect(await progress(registry)).toMatchObject({ stored: 9, unavailable: 0 });
  });

  it('stores nothing of a package that was deleted, or of a commit that was refused, meanwhile', async () => {
    const { registry, asked } = await imported();
    await scheduleTwice(registry);
    const refused = commitOf('63');
    await registry.table.transact([
      { put: keys.refusedCommit(organizationId, refused), item: { by: 'olga', why: 'secret', at: 1 } },
      { update: { key: keys.package(organizationId, 3), set: { state: 'deleted' } } },
    ]);
    await registry.settle();
    expect(asked).not.toContain('63');
    expect(asked.filter((one) => one.startsWith('7'))).toEqual([]);
    expect((await findPackage(registry.table, organizationId, 3))?.archives).toBeUndefined();
  });

  it('costs two writes of an archive and one of each package and pass', async () => {
    const services = memoryServices();
    const written: Key[] = [];
    const { update, transact } = services.table;
    services.table.update = async (change, when) => {
      written.push(change.key);
      return update(change, when);
    };
    services.table.transact = async (operations) => {
      written.push(...operations.flatMap((one) => ('update' in one ? [one.update.key] : [])));
      return transact(operations);
    };
    const { registry, asked } = await imported(services);
    await scheduleTwice(registry);
    written.length = 0;
    await registry.settle();
    expect(asked).toHaveLength(9);
    // Its lease, and that it is stored.
    expect(written.filter(({ pk }) => pk.startsWith('PACKAGE#'))).toHaveLength(9 * 2);
    expect(written.filter(({ sk }) => sk.startsWith('PACKAGE#'))).toHaveLength(3 * 2);
    // Two passes, each with its lease and its end.
    expect(written.filter(({ sk }) => sk === 'ARCHIVES')).toHaveLength(2 * 2);
  });
});
