/** Repositories that are no packages yet: why, and how they become packages. */
import { expect, it } from 'vitest';
import type { Stage } from '../stage.ts';

export function repositoriesStories(stage: () => Stage): void {
  it('become installable packages by one click, while the page is open', async () => {
    const visitor = await stage().owner('/o/acme/repositories?reason=not-chosen');
    const { page } = visitor;
    await page.getByRole('button', { name: 'Add acme-labs/platform/cms' }).click();
    const added = page.getByRole('link', { name: 'acme/cms can be installed' });
    await added.waitFor();

    // Several at once by the keyboard: each says what became of it.
    await page.getByRole('checkbox', { name: 'Select acme-labs/attic/experiments' }).focus();
    await page.keyboard.press('Space');
    await page
      .getByRole('region', { name: 'Selection' })
      .getByRole('button', { name: 'Add 1 repository' })
      .press('Enter');
    const row = page.getByRole('row').filter({ hasText: 'acme-labs/attic/experiments' });
    await row.getByText('Vendor is not yours').last().waitFor();
    await page
      .getByText('1 package can be installed, 1 repository is no package yet', { exact: true })
      .waitFor();

    await added.click();
    await page.getByText('composer require acme/cms').waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('are for those who may do something about them', async () => {
    const visitor = await stage().signedIn('bob', '/o/acme/repositories');
    await visitor.page.getByRole('heading', { name: 'This is for owners' }).waitFor();
    await visitor.open('/o/acme/packages/acme/catalog');
    const { page } = visitor;
    await page.getByRole('table', { name: 'Versions' }).waitFor();
    expect(await page.getByRole('tab').allTextContents()).toEqual([
      'Versions',
      'Readme',
      'Used by',
      'Installations',
      'Scans',
    ]);
    expect(await page.getByRole('checkbox').count()).toBe(0);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
}
