import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, type Stack } from 'aws-cdk-lib';
import settings from '../cdk.json' with { type: 'json' };
import { createRepertoireStack } from './stack.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Creates the app with its one stack, to be written to `outDir`. `distDir` holds the bundles (`functions/<name>/index.mjs`,
 * `edge/authorize-request.js`), which infra/bundle.ts makes.
 *
 * @throws when a bundle is missing
 */
export function createApp(outDir: string, distDir: string): { app: App; stack: Stack } {
  const app = new App({
    outdir: outDir,
    // The CDK CLI sets these itself; a plain `node infra/main.ts` has to validate just as strictly.
    context: settings.context,
    analyticsReporting: false,
    treeMetadata: false,
  });
  return { app, stack: createRepertoireStack(app, distDir) };
}

/**
 * Writes the cloud assembly: `<outDir>/Repertoire.template.json` and the functions' bundles as assets beside it.
 *
 * @throws when a bundle is missing, and when CDK's template validation fails
 */
export function synthesize(outDir: string, distDir: string = join(root, 'dist')): void {
  createApp(outDir, distDir).app.synth();
}
