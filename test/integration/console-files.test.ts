/** The console's built files: how much a browser loads for the first page, and that nothing of them needs what its policy refuses. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildConsole } from '../../local/start/build-console.ts';

/** https://vite.dev/guide/backend-integration */
const Manifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    imports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
  }),
);

/** Compressed, for whoever opens the console for the first time. A slow phone needs 2 s to run as much. */
const firstPageMax = 250_000;
const signInMax = 150_000;

let folder: string;
let manifest: z.infer<typeof Manifest>;
beforeAll(async () => {
  folder = await buildConsole();
  manifest = Manifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
}, 120_000);

/** Every file that the entries need, with what they import. */
function filesOf(...entries: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const add = (entry: string): void => {
    const found = manifest[entry];
    if (found === undefined) {
      throw new Error(`${entry} is not in the manifest`);
    }
    if (!seen.has(entry)) {
      seen.add(entry);
      found.imports.forEach(add);
    }
  };
  entries.forEach(add);
  return [
    ...new Set([...seen].flatMap((entry) => [manifest[entry]?.file ?? '', ...(manifest[entry]?.css ?? [])])),
  ];
}

const compressedBytes = async (files: readonly string[]): Promise<number> =>
  (await Promise.all(files.map((file) => readFile(join(folder, file)))))
    .map((bytes) => gzipSync(bytes).length)
    .reduce((sum, size) => sum + size, 0);

describe("the console's files", () => {
  it.each([
    ['the sign-in', signInMax, ['pages/sign-in/sign-in-page.tsx']],
    ['the packages', firstPageMax, ['layout/signed-in.tsx', 'pages/packages/packages-page.tsx']],
    ['the overview', firstPageMax, ['layout/signed-in.tsx', 'pages/overview/overview-page.tsx']],
  ])('are few enough for somebody who begins with %s: at most %i bytes compressed', async (_, max, pages) => {
    const files = filesOf('index.html', ...pages);
    expect(files.length).toBeGreaterThan(3);
    expect(await compressedBytes(['index.html', ...files])).toBeLessThan(max);
  });

  it('have a hash in their names, and the page has no script or style in itself', async () => {
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\/assets\/.+-[\w-]{8}\.js$/)]),
    );
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)|style="|javascript:/);
  });
});
