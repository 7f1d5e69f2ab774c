/** From the sign-in to the packages. */
import { expect, it } from 'vitest';
import type { Stage } from '../stage.ts';
import { patience, visit } from '../visitor.ts';

export function packagesStories(stage: () => Stage): void {
  it('are found from the sign-in on, by a link that survives the sign-in and a reload', async () => {
    const visitor = await visit(stage().browser, stage().system.console);
    const { page } = visitor;
    await visitor.open('/o/acme/packages');
    expect(await visitor.violations()).toEqual([]);
    await visitor.signIn({ login: 'alice' }, '/o/acme/packages');

    const table = page.getByRole('table', { name: 'Packages' });
    await expect.poll(() => table.getByRole('link').count(), patience).toBeGreaterThan(5);
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('billing');
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

  it('have a page with tabs: what it requires, who may install it and why, how often it was, its readme and its name', async () => {
    const visitor = await stage().owner('/o/acme/packages/acme/billing');
    const { page } = visitor;
    await page.getByRole('tab', { name: 'Access' }).click();
    await page
      .getByRole('row')
      .filter({ hasText: 'ann' })
      .getByRole('link', { name: /^Team Payments/ })
      .click();
    await page
      .getByRole('list', { name: /^Way: / })
      .first()
      .waitFor();
    await page.goBack();
    expect(new URL(page.url()).search).toBe('?tab=access');
    await page.getByRole('tab', { name: 'Installations' }).click();
    await page.getByRole('img', { name: /installations in the last 30 days$/ }).waitFor();
    await page.getByRole('tab', { name: 'Scans' }).click();
    await page.getByRole('table', { name: 'Scans that changed something, or failed' }).waitFor();

    await page.getByRole('tab', { name: 'Versions' }).click();
    await page
      .getByRole('row')
      .filter({ hasText: '2.0.1' })
      .getByRole('link', { name: 'acme/money' })
      .click();
    await page.getByText('composer require acme/money').waitFor();
    await page.getByRole('tab', { name: 'Readme' }).click();
    await page.getByRole('heading', { name: 'What it does' }).waitFor();
    expect(await page.getByRole('link', { name: 'the class' }).getAttribute('href')).toMatch(
      /\/acme\/money\/tree\/main\/src\/Money\.php$/,
    );

    await visitor.open('/o/acme/packages/acme/clock?tab=name');
    await page.getByRole('button', { name: 'Give it the name …: acme-labs/platform/clock' }).waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('are reached by the command palette', async () => {
    const visitor = await stage().owner('/o/acme');
    await visitor.page.keyboard.press('Control+k');
    await visitor.page.getByRole('textbox', { name: 'Search or jump to a page' }).fill('billing');
    // The repository has the same name.
    await visitor.page.locator('button[group="Packages"]').filter({ hasText: 'acme/billing' }).click();
    await visitor.page.getByText('composer require acme/billing').waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('are 5,000 in a list with at most 60 rows in the page, which the keyboard goes through', async () => {
    const visitor = await stage().owner('/');
    const { page } = visitor;
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
    const context = await stage().browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${stage().system.console}/o/acme/packages`);
    await page.waitForURL(`${stage().system.console}/plain`);
    await context.close();
  });

  it('are deleted after a further sign-in in another tab, which leaves what was typed', async () => {
    const visitor = await stage().owner('/o/acme/packages/acme/testing');
    const { page, context } = visitor;
    const refusal = {
      code: 'reauthentication-required',
      title: 'Forbidden',
      detail: 'Sign in again',
      status: 403,
    };
    await page.route('**/acme/testing/delete', (route) =>
      route.fulfill({ status: 403, contentType: 'application/problem+json', json: refusal }),
    );
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete the package …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete acme/testing?' });
    const typed = dialog.getByRole('textbox', { name: 'Type acme/testing to confirm' });
    await typed.fill('acme/testing');
    await dialog.getByRole('textbox', { name: 'Why' }).fill('nobody needs it');
    await dialog.getByRole('button', { name: 'Delete the package' }).click();

    const opened = context.waitForEvent('page');
    await page.getByRole('button', { name: 'Confirm with GitHub' }).click();
    const tab = await opened;
    await tab.locator('button[name="login"][value="alice"]').click();
    await page.getByText('It is you. Now do it once more.').waitFor();
    await expect.poll(() => tab.isClosed(), patience).toBe(true);
    expect(await typed.inputValue()).toBe('acme/testing');
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('are what members see, and no page that has nothing for them', async () => {
    const visitor = await stage().signedIn('bob', '/o/acme/packages');
    const links = visitor.page.getByRole('navigation').getByRole('link');
    await expect
      .poll(() => links.allTextContents(), patience)
      .toEqual(['Packages', 'Synchronizations', 'Settings']);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
}
