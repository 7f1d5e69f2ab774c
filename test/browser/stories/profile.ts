/** From the first sign-in to an installed package, and what is a person's own. */
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { composerVersion, createProject } from '../../support/composer.ts';
import type { Stage } from '../stage.ts';
import { patience, visit } from '../visitor.ts';

/** From the sign-in to the lines that were copied. */
const clicksMax = 8;

/** Clicks, and counts them. */
function clicking() {
  let count = 0;
  return {
    count: () => count,
    async click(locator: Locator): Promise<void> {
      count += 1;
      await locator.click();
    },
  };
}

/** Somebody in a browser that has never been here. */
async function newcomer({ browser, system }: Stage) {
  const visitor = await visit(browser, system.console);
  await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await visitor.open('/');
  const { click, count } = clicking();
  const signIn = async (login: string): Promise<void> => {
    await click(visitor.page.getByRole('button', { name: 'Sign in with GitHub' }));
    await click(accountOf(visitor.page, login));
  };
  return { visitor, page: visitor.page, click, count, signIn };
}

/** On a page of a simulated code host. */
const accountOf = (page: Page, login: string): Locator =>
  page.locator(`button[name="login"][value="${login}"]`);

const copied = (page: Page): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()');

export function profileStories(stage: () => Stage): void {
  it.skipIf(composerVersion === undefined)(
    'somebody new makes a token, pastes the lines, and has a package in 8 clicks',
    async () => {
      const { visitor, page, click, count, signIn } = await newcomer(stage());
      await signIn('ann');
      await click(page.getByRole('button', { name: /^Menu of / }));
      await click(page.getByRole('menuitem', { name: 'My tokens' }));
      await click(page.getByRole('button', { name: 'Make a token' }).first());
      await page.getByRole('textbox', { name: 'What is it for?' }).fill('Laptop');
      await click(page.getByRole('dialog').getByRole('button', { name: 'Make a token' }));
      await click(page.getByRole('button', { name: 'Copy the lines' }));
      expect(count()).toBeLessThanOrEqual(clicksMax);
      const lines = (await copied(page)).split('\n');
      await page.getByText('Ready in a moment').waitFor({ state: 'detached' });

      const project = await createProject(stage().system.registry, undefined);
      await project.write('composer.json', '{"repositories": [{"packagist.org": false}]}');
      for (const line of lines) {
        const [program, ...args] = line.split(' ');
        expect(program).toBe('composer');
        expect(await project.run(...args)).toMatchObject({ code: 0 });
      }
      expect(JSON.parse(await project.read('composer.lock')).packages.length).toBeGreaterThan(0);
      await project.remove();

      await page.getByRole('button', { name: 'Revoke Laptop' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('heading', { name: 'No tokens yet' }).waitFor();
      expect(visitor.faults).toEqual([]);
      await visitor.close();
    },
  );

  it.each([
    ['GitLab', 'acme-studio', 'acme-studio/palette'],
    ['Bitbucket', 'acme-lab', 'acme-lab/probe'],
  ])('an organization on %s is connected, and its lines are there, in 8 clicks', async (host, slug, name) => {
    const { visitor, page, click, count, signIn } = await newcomer(stage());
    await signIn('alice');
    await click(page.getByRole('link', { name: 'Connect an organization' }));
    await click(page.getByRole('button', { name: host }));
    await click(accountOf(page, 'alice'));
    expect(await page.getByRole('textbox', { name: 'Slug' }).inputValue()).toBe(slug);
    expect(await visitor.violations()).toEqual([]);
    await click(page.getByRole('button', { name: 'Connect', exact: true }));
    await page.getByText('Everything was read.').waitFor();
    const copy = page.getByRole('button', { name: 'Copy the lines' });
    await copy.waitFor();
    expect(await visitor.violations()).toEqual([]);
    await click(copy);
    expect(count()).toBeLessThanOrEqual(clicksMax);
    expect(await copied(page)).toContain(`composer require ${name}`);
    // A tag and a branch at least: they are counted when it says that it is over.
    const versions = page.getByText('Versions', { exact: true }).locator('xpath=following-sibling::*');
    expect(Number(await versions.textContent())).toBeGreaterThanOrEqual(2);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it('a second account is linked and unlinked, and one of somebody else is offered for a merge', async () => {
    const visitor = await stage().signedIn('ann', '/profile');
    const { page } = visitor;
    const link = async (host: string, login: string): Promise<void> => {
      await page.getByRole('button', { name: `Link an account at ${host}` }).click();
      await accountOf(page, login).click();
      await visitor.settled();
    };
    await link('Bitbucket', 'ann');
    await page.getByText('The account is linked.').waitFor();
    await page.getByRole('button', { name: /^Unlink ann at Bitbucket/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Unlink' }).click();
    await dialog.waitFor({ state: 'detached' });
    const accounts = page.getByRole('list', { name: 'Linked accounts' }).getByRole('listitem');
    await expect.poll(() => accounts.count(), patience).toBe(1);

    await link('GitHub', 'alice');
    await page.getByRole('button', { name: 'Both are me: merge them' }).click();
    await dialog.getByText('This cannot be undone.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Leave it as it is' }).click();
    await page.waitForURL(`${stage().system.console}/profile`);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
}
