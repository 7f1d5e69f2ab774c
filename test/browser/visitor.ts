/** Somebody with a real browser at the console. Whatever the page must not do fails the test: an error, or a breach of its content security policy. */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** In pixels. */
export const screens = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;
type Screen = keyof typeof screens;

/** For `expect.poll`: how long a page may take on a machine that has much to do. */
export const patience = { timeout: 30_000 } as const;

/** On the simulated code hosts a login signs in without a password. */
interface Account {
  readonly login: string;
  /** The code host's name on the button; the first one if left out. */
  readonly host?: string;
}

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Opens an address below the console's, and waits until the page has shown what it asked for. */
  open(path: string): Promise<void>;
  /** Signs in by the console's page and the code host's, and ends at the path. */
  signIn(account: Account, path?: string): Promise<void>;
  /** Waits until a page is there, and no skeleton of what it still asks for. */
  settled(): Promise<void>;
  setColors(scheme: 'light' | 'dark'): Promise<void>;
  setScreen(screen: Screen): Promise<void>;
  /**
   * What axe-core finds wrong with the page as it is: https://www.w3.org/TR/WCAG22/
   *
   * @param only `colors`: nothing but what another colour scheme can change
   */
  violations(only?: 'colors'): Promise<readonly string[]>;
  /** Writes what is seen to a folder for temporary files. @returns the file */
  screenshot(name: string): Promise<string>;
  /** What the page did that it must not do, so far. */
  readonly faults: readonly string[];
  /** Closes the page, and forgets who was signed in for it alone. */
  close(): Promise<void>;
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Refusals are answers too: browsers print each as an error. */
const isAnswer = (text: string): boolean => text.startsWith('Failed to load resource');

/**
 * @param console the console's address
 * @param shared where somebody is signed in; left out for a browser that has no cookies
 */
export async function visit(browser: Browser, console: string, shared?: BrowserContext): Promise<Visitor> {
  const context =
    shared ?? (await browser.newContext({ viewport: screens.desktop, reducedMotion: 'reduce' }));
  const page = await context.newPage();
  page.setDefaultTimeout(patience.timeout);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isAnswer(message.text())) {
      faults.push(message.text());
    }
  });

  async function settled(): Promise<void> {
    await page.locator('h1').first().waitFor();
    await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
    await page.locator('.mantine-Loader-root').first().waitFor({ state: 'detached' });
  }

  async function open(path: string): Promise<void> {
    await page.goto(`${console}${path}`);
    await settled();
  }

  return {
    ...{ page, context, open, settled, faults },
    async signIn({ login, host }, path = '/') {
      await open(path);
      const name = host === undefined ? /^Sign in with / : `Sign in with ${host}`;
      await page.getByRole('button', { name }).first().click();
      await page.locator(`button[name="login"][value="${login}"]`).click();
      await page.waitForURL((address) => address.href.startsWith(console));
      await settled();
    },
    setColors: (colorScheme) => page.emulateMedia({ colorScheme }),
    setScreen: (screen) => page.setViewportSize(screens[screen]),
    async violations(only) {
      if (!(await page.evaluate<boolean>("'axe' in window"))) {
        await page.evaluate(axe.source);
      }
      const runOnly = only === 'colors' ? { type: 'rule', values: ['color-contrast'] } : rules;
      // Of what a rule lets pass axe-core would tell where it is, too, which takes longer than the rule.
      const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
      const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
      return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')}\n${failureSummary}`),
      );
    },
    async screenshot(name) {
      const folder = join(tmpdir(), 'repertoire-screenshots');
      await mkdir(folder, { recursive: true });
      const path = join(folder, `${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    close: () => (shared === undefined ? context.close() : page.close()),
  };
}
