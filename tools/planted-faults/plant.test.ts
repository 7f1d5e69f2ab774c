import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runGit } from '../../local/forges/git/run-git.ts';
import { copyRepository } from './copy.ts';
import { plantedFaults } from './faults/all.ts';
import { PlantError, type PlantedFault, plant, proofs } from './plant.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fault: PlantedFault = {
  id: 'some-fault',
  proof: 'work',
  file: 'one.ts',
  find: 'a < b',
  replace: 'a <= b',
  tests: ['one.test.ts'],
  standsFor: 'a comparison that is off by one',
};

describe('a fault', () => {
  it('replaces its text, whatever that means in a pattern', () => {
    expect(plant('if (a < b) return;', fault)).toBe('if (a <= b) return;');
    expect(plant('x.*', { ...fault, find: '.*', replace: '$&$1' })).toBe('x$&$1');
  });

  it.each([
    ['not there', 'if (a > b) return;', fault],
    ['there twice', 'a < b && a < b', fault],
    ['nothing', 'a < b', { ...fault, find: '' }],
    ['the same as before', 'a < b', { ...fault, replace: 'a < b' }],
  ])('is none when its text is %s', (_what, source, one) => {
    expect(() => plant(source, one)).toThrow(PlantError);
  });

  it('is planted in a copy, with what is not committed, and taken out again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'planted-faults-test-'));
    const git = (...parameters: string[]) =>
      runGit(['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...parameters]);
    await git('init', '--quiet');
    await mkdir(join(folder, 'node_modules'));
    for (const [name, text] of [
      ['one.ts', 'a > b'],
      ['gone.ts', ''],
      ['.gitignore', 'node_modules\n'],
    ] as const)
      await writeFile(join(folder, name), text);
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'x');
    await writeFile(join(folder, 'one.ts'), 'a < b');
    await writeFile(join(folder, 'new.ts'), 'new');
    await rm(join(folder, 'gone.ts'));

    const copy = await copyRepository(folder);
    const read = (name: string) => readFile(join(copy.directory, name), 'utf8');
    expect(await copy.withFault(fault, () => read('one.ts'))).toBe('a <= b');
    expect([await read('one.ts'), await read('new.ts')]).toEqual(['a < b', 'new']);
    expect(existsSync(join(copy.directory, 'gone.ts'))).toBe(false);
    expect(existsSync(join(copy.directory, 'node_modules'))).toBe(true);
    await expect(copy.withFault(fault, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await read('one.ts')).toBe('a < b');
    expect(await readFile(join(folder, 'one.ts'), 'utf8')).toBe('a < b');
    await copy.remove();
    expect(existsSync(copy.directory)).toBe(false);
    await rm(folder, { recursive: true });
  });
});

describe('the list of faults', () => {
  it('names each once, and has some for every proof', () => {
    const ids = plantedFaults.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(45);
    const counts = Object.keys(proofs).map(
      (proof) => [proof, plantedFaults.filter((one) => one.proof === proof).length] as const,
    );
    expect(counts.filter(([, count]) => count < 2)).toEqual([]);
  });

  it('fits the code, so that it can be planted', () => {
    const misfits = plantedFaults.flatMap((one) => {
      try {
        plant(readFileSync(join(root, one.file), 'utf8'), one);
        return [];
      } catch (error) {
        return [String(error)];
      }
    });
    expect(misfits).toEqual([]);
  });

  it('has a row for every proof in docs/proofs.md, with the faults that it catches', () => {
    const text = readFileSync(join(root, 'docs/proofs.md'), 'utf8');
    const missing = plantedFaults.filter(({ id }) => !text.includes(`\`${id}\``)).map(({ id }) => id);
    expect(missing).toEqual([]);
  });
});
