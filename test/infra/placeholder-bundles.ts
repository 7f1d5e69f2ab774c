import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleEdge } from '../../infra/bundle.ts';
import { functionNames } from '../../infra/function-needs.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { readTemplate, type Template } from './template.ts';

/** Creates a folder to synthesize from: the real edge function, and for every other function a bundle that throws. */
export async function createPlaceholderBundles(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  for (const name of functionNames) {
    mkdirSync(join(folder, 'functions', name), { recursive: true });
    const code = `export const handler = async () => { throw new Error('${name} has no bundle here'); };\n`;
    writeFileSync(join(folder, 'functions', name, 'index.mjs'), code);
    const dockerfile = join('functions', name, 'Dockerfile');
    if (existsSync(dockerfile)) copyFileSync(dockerfile, join(folder, dockerfile));
  }
  mkdirSync(join(folder, 'edge'));
  writeFileSync(join(folder, 'edge', 'authorize-request.js'), await bundleEdge());
  return folder;
}

let synthesized: Promise<Template> | undefined;

/** The template with everything that may be chosen, synthesized from placeholders: once for all files of a worker. */
export async function synthesizeTemplate(): Promise<Template> {
  synthesized ??= synthesizeOnce();
  return structuredClone(await synthesized);
}

async function synthesizeOnce(): Promise<Template> {
  const distDir = await createPlaceholderBundles();
  const outDir = mkdtempSync(join(tmpdir(), 'assembly-'));
  try {
    synthesize(outDir, distDir, { vcs: true });
    return readTemplate(outDir);
  } finally {
    for (const folder of [outDir, distDir]) rmSync(folder, { recursive: true });
  }
}
