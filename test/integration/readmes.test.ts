import { describe, expect, it } from 'vitest';
import { ForgeError } from '../../shared/forge/errors.ts';
import { keys } from '../../shared/store/keys.ts';
import { findReadme } from '../../shared/store/readme-store.ts';
import { commitOf } from '../support/memory-contents.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { pushed, scannedRegistry, versions } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

/** A scanned package, and the requests for readmes since then. */
async function readmeWorld() {
  const registry = await scannedRegistry();
  const asked: string[] = [];
  registry.beforeContents = (what, commit) => void (what === 'readme' && asked.push(commit));
  const push = async (main: string, readmes: Record<string, string>, tags: Record<string, string> = {}) => {
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '1.0.0': 'a', ...tags },
      branches: { main },
      readmes,
    });
    await pushed(registry);
  };
  return { registry, asked, push };
}

const stored = (registry: Registry) => findReadme(registry.table, organizationId, 1);

describe('the readme of a package', () => {
  it('is that of the default branch, and asked for when that has another commit', async () => {
    const { registry, asked, push } = await readmeWorld();
    await push('b', { b: '# One' });
    expect(await stored(registry)).toEqual({ file: 'README.md', text: '# One', commit: commitOf('b') });
    expect(asked).toEqual([commitOf('b')]);
    await push('b', { b: '# One' }, { '1.1.0': 'b' });
    expect(asked).toHaveLength(1);
    await push('c', {});
    expect(await stored(registry)).toBeUndefined();
    expect(asked).toEqual([commitOf('b'), commitOf('c')]);
  });

  it('keeps no version from being published when the code host does not give it, and is asked for again', async () => {
    const { registry, push } = await readmeWorld();
    registry.beforeContents = (what) => {
      if (what === 'readme') {
        throw new ForgeError('unavailable', 'not now');
      }
    };
    await push('b', { b: '# One' }, { '1.1.0': 'b' });
    expect(await versions(registry)).toMatchObject({ '1.1.0': 'published' });
    expect(await stored(registry)).toBeUndefined();
    registry.beforeContents = () => {};
    await pushed(registry);
    expect(await stored(registry)).toMatchObject({ text: '# One' });
  });

  it('is not kept of a commit that an owner refused', async () => {
    const { registry, asked, push } = await readmeWorld();
    await push('b', { b: 'the password is …' });
    await registry.table.transact([
      {
        put: keys.refusedCommit(organizationId, commitOf('b')),
        item: { by: 'Ann', why: 'a secret', at: 0 },
      },
    ]);
    await pushed(registry);
    expect(await stored(registry)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});
