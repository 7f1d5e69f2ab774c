/** Reading a code host now, previews, what changed as a diff, and removals that wait for an owner. */
import { expect, it } from 'vitest';
import type { Stage } from '../stage.ts';
import type { Visitor } from '../visitor.ts';

export function synchronizationsStories(stage: () => Stage): void {
  const idOn = async (wanted: string): Promise<string> => {
    const { items } = await stage().ask('/synchronizations');
    return items.find(({ forge }: { readonly forge: string }) => forge === wanted).id;
  };

  it('are previewed and read now, and their runs are a diff', async () => {
    const { gitLab } = stage().system;
    // Webhooks cannot be installed there, so nobody reads it before.
    const place = { source: 'acme-labs/platform', user: 'bob' };
    await gitLab?.changes.run('set-member', { ...place, level: 'developer' });
    const visitor = await stage().owner(`/o/acme/synchronizations/${await idOn('gitlab')}`);
    const { page } = visitor;
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('menuitem', { name: 'What a read would change' }).click();
    await added(visitor, 'Would change').waitFor();
    expect(await visitor.violations()).toEqual([]);

    await page.getByRole('button', { name: 'Read now' }).click();
    await page.getByText('Everything was read').waitFor();
    await readRun(visitor).click();
    await added(visitor, 'Changes').waitFor();
    await gitLab?.changes.run('remove-member', place);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  // Of the default world nothing else uses these.
  it('hold removals until an owner has seen and allowed them', async () => {
    const visitor = await stage().owner(`/o/acme/synchronizations/${await idOn('bitbucket')}`);
    const { page } = visitor;
    await page.getByText('12 removals wait for your decision').waitFor();
    await page.getByRole('link', { name: 'Decide' }).click();
    await removed(visitor, 'Permissions on repositories: 12').first().waitFor();
    await page.getByRole('button', { name: 'Remove all 12' }).click();
    const dialog = page.getByRole('dialog', { name: 'Allow 12 removals?' });
    await dialog.getByText('emil').waitFor();
    expect(await visitor.violations()).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Why' }).fill('the partners left');
    await dialog.getByRole('button', { name: 'Remove all 12' }).click();

    await page.getByText('Everything was read').waitFor();
    await readRun(visitor).click();
    await removed(visitor, 'Changes').first().waitFor();
    await page.getByText('12 removed').waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
}

/** The first one that read what was asked for. */
const readRun = ({ page }: Visitor) =>
  page.getByRole('region', { name: 'Reading now' }).getByRole('link', { name: /^Run / }).last();

const added = ({ page }: Visitor, list: string) =>
  page.getByRole('list', { name: list }).getByText('Added: In team platform');

const removed = ({ page }: Visitor, list: string) =>
  page.getByRole('list', { name: list }).getByText('Removed: Reads acme-works/invoices');
