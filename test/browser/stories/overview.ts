/** An organization at a glance. */
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
    await page.getByRole('table', { name: 'Installations and packages of the last 30 days' }).waitFor();

    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('is not for members, who go on to the packages', async () => {
    const visitor = await stage().signedIn('bob', '/o/acme');
    await visitor.page.waitForURL(`${stage().system.console}/o/acme/packages`);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
}
