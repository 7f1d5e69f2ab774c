/** How long each test file took when it last ran here; `npm run test:changed` plans with it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const Kept = z.record(z.string(), z.number());
export type KeptSeconds = Readonly<Record<string, number>>;

const fileIn = (root: string): string => join(root, 'node_modules/.cache/repertoire/test-seconds.json');

/** By path within the repository. Nothing where no test has run yet, or the file cannot be read. */
export function readKeptSeconds(root: string): KeptSeconds {
  try {
    return Kept.parse(JSON.parse(readFileSync(fileIn(root), 'utf8')));
  } catch {
    return {};
  }
}

export function keepSeconds(root: string, seconds: KeptSeconds): void {
  const file = fileIn(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...readKeptSeconds(root), ...seconds }));
}
