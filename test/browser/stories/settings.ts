/** What owners set, what the history says of it, and the emergency stop. */
import { expect, it } from 'vitest';
import type { Stage } from '../stage.ts';
import { patience } from '../visitor.ts';

export function settingsStories(stage: () => Stage): void {
  it('stop all access until an owner allows it again, and the history tells both', async () => {
    const visitor = await stage().owner('/o/acme/settings/emergency-stop');
    const { page } = visitor;
    const { system } = stage();
    /** What a member's Composer is answered. */
    const asked = async (): Promise<number> => {
      const authorization = `Basic ${btoa(`token:${system.token('bob')}`)}`;
      return (await fetch(`${system.registry}/acme/packages.json`, { headers: { authorization } })).status;
    };
    const dialog = page.getByRole('dialog');
    expect(await asked()).toBe(200);

    await page.getByRole('button', { name: 'Stop access' }).click();
    await dialog.getByRole('textbox', { name: 'Type acme to confirm' }).fill('acme');
    await dialog.getByRole('textbox', { name: 'Why' }).fill('A laptop was stolen');
    expect(await visitor.violations()).toEqual([]);
    await dialog.getByRole('button', { name: 'Stop access' }).click();
    await page.getByText('Access to Acme is stopped').waitFor();
    await expect.poll(asked, patience).toBe(401);
    expect(await visitor.violations()).toEqual([]);

    await page.getByRole('button', { name: 'Allow access again' }).click();
    await dialog.getByRole('textbox', { name: 'Why' }).fill('It was found');
    await dialog.getByRole('button', { name: 'Allow access again' }).click();
    await page.getByText('Access to Acme is stopped').waitFor({ state: 'detached' });
    await expect.poll(asked, patience).toBe(200);

    await page.getByRole('link', { name: 'History' }).click();
    const history = page.getByRole('table', { name: 'History' });
    await history.getByRole('button', { name: 'Alice Ames allowed access again' }).waitFor();
    await history.getByRole('button', { name: 'Alice Ames stopped all access' }).click();
    await dialog.getByText('A laptop was stolen').waitFor();
    expect(await visitor.violations()).toEqual([]);
    await dialog.getByRole('button', { name: 'Only what Alice Ames did' }).click();
    await page.waitForURL(/\?actor=/);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
}
