/** An organization at a glance, in a real browser on what `npm start` starts. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type System, startSystem } from '../support/started.ts';
import { chromiumPath, launchChromium } from './chromium.ts';
import { patience, visit } from './visitor.ts';

describe.skipIf(chromiumPath === undefined)('the overview', { timeout: 120_000 }, () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchChromium()]);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  it('says how old the rights are, what waits for the owner, and what changed', async () => {
    const visitor = await visit(browser, system.console);
    const { page } = visitor;
    await visitor.signIn({ login: 'alice' }, '/o/acme');
    const health = page.getByRole('region', { name: 'Synchronizations' });
    await expect.poll(() => health.getByText('Rights as of').count(), patience).toBe(1);
    await health.getByRole('link', { name: 'acme', exact: true }).waitFor();
    await expect.poll(() => health.locator('time').count(), patience).toBeGreaterThanOrEqual(3);
    await page.getByRole('region', { name: 'Needs you' }).waitFor();
    const lately = page.getByRole('region', { name: 'Changed lately' });
    await expect.poll(() => lately.getByRole('listitem').count(), patience).toBeGreaterThan(0);
    await page.getByRole('img', { name: /installations in the last 30 days/ }).waitFor();

    expect(await visitor.violations()).toEqual([]);
    await visitor.setColors('dark');
    expect(await visitor.violations()).toEqual([]);
    await visitor.setScreen('phone');
    await expect
      .poll(() => page.evaluate('document.documentElement.scrollWidth'), patience)
      .toBeLessThanOrEqual(390);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('is not for members, who go on to the packages', async () => {
    const visitor = await visit(browser, system.console);
    await visitor.signIn({ login: 'bob' }, '/o/acme');
    await visitor.page.waitForURL(`${system.console}/o/acme/packages`);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
});
