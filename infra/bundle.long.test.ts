import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from './bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'dist-'));
let functions: string[] = [];
beforeAll(async () => {
  functions = (await bundle(folder)).functions;
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const files = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();

describe('bundle', () => {
  it('creates one file per handler, and the edge function', () => {
    const handlers = readdirSync('functions').filter((name) =>
      existsSync(join('functions', name, 'handler.ts')),
    );
    expect(functions).toEqual(handlers.sort());
    expect(files()).toEqual(
      ['edge/authorize-request.js', ...functions.map((name) => `functions/${name}/index.mjs`)].sort(),
    );
  });

  it('exports the handler and refers to no source map', () => {
    for (const name of functions) {
      const code = readFileSync(join(folder, 'functions', name, 'index.mjs'), 'utf8');
      expect(code.slice(-200)).toMatch(/export\s*\{[^}]*\bas handler\b[^}]*\};?\s*$/);
    }
  });

  it('is deterministic and leaves unchanged files alone', { timeout: 60_000 }, async () => {
    const read = () =>
      files().map((path) => [
        path,
        readFileSync(join(folder, path), 'utf8'),
        statSync(join(folder, path)).mtimeMs,
      ]);
    const before = read();
    rmSync(join(folder, 'edge', 'authorize-request.js'));
    await bundle(folder);
    const after = read();
    expect(after.map(([path, bytes]) => [path, bytes])).toEqual(before.map(([path, bytes]) => [path, bytes]));
    const touched = after.filter(([, , time], index) => time !== before[index]?.[2]).map(([path]) => path);
    expect(touched).toEqual(['edge/authorize-request.js']);
  });
});
