import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** CommonJS packages inside an ESM bundle still call `require` for Node's own modules. */
const requireBanner =
  "import { createRequire as nodeCreateRequire } from 'node:module'; const require = nodeCreateRequire(import.meta.url);";

/**
 * What CloudFront Functions (runtime 2.0) provide to a script: the `cloudfront` module by `import`, which must be in the first
 * line, and Node's `crypto` by `require` only.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html
 */
const edgePrelude = "import cf from 'cloudfront';\nconst crypto = require('crypto');";

/**
 * Bundles every function for AWS and for the local cloud: `functions/<name>/handler.ts` becomes
 * `<outDir>/functions/<name>/index.mjs`, the edge function becomes `<outDir>/edge/authorize-request.js`. The output is
 * deterministic; folders without a handler are skipped, unchanged files are not touched.
 *
 * @returns the sorted names of the bundled functions
 */
export async function bundle(outDir: string = join(root, 'dist')): Promise<{ functions: string[] }> {
  const folders = (await readdir(join(root, 'functions'))).sort();
  const functions = folders.filter((name) => existsSync(join(root, 'functions', name, 'handler.ts')));
  const [files, edge] = await Promise.all([bundleFunctions(functions, outDir), bundleEdge()]);
  await removeStale(join(outDir, 'functions'), functions);
  for (const [path, bytes] of files) await writeChanged(path, bytes);
  for (const name of functions) {
    const dockerfile = join('functions', name, 'Dockerfile');
    if (existsSync(join(root, dockerfile))) {
      await writeChanged(join(outDir, dockerfile), await readFile(join(root, dockerfile)));
    }
  }
  await writeChanged(join(outDir, 'edge', 'authorize-request.js'), Buffer.from(edge));
  return { functions };
}

/** The edge function as a single script for CloudFront: no exports, `handler` at the top level. */
export async function bundleEdge(): Promise<string> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['functions/authorize-request/handler.edge.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    // The engine calls `handler` by name; nothing in the script refers to it.
    treeShaking: false,
    target: 'es2017',
    charset: 'utf8',
    banner: { js: edgePrelude },
    logLevel: 'warning',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error('The edge function gave no output');
  return file.text;
}

async function bundleFunctions(names: readonly string[], outDir: string): Promise<Map<string, Uint8Array>> {
  if (names.length === 0) return new Map();
  const result = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
    outdir: join(outDir, 'functions'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: requireBanner },
    plugins: [englishOnly],
    legalComments: 'none',
    logLevel: 'warning',
  });
  return new Map(result.outputFiles.map((file) => [file.path, file.contents]));
}

/** zod's namespace includes its messages in every language: half of a function's bytes, of which only English is used. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
    }));
  },
};

async function removeStale(folder: string, names: readonly string[]): Promise<void> {
  if (!existsSync(folder)) return;
  const stale = (await readdir(folder)).filter((name) => !names.includes(name));
  for (const name of stale) await rm(join(folder, name), { recursive: true });
}

/** Writes to a new file and renames it, so that a program running the old bundle never reads half of the new one. */
async function writeChanged(path: string, bytes: Uint8Array): Promise<void> {
  if (existsSync(path) && (await readFile(path)).equals(bytes)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}

if (import.meta.main) {
  const started = performance.now();
  const { functions } = await bundle();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`Bundled ${functions.length} functions and the edge function in ${seconds} s`);
}
