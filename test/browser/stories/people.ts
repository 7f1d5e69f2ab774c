/** Who belongs to an organization, and why somebody may install a package. */
import { expect, it } from 'vitest';
import type { Stage } from '../stage.ts';
import { patience, type Visitor } from '../visitor.ts';

export function peopleStories(stage: () => Stage): void {
  it('are filtered by state, and switched off and on again from their page', async () => {
    const visitor = await stage().owner('/o/acme/people');
    const { page } = visitor;
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('option', { name: 'Switched off' }).click();
    await page.getByRole('heading', { name: 'Nobody fits' }).waitFor();
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
    const visitor = await stage().owner('/o/acme/people');
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
    const field = page.getByRole('combobox', { name: 'Package' });
    await field.fill('billing');
    await page.getByRole('option', { name: 'acme/billing' }).click();
    await page.getByRole('heading', { name: 'bob may not install acme/billing' }).waitFor();
    await page.getByRole('link', { name: 'Payments' }).waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('are in teams, whose page says where memberships and rights come from', async () => {
    const visitor = await stage().owner('/o/acme/teams');
    const { page } = visitor;
    await page
      .getByRole('table', { name: 'Teams' })
      .getByRole('link', { name: 'Storefront' })
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'Storefront' }).first().click();
    await page.getByRole('table', { name: 'Members' }).getByRole('link', { name: 'bob' }).waitFor();
    await page.getByRole('tab', { name: 'Packages' }).click();
    await page.getByRole('table', { name: 'Packages' }).getByRole('link', { name: 'acme/money' }).waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
}

/** A login can be there on several code hosts. */
const bobOf = ({ page }: Visitor) =>
  page
    .getByRole('table', { name: 'People' })
    .getByRole('row')
    .filter({ hasText: 'github.com' })
    .getByRole('link', { name: 'bob', exact: true });

const bobsAddress = async (visitor: Visitor): Promise<string> =>
  (await bobOf(visitor).getAttribute('href')) ?? '';
