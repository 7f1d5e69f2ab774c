/** Tokens for Composer, and keys for programs: what is made in the console is used outside it, until it is revoked there. */
import { expect, it } from 'vitest';
import type { Stage } from '../stage.ts';
import { patience, type Visitor } from '../visitor.ts';

export function keyStories(stage: () => Stage): void {
  it('a token of the organization is made, reads the registry, and is refused once it is revoked', async () => {
    const visitor = await stage().owner('/o/acme/settings/tokens/new');
    const { page } = visitor;
    await page.getByRole('textbox', { name: 'What it is for' }).fill('build server of the story');
    await page.getByRole('button', { name: 'Make the token' }).click();
    await page.getByRole('heading', { name: 'Your new token' }).waitFor();
    const secret = await shownCode(visitor);
    const [url] = (await page.locator('pre').last().innerText()).split(' ').slice(-1);
    await page.getByText('The registry accepts it.').waitFor();
    expect(await visitor.violations()).toEqual([]);
    const authorization = `Basic ${Buffer.from(`token:${secret}`).toString('base64')}`;
    const read = async () => (await fetch(`${url}/packages.json`, { headers: { authorization } })).status;
    await expect.poll(read, patience).toBe(200);

    await page.getByRole('button', { name: 'Done' }).click();
    await page
      .getByRole('table', { name: 'What it reads' })
      .getByRole('link', { name: 'acme/billing' })
      .waitFor();
    await page.getByRole('button', { name: 'Revoke' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke this token?' });
    await dialog.waitFor();
    expect(await visitor.violations()).toEqual([]);
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The token is revoked.').waitFor();
    await expect.poll(read, patience).toBe(401);
    await ended(visitor);
  });

  it('an API key is made with what it may do, used, and revoked', async () => {
    const visitor = await stage().owner('/o/acme/settings/api-keys/new');
    const { page } = visitor;
    await page.getByRole('textbox', { name: 'What it is for' }).fill('report of the story');
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByRole('heading', { name: 'Your new API key' }).waitFor();
    const authorization = `Bearer ${await shownCode(visitor)}`;
    const asked = async (path: string) => {
      const { console } = stage().system;
      return (await fetch(`${console}/api/v1/organizations/acme${path}`, { headers: { authorization } }))
        .status;
    };
    expect(await asked('/packages')).toBe(200);
    expect(await asked('/people'), 'which needs another scope').toBe(403);

    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Revoke report of the story' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('report of the story is revoked.').waitFor();
    expect(await asked('/packages')).toBe(401);
    await ended(visitor);
  });
}

/** The secret, which is shown once. */
const shownCode = ({ page }: Visitor): Promise<string> => page.locator('main code').first().innerText();

async function ended(visitor: Visitor): Promise<void> {
  expect(visitor.faults).toEqual([]);
  await visitor.close();
}
