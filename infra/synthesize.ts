import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, type Stack } from 'aws-cdk-lib';
import settings from '../cdk.json' with { type: 'json' };
import { createRepertoireStack } from './stack.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a deployment has only if somebody chooses it. */
export interface SynthesisChoices {
  /** The worker that reads repositories at a URL; `on-this-machine`: folders of it, too, which is for `npm start` alone. Default: as the context `vcs` of the CDK says, else no. */
  readonly vcs?: boolean | 'on-this-machine' | undefined;
}

/**
 * Creates the app with its one stack, to be written to `outDir`. `distDir` holds the bundles (`functions/<name>/index.mjs`,
 * `edge/authorize-request.js`), which infra/bundle.ts makes.
 *
 * @throws when a bundle is missing
 */
export function createApp(
  outDir: string,
  distDir: string,
  { vcs }: SynthesisChoices = {},
): { app: App; stack: Stack } {
  const app = new App({
    outdir: outDir,
    // The CDK CLI sets these itself; a plain `node infra/main.ts` has to validate just as strictly.
    context: settings.context,
    analyticsReporting: false,
    treeMetadata: false,
  });
  // The CLI gives text: `--context vcs=true`.
  const hasVcsWorker = vcs === undefined ? String(app.node.tryGetContext('vcs')) === 'true' : vcs !== false;
  const worker = { hasVcsWorker, readsFolders: vcs === 'on-this-machine' };
  return { app, stack: createRepertoireStack(app, distDir, worker) };
}

/**
 * Writes the cloud assembly: `<outDir>/Repertoire.template.json` and the functions' bundles as assets beside it.
 *
 * @throws when a bundle is missing, and when CDK's template validation fails
 */
export function synthesize(
  outDir: string,
  distDir: string = join(root, 'dist'),
  choices: SynthesisChoices = {},
): void {
  createApp(outDir, distDir, choices).app.synth();
}
