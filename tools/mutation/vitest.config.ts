import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The tests that `npm run mutate` runs: those of pure files, which need neither processes nor files. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: { include: ['shared/{domain,composer,sync/plan}/**/*.test.ts'], pool: 'threads' },
});
