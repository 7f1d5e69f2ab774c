import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { givePackageName } from '../../shared/organizations/give-package-name.ts';
import { auditLog } from '../../shared/store/audit-log.ts';
import { edgeWork, packageWork } from '../../shared/store/work-items.ts';
import {
  atEdge,
  endImport,
  give,
  imported,
  nameTaken,
  one,
  quiet,
  says,
  waits,
} from '../support/competing-names.ts';
import { commitOf } from '../support/memory-contents.ts';
import { aFact } from '../support/memory-forge.ts';
import { createRegistry, memoryServices, settled } from '../support/registry-fixture.ts';
import { owner, packages, pushed } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

describe('an owner who gives a name', () => {
  it("gives it to any claimant, under a new number without the old one's rights and files, and it is logged", async () => {
    const registry = await imported(one(5), one(6, { createdAt: '2026-10-02T00:00:00Z' }));
    await endImport(registry);
    const { token } = await registry.issue({ kind: 'member', login: 'user-1' });
    await quiet(registry);
    await registry.fetch(1, commitOf('5'));
    await quiet(registry);
    registry.written.length = 0;
    expect(await give(registry, 'Repository-6')).toEqual({
      package: 'acme/one',
      from: 'acme/repository-5',
      to: 'acme/repository-6',
      numberBefore: 1,
      number: 2,
    });
    expect(await packages(registry)).toEqual(['1 acme/one superseded', '2 acme/one available']);
    expect(await waits(registry, 5)).toEqual(nameTaken);
    expect(await registry.get(token, '/acme/p2/acme/one.json')).toContain(commitOf('6'));
    expect(await registry.listed(token)).toEqual(['acme/one']);
    expect(await registry.get(token, `/acme/dists/acme/one/${commitOf('5')}.zip`)).toBe('not stored');
    expect(await auditLog(registry.table, organizationId, 10)).toMatchObject([
      { act: 'give-name', by: 'Ann', why: 'it moved', subject: 'acme/one to acme/repository-6' },
    ]);
    // The old number leaves the edge, and its files are removed, before anything leads to the new one.
    const order = registry.written.filter((text) => !text.includes('roots/') && !text.includes('v/'));
    expect(order.indexOf('edge without p/acme/acme/one')).toBeLessThan(
      order.indexOf('put acme/2/plain.json'),
    );
    expect(order.indexOf('delete acme/1/plain.json')).toBeLessThan(order.indexOf('put acme/2/plain.json'));
    expect(order.indexOf('put acme/2/dev.json')).toBeLessThan(order.indexOf('edge p/acme/acme/one'));
  });

  it('writes both files again with later times, whoever had the name in between and however fast it went', async () => {
    const registry = await imported(one(5), one(6, { createdAt: '2026-10-02T00:00:00Z' }));
    await endImport(registry);
    const times = async (number: string | undefined) => {
      const { objects } = await registry.published();
      return ['plain.json', 'dev.json'].map((name) =>
        Number(objects.get(`acme/${number}/${name}`)?.lastModified),
      );
    };
    let last = await times(await atEdge(registry));
    for (const to of ['repository-6', 'repository-5', 'repository-6', 'repository-5']) {
      await give(registry, to);
      const next = await times(await atEdge(registry));
      for (const [place, time] of next.entries()) {
        expect(time).toBeGreaterThan(Number(last[place]));
      }
      last = next;
    }
    expect(await packages(registry)).toEqual(['1 acme/one available', '2 acme/one superseded']);
  });

  it('leads nobody to the new number while the old one still has files, whose times may still grow', async () => {
    const registry = await imported(one(5), one(6, { createdAt: '2026-10-02T00:00:00Z' }));
    await endImport(registry);
    const by = { by: 'Ann', why: 'it moved' };
    const input = { packageName: 'acme/one', to: 'repository-6', samePackage: false };
    const dependencies = { ...registry, randomBytes, logger: { warn: () => {} } };
    await givePackageName(dependencies, registry.organization, input, by);
    // Only the new package's scan and publisher get messages; a writer of the old one's files comes late.
    registry.loseMessages();
    await registry.pushed(6);
    await registry.workQueue.send([packageWork(organizationId, 2).message]);
    for (let seconds = 0; seconds < 30; seconds += 5) {
      await registry.drain();
      await registry.clock.advance(5_000);
    }
    const { objects } = await registry.published();
    expect([...objects.keys()].filter((key) => key.endsWith('.json') && !key.includes('roots'))).toEqual([
      'acme/1/dev.json',
      'acme/1/plain.json',
    ]);
    await registry.workQueue.send([
      packageWork(organizationId, 1).message,
      edgeWork('p/acme/acme/one').message,
    ]);
    await registry.settle();
    expect(await atEdge(registry)).toBe('2');
    const after = (await registry.published()).objects.get('acme/2/plain.json')?.lastModified;
    expect(Number(after)).toBeGreaterThan(Number(objects.get('acme/1/plain.json')?.lastModified));
  });

  it('may declare it the same package, moved: number and archives stay, and the new repository decides who reads', async () => {
    const facts = [...owner, aFact.member(2), one(5), one(6), aFact.collaborator(5, 2)];
    const registry = await createRegistry(memoryServices(), facts);
    says(registry, 5, 'acme/one');
    says(registry, 6, 'acme/six');
    await settled(registry);
    await endImport(registry);
    const { token } = await registry.issue({ kind: 'member', login: 'user-1' });
    const guest = await registry.issue({ kind: 'member', login: 'user-2' });
    await quiet(registry);
    await registry.fetch(1, commitOf('5'));
    await quiet(registry);
    const path = `/acme/dists/acme/one/${commitOf('5')}.zip`;
    const archive = await registry.get(token, path);
    expect(archive).toContain('archive of');
    expect(await registry.get(guest.token, path)).toBe(archive);

    says(registry, 5, 'acme/old');
    await pushed(registry);
    registry.contents.set(6, {
      name: 'acme/one',
      tags: { '1.0.0': '5', '1.1.0': '6' },
      branches: { main: '6' },
    });
    await pushed(registry, 6);
    expect(await give(registry, 'repository-6', { samePackage: true })).toMatchObject({
      numberBefore: 1,
      number: 1,
    });
    expect(await atEdge(registry)).toBe('1');
    expect(await registry.get(token, path)).toBe(archive);
    expect(await registry.get(guest.token, path)).toBe('404');
    const plain = await registry.get(token, '/acme/p2/acme/one.json');
    expect(plain).toContain(commitOf('5'));
    expect(plain).toContain('1.1.0');
    expect(plain).not.toContain('abandoned');
    expect(await waits(registry, 6)).toEqual([]);
  });

  it.each([
    [
      'a name that nobody has',
      { packageName: 'acme/none' },
      'repository-6',
      'no repository has the name acme/none',
    ],
    [
      'a repository that is not there',
      {},
      'repository-9',
      'no such repository: repository-9; repositories that claim it: acme/repository-6',
    ],
    ['a repository that has it', {}, 'repository-5', 'acme/repository-5 already has the name acme/one'],
    ['one that does not claim it', {}, 'repository-7', 'acme/repository-7 does not claim acme/one'],
  ])('gets an explanation of %s', async (_, input, to, message) => {
    const registry = await imported(one(5), one(6, { createdAt: '2026-10-02T00:00:00Z' }), one(7));
    says(registry, 7, 'acme/seven');
    await pushed(registry, 7);
    await expect(give(registry, to, input)).rejects.toThrow(message);
  });
});
