/** Connecting an organization, and one at a glance. */
import { expect, it } from 'vitest';
import type { Stage } from '../stage.ts';
import { patience } from '../visitor.ts';

export function overviewStories(stage: () => Stage): void {
  it('says how old the rights are, what waits for the owner, and what changed', async () => {
    const visitor = await stage().owner('/o/acme');
    const { page } = visitor;
    const health = page.getByRole('region', { name: 'Synchronizations' });
    await expect.poll(() => health.getByText('Rights as of').count(), patience).toBe(3);
    await health.getByRole('link', { name: 'acme', exact: true }).first().waitFor();
    await expect.poll(() => health.locator('time').count(), patience).toBeGreaterThanOrEqual(3);
    await page.getByRole('region', { name: 'Needs you' }).waitFor();
    const lately = page.getByRole('region', { name: 'Changed lately' });
    await expect.poll(() => lately.getByRole('listitem').count(), patience).toBeGreaterThan(0);
    await page.getByRole('img', { name: /installations in the last 30 days/ }).waitFor();

    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('is not for members, who go on to the packages', async () => {
    const visitor = await stage().signedIn('bob', '/o/acme');
    await visitor.page.waitForURL(`${stage().system.console}/o/acme/packages`);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('of a new organization is reached by choosing it, its first synchronization and the lines to paste', async () => {
    const visitor = await stage().owner('/organizations/new');
    const { page } = visitor;
    await page.getByRole('link', { name: /gitlab/i }).click();
    await page.getByRole('button', { name: /^(Show my organizations|Link my account) at / }).click();
    await page.locator('button[name="login"][value="alice"]').click();
    await page.waitForURL(/outcome=done/);
    const slug = page.getByRole('textbox', { name: 'Slug' });
    await slug.waitFor();
    expect(await slug.inputValue()).toBe('acme-studio');
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.waitForURL(`${stage().system.console}/organizations/connected/acme-studio`);
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
}
