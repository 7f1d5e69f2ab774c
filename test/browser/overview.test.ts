/** Connecting an organization, and one at a glance, in a real browser on what `npm start` starts. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../local/forges/world/world.ts';
import { parseOptions } from '../../local/start/options.ts';
import { readWorldOf } from '../../local/start/start.ts';
import { type System, startSystem } from '../support/started.ts';
import { chromiumPath, launchChromium } from './chromium.ts';
import { patience, visit } from './visitor.ts';

/** What is on GitHub, and what is left to be connected on GitLab. */
async function worldOf(): Promise<World> {
  const options = parseOptions([]);
  if (options === 'help') {
    throw new Error('these are no options');
  }
  const { story: _, ...world } = await readWorldOf(options);
  return {
    ...world,
    organizations: world.organizations.filter((one) =>
      one.forge === 'gitlab' ? one.path === 'acme-studio' : one.forge !== 'bitbucket',
    ),
  };
}

describe.skipIf(chromiumPath === undefined)('the overview', { timeout: 120_000 }, () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([worldOf().then((world) => startSystem(world)), launchChromium()]);
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

  it('of a new organization is reached by choosing it, its first synchronization and the lines to paste', async () => {
    const visitor = await visit(browser, system.console);
    const { page } = visitor;
    await visitor.signIn({ login: 'alice' }, '/organizations/new');
    await page.getByRole('link', { name: /gitlab/i }).click();
    await page.getByRole('button', { name: /^(Show my organizations|Link my account) at / }).click();
    await page.locator('button[name="login"][value="alice"]').click();
    await page.waitForURL(/outcome=done/);
    const slug = page.getByRole('textbox', { name: 'Slug' });
    await slug.waitFor();
    expect(await slug.inputValue()).toBe('acme-studio');
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.waitForURL(`${system.console}/organizations/connected/acme-studio`);
    await page.getByText('Everything was read.').waitFor();
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('composer require acme-studio/palette').waitFor();
    await page.getByRole('button', { name: 'Copy the lines' }).waitFor();
    expect(await visitor.violations()).toEqual([]);
    await visitor.setColors('dark');
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
});
