/** Who belongs to an organization, and why somebody may install a package, in a real browser on what `npm start` starts. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type System, startSystem } from '../support/started.ts';
import { chromiumPath, launchChromium } from './chromium.ts';
import { patience, type Visitor, visit } from './visitor.ts';

describe.skipIf(chromiumPath === undefined)('people', { timeout: 120_000 }, () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchChromium()]);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  async function owner(path: string): Promise<Visitor> {
    const visitor = await visit(browser, system.console);
    await visitor.signIn({ login: 'alice' }, path);
    return visitor;
  }

  it('are filtered by state, and switched off and on again from their page', async () => {
    const visitor = await owner('/o/acme/people');
    const { page } = visitor;
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('option', { name: 'Switched off' }).click();
    await page.getByRole('heading', { name: 'Nobody is in this state' }).waitFor();
    expect(new URL(page.url()).search).toBe('?state=off');
    await page.getByRole('link', { name: 'Show everybody' }).click();

    await bobOf(visitor).click();
    await page
      .getByRole('table', { name: 'May install' })
      .getByRole('link', { name: 'acme/catalog' })
      .waitFor();
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('Whoever is switched off reads nothing').waitFor();
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click();
    await page.getByRole('table', { name: 'May install' }).waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('have a drawn way to each package, and see what is missing for others', async () => {
    const visitor = await owner('/o/acme/people');
    const { page } = visitor;
    const id = (await bobsAddress(visitor)).split('/').at(-1);
    await visitor.open(`/o/acme/why?person=${id}&package=acme%2Fmoney`);
    await expect
      .poll(
        () =>
          page
            .getByRole('list', { name: /^Way: / })
            .getByRole('link')
            .allTextContents(),
        patience,
      )
      .toEqual(['bob', 'Storefront', 'Engineering', 'acme/money']);
    expect(await visitor.violations()).toEqual([]);
    const field = page.getByRole('combobox', { name: 'Package' });
    await field.fill('billing');
    await page.getByRole('option', { name: 'acme/billing' }).click();
    await page.getByRole('heading', { name: 'bob may not install acme/billing' }).waitFor();
    await page.getByRole('link', { name: 'Payments' }).waitFor();
    await visitor.setColors('dark');
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('are in teams, whose page says where memberships and rights come from', async () => {
    const visitor = await owner('/o/acme/teams');
    const { page } = visitor;
    await page
      .getByRole('table', { name: 'Teams' })
      .getByRole('link', { name: 'Storefront' })
      .first()
      .waitFor();
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('link', { name: 'Storefront' }).first().click();
    await page.getByRole('table', { name: 'Members' }).getByRole('link', { name: 'bob' }).waitFor();
    await page.getByRole('tab', { name: 'Packages' }).click();
    await page.getByRole('table', { name: 'Packages' }).getByRole('link', { name: 'acme/money' }).waitFor();
    await visitor.setColors('dark');
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('have no violation of WCAG 2.2 AA that axe-core finds, in light and dark', async () => {
    const visitor = await owner('/o/acme/people');
    const bob = await bobsAddress(visitor);
    for (const path of ['/o/acme/people', bob]) {
      for (const scheme of ['light', 'dark'] as const) {
        await visitor.setColors(scheme);
        await visitor.open(path);
        expect(await visitor.violations(), path).toEqual([]);
      }
    }
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
});

/** A login can be there on several code hosts. */
const bobOf = ({ page }: Visitor) =>
  page
    .getByRole('table', { name: 'People' })
    .getByRole('row')
    .filter({ hasText: 'github.com' })
    .getByRole('link', { name: 'bob', exact: true });

const bobsAddress = async (visitor: Visitor): Promise<string> =>
  (await bobOf(visitor).getAttribute('href')) ?? '';
