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
      .toEqual(['bob · github.com', 'Storefront', 'Engineering', 'acme/money']);
    const field = page.getByRole('combobox', { name: 'Package' });
    await field.fill('billing');
    await page.getByRole('option', { name: 'acme/billing' }).click();
    await page.getByRole('heading', { name: 'bob · github.com may not install acme/billing' }).waitFor();
    await page.getByRole('link', { name: 'Payments' }).waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('disappear while the page is open when their code host removes them', async () => {
    const { changes } = stage().system.gitHub;
    const hana = { organization: 'acme', user: 'hana' };
    const visitor = await stage().owner('/o/acme/people');
    const { page } = visitor;
    await page.clock.install();
    await visitor.open('/o/acme/people?name=hana');
    const row = page
      .getByRole('table', { name: 'People' })
      .getByRole('row')
      .filter({ hasText: 'github.com' });
    /** The page looks again by itself: its clock is ahead of ours. */
    const rowsLater = async (): Promise<number> => {
      await page.clock.runFor(10_000);
      await visitor.settled();
      return row.count();
    };
    await page.evaluate('window.isSamePage = true');
    await changes.run('add-organization-member', hana);
    await expect.poll(rowsLater, untilRead).toBe(1);
    await changes.run('remove-organization-member', hana);
    await expect.poll(rowsLater, untilRead).toBe(0);
    expect(await page.evaluate('window.isSamePage')).toBe(true);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('are put into a team that is made here, also by somebody whose session ends meanwhile', async () => {
    const visitor = await stage().signedIn('alice', '/o/acme/teams');
    const { page, context } = visitor;
    await page.getByRole('button', { name: 'New team' }).click();
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('Auditors');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Make the team' }).click();
    const ended = page.getByRole('dialog', { name: 'Your session has ended' });
    const inTab = context.waitForEvent('page');
    await ended
      .getByRole('button', { name: /^Sign in with / })
      .first()
      .click();
    const tab = await inTab;
    await tab.locator('button[name="login"][value="alice"]').click();
    await tab.waitForURL((address) => address.href.startsWith(stage().system.console));
    await tab.close();
    await ended.getByRole('button', { name: 'I am signed in again' }).click();
    await ended.waitFor({ state: 'detached' });
    expect(await name.inputValue()).toBe('Auditors');
    await page.getByRole('button', { name: 'Make the team' }).click();
    await page.getByRole('heading', { name: 'Auditors' }).waitFor();

    await page.getByRole('combobox', { name: 'Add somebody' }).fill('bob');
    await page.getByRole('option', { name: 'bob' }).first().click();
    await page.getByRole('table', { name: 'Members' }).getByRole('link', { name: 'bob' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('textbox', { name: 'Type Auditors to confirm' }).fill('Auditors');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('table', { name: 'Teams' }).waitFor();
    expect(await page.getByRole('link', { name: 'Auditors', exact: true }).count()).toBe(0);
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

/** In milliseconds: the code host's delivery, the read that it asks for, and the page's next look, also on a machine that has much to do. */
const untilRead = { timeout: 60_000, interval: 500 } as const;

/** A login can be there on several code hosts. */
const bobOf = ({ page }: Visitor) =>
  page
    .getByRole('table', { name: 'People' })
    .getByRole('row')
    .filter({ hasText: 'github.com' })
    .getByRole('link', { name: 'bob', exact: true });

const bobsAddress = async (visitor: Visitor): Promise<string> =>
  (await bobOf(visitor).getAttribute('href')) ?? '';
