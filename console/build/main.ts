/** `npm run build:console`: builds the console into dist/console, or the folder that is given. */
import { resolve } from 'node:path';
import { buildConsole } from './build-console.ts';

const started = performance.now();
const folder = resolve(process.argv[2] ?? 'dist/console');
await buildConsole(folder);
console.log(`Built the console into ${folder} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
