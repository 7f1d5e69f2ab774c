import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeptCopies, takeCopy, tooMany } from './kept-copies.ts';

let copies: KeptCopies;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'copies-'));
  copies = { root, bytesMax: 250, diesAfterMs: 60_000 };
});
afterEach(() => rmSync(copies.root, { recursive: true }));

/** As a reading left it. @param minutes since it was used */
async function left(name: string, bytes: number, minutes: number): Promise<void> {
  const taken = await takeCopy({ ...copies, bytesMax: Number.POSITIVE_INFINITY }, name);
  const folder = taken?.folder ?? '';
  mkdirSync(join(folder, 'objects'));
  writeFileSync(join(folder, 'objects', 'pack'), 'x'.repeat(bytes));
  await taken?.release();
  const at = Date.now() / 1000 - minutes * 60;
  utimesSync(folder, at, at);
}
const there = (): readonly string[] => readdirSync(copies.root).sort();

describe('copies of repositories', () => {
  it('are kept, and those that were not used for longest make room', async () => {
    await left('one', 100, 3);
    await left('two', 100, 1);
    await left('three', 100, 2);
    const taken = await takeCopy(copies, 'four');
    expect(there()).toEqual(['four', 'four.lock', 'three', 'two']);
    await taken?.release();
    expect(there()).toEqual(['four', 'three', 'two']);
  });

  it('are used by one reading at a time, and not removed meanwhile', async () => {
    await left('one', 400, 5);
    const first = await takeCopy(copies, 'one');
    expect(await takeCopy(copies, 'one')).toBeUndefined();
    const other = await takeCopy(copies, 'two');
    expect(there()).toContain('one');
    await first?.release();
    await other?.release();
    expect(await takeCopy(copies, 'one')).toBeDefined();
  });

  it('pass to the next reading when the one that has them died', async () => {
    const first = await takeCopy(copies, 'one');
    const at = Date.now() / 1000 - 61;
    utimesSync(`${first?.folder}.lock`, at, at);
    expect(await takeCopy(copies, 'one')).toBeDefined();
  });
});

it('leaves those out that do not fit beside newer ones', () => {
  const one = (name: string, used: number, bytes: number) => ({ name, used, bytes });
  expect(tooMany([one('a', 1, 5), one('b', 3, 5), one('c', 2, 5)], 10)).toEqual(['a']);
  expect(tooMany([one('a', 1, 5), one('b', 2, 50)], 10)).toEqual(['a', 'b']);
  expect(tooMany([], 0)).toEqual([]);
});
