import { expect, it } from 'vitest';
import { ForgeError } from '../../shared/forge/errors.ts';
import { namesOf } from '../../shared/store/name-store.ts';
import { requirementPage } from '../../shared/store/requirement-store.ts';
import { scanLogPage } from '../../shared/store/scan-log.ts';
import { repository } from '../support/memory-forge.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { pushed, scannedRegistry } from '../support/scanned.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

const log = (registry: Registry) =>
  scanLogPage(
    registry.table,
    { synchronization: synchronizationId, repository: repository(5) },
    { limit: 10 },
  );
const requiring = (registry: Registry, name: string) =>
  requirementPage(registry.table, organizationId, name, { limit: 10 });

it('the log has what scans changed and why, and the first of the same failures', async () => {
  const registry = await scannedRegistry();
  await pushed(registry);
  expect(await log(registry)).toMatchObject([
    {
      changeCount: 2,
      changes: [
        { kind: 'write', version: '1.0.0', reason: 'tag 1.0.0 is new' },
        { kind: 'write', version: 'dev-main', reason: expect.stringMatching(/^branch main is at/) },
      ],
    },
  ]);
  await registry.clock.advance(1000);
  registry.beforeContents = () => {
    throw new ForgeError('unavailable', 'down');
  };
  await registry.pushed(5);
  await registry.settle();
  const [latest, ...others] = await log(registry);
  expect(latest).toMatchObject({ changeCount: 0, failure: { code: 'unavailable', message: 'down' } });
  expect(others).toHaveLength(1);
});

it('what the default branch requires of the own vendors is kept by the required name', async () => {
  const registry = await scannedRegistry();
  const main = (require: object) => ({
    name: 'acme/one',
    tags: { '1.0.0': 'a' },
    branches: { main: 'b' },
    manifests: { b: JSON.stringify({ name: 'acme/one', require }) },
  });
  registry.contents.set(
    5,
    main({ php: '^8.2', 'acme/two': '^1.0', 'acme/three': '*', 'other/four': '^2.0' }),
  );
  await pushed(registry);
  const row = { required: 'acme/two', number: 1, constraint: '^1.0', isForDevelopment: false };
  expect(await requiring(registry, 'acme/two')).toEqual([row]);
  expect(await requiring(registry, 'other/four')).toEqual([]);
  registry.contents.set(5, {
    ...main({}),
    branches: { main: 'c' },
    manifests: { c: JSON.stringify({ name: 'acme/one', require: { 'acme/two': '^2.0' } }) },
  });
  await pushed(registry);
  expect(await requiring(registry, 'acme/two')).toEqual([{ ...row, constraint: '^2.0' }]);
  expect(await requiring(registry, 'acme/three')).toEqual([]);
});

it('a list has when the files of a package last changed', async () => {
  const registry = await scannedRegistry();
  const changedAt = async () => (await namesOf(registry.table, organizationId))[0]?.changedAt ?? 0;
  const first = await changedAt();
  expect(first).toBeGreaterThan(0);
  await registry.clock.advance(60_000);
  await pushed(registry);
  expect(await changedAt()).toBe(first);
  registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'b' } });
  await pushed(registry);
  expect(await changedAt()).toBeGreaterThanOrEqual(first + 60_000);
});
