/** From the sign-in to the packages, in a real browser on what `npm start` starts. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type System, startSystem } from '../support/started.ts';
import { chromiumPath, launchChromium } from './chromium.ts';
import { patience, visit } from './visitor.ts';

describe.skipIf(chromiumPath === undefined)('packages', { timeout: 120_000 }, () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchChromium()]);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  it('are found from the sign-in on, by a link that survives the sign-in and a reload', async () => {
    const visitor = await visit(browser, system.console);
    const { page } = visitor;
    await visitor.open('/o/acme/packages');
    expect(await visitor.violations()).toEqual([]);
    await visitor.signIn({ login: 'alice' }, '/o/acme/packages');

    const table = page.getByRole('table', { name: 'Packages' });
    await expect.poll(() => table.getByRole('link').count(), patience).toBeGreaterThan(5);
    await page.getByRole('textbox', { name: 'Search by name' }).fill('billing');
    await expect.poll(() => table.getByRole('link').allTextContents(), patience).toEqual(['acme/billing']);
    expect(new URL(page.url()).search).toBe('?name=billing');
    await page.reload();
    await expect.poll(() => table.getByRole('link').allTextContents(), patience).toEqual(['acme/billing']);

    await table.getByRole('link', { name: 'acme/billing' }).click();
    await page.getByText('composer require acme/billing').waitFor();
    await page.getByRole('table', { name: 'Versions' }).waitFor();
    expect(await page.title()).toBe('acme/billing · acme · Repertoire');
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('have no violation of WCAG 2.2 AA that axe-core finds, in light, dark and on a phone', async () => {
    const visitor = await visit(browser, system.console);
    await visitor.signIn({ login: 'alice' });
    for (const path of ['/organizations', '/o/acme/packages', '/o/acme/packages/acme/billing']) {
      for (const scheme of ['light', 'dark'] as const) {
        await visitor.setColors(scheme);
        await visitor.open(path);
        expect(await visitor.violations()).toEqual([]);
      }
    }
    await visitor.setScreen('phone');
    await visitor.open('/o/acme/packages');
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('are reached by the command palette', async () => {
    const visitor = await visit(browser, system.console);
    await visitor.signIn({ login: 'alice' }, '/o/acme');
    await visitor.page.keyboard.press('Control+k');
    await visitor.page.getByRole('textbox', { name: 'Search packages, or jump to a page' }).fill('billing');
    await visitor.page.getByRole('button', { name: 'acme/billing' }).click();
    await visitor.page.getByText('composer require acme/billing').waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('are 5,000 in a list with at most 60 rows in the page, which the keyboard goes through', async () => {
    const visitor = await visit(browser, system.console);
    const { page } = visitor;
    await visitor.signIn({ login: 'alice' });
    const [count, limit] = [5_000, 100];
    await page.route('**/api/v1/organizations/acme/packages?*', async (route) => {
      const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
      const items = Array.from({ length: limit }, (_, place) => ({
        ...{ name: `acme/package-${from + place}`, state: 'available', synchronization: 's1' },
        ...{
          repository: { id: 's1~1', name: `acme/package-${from + place}` },
          versions: 3,
          isArchived: false,
        },
        downloads: 0,
      }));
      const next = from + limit < count ? { next: String(from + limit) } : {};
      await route.fulfill({ json: { items, ...next } });
    });
    await visitor.open('/o/acme/packages');
    const rows = page.getByRole('table', { name: 'Packages' }).getByRole('row');
    const last = page.getByRole('link', { name: `acme/package-${count - 1}`, exact: true });
    await expect
      .poll(async () => {
        await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
        // The headings are a row too.
        expect(await rows.count()).toBeLessThanOrEqual(61);
        return last.isVisible();
      }, patience)
      .toBe(true);
    await last.focus();
    await page.keyboard.press('Shift+Tab');
    await expect
      .poll(() => page.evaluate('document.activeElement?.textContent'), patience)
      .toBe(`acme/package-${count - 2}`);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('lead a browser without JavaScript to the plain pages', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${system.console}/o/acme/packages`);
    await page.waitForURL(`${system.console}/plain`);
    await context.close();
  });
});
