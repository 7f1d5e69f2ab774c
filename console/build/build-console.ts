/** Builds the console's static files: a page, and scripts and styles whose names have a hash of their contents. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { componentCss } from './component-css.ts';
import { themeCss } from './theme-css.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @param outDir absolute; emptied first */
export async function buildConsole(outDir: string): Promise<void> {
  // Whoever starts this may have another, by which Vite would choose React's slower and larger build for development.
  process.env.NODE_ENV = 'production';
  await build({
    root,
    mode: 'production',
    configFile: false,
    logLevel: 'warn',
    plugins: [themeCss(), componentCss()],
    oxc: { jsx: { runtime: 'automatic' } },
    build: {
      outDir,
      emptyOutDir: true,
      // The content security policy takes images from files or as data, and everything else from files alone.
      assetsInlineLimit: 0,
      // These know `light-dark()`, which Vite would replace by what the colours of Mantine do not take part in.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      modulePreload: { polyfill: false },
      manifest: 'manifest.json',
      reportCompressedSize: false,
      // Mantine marks each module for servers that render; there is none here.
      rolldownOptions: { checks: { moduleLevelDirective: false, pluginTimings: false } },
    },
  });
}
