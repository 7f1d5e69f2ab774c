import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Copy, copyRepository } from './copy.ts';
import { plantedFaults } from './faults/all.ts';
import { runUnchanged, tryFault } from './try-faults.ts';

describe('planted faults', () => {
  let copy: Copy;
  beforeAll(async () => {
    copy = await copyRepository(fileURLToPath(new URL('../..', import.meta.url)));
  });
  afterAll(() => copy.remove());

  it('are not there yet, and all of their tests pass', async () => {
    expect(await runUnchanged(copy, plantedFaults)).toMatchObject({ kind: 'passed' });
  });

  it.each(plantedFaults)('$proof: $id is noticed', async (fault) => {
    expect(await tryFault(copy, fault)).toMatchObject({ kind: 'caught' });
  });
});
