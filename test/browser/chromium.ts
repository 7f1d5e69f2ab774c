/** A real browser for tests: Debian's Chromium, driven by playwright-core. */
import { execFileSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Where Chromium is; undefined if it is not on the PATH. */
export const chromiumPath: string | undefined = names
  .map((name) => {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      return '';
    }
  })
  .find((path) => path !== '');

if (chromiumPath === undefined) {
  const text = 'the tests in a real browser are skipped: there is no chromium on the PATH';
  if (process.env.CI !== undefined) {
    throw new Error(text);
  }
  console.warn(text);
}

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    // Not by omission: playwright-core looks for a browser of its own then.
    executablePath: chromiumPath ?? 'chromium',
    args: ['--disable-dev-shm-usage'],
  });
