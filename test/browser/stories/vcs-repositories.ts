/** A repository at a URL: added, read, granted, told of pushes and removed by an owner, against a real server of Git. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRepository } from '../../vcs/git-repositories.ts';
import { type GitHttpServer, startGitHttp } from '../../vcs/servers/git-servers.ts';
import { areInstalled } from '../../vcs/servers/programs.ts';
import type { Stage } from '../stage.ts';
import { patience } from '../visitor.ts';

const account = { username: 'reader', password: 'pass-of-the-story' };
const isPossible = areInstalled('nginx', 'fcgiwrap', 'git', 'openssl');

export function vcsRepositoriesStories(stage: () => Stage): void {
  describe.skipIf(!isPossible)('on a server of Git with a password', () => {
    let folder: string;
    let server: GitHttpServer;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'story-git-'));
      makeRepository(folder, 'archive-tools.git', [
        {
          refs: ['refs/heads/main'],
          files: { 'composer.json': JSON.stringify({ name: 'acme/archive-tools', license: 'MIT' }) },
          tags: ['v1.0.0'],
        },
      ]);
      server = await startGitHttp(folder, account);
    });
    afterAll(async () => {
      await server?.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('is added, becomes a package while the page is open, and is removed', async () => {
      const visitor = await stage().owner('/o/acme/repositories');
      const { page } = visitor;
      await page.getByRole('link', { name: 'Add a repository' }).click();
      await page.getByRole('textbox', { name: 'Address' }).fill(`${server.url}/basic/archive-tools.git`);
      await page.getByRole('radio', { name: 'User name and password' }).check();
      await page.getByRole('textbox', { name: 'User name' }).fill(account.username);
      await page.getByRole('textbox', { name: 'Password or token' }).fill(account.password);
      await page.getByRole('checkbox', { name: 'Read it without encryption' }).check();
      await page.getByRole('radio', { name: 'Nobody yet' }).check();
      await page.getByRole('button', { name: 'Add it and read it' }).click();

      // The test's server is in a private network, which only an owner allows.
      await page.getByText('is in a private network').waitFor();
      expect(await visitor.violations()).toEqual([]);
      await page.getByRole('button', { name: 'Allow the host' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Allow the host' }).click();
      await page.getByText('It was read, and gives 1 package').waitFor();
      await page.getByRole('link', { name: 'acme/archive-tools' }).first().waitFor();

      await page.getByRole('radio', { name: 'Everybody of the organization' }).check();
      await page.getByRole('button', { name: 'Save' }).click();
      const [stored] = (await stage().ask('/vcs-repositories')).items;
      const readers = async () => (await stage().ask(`/vcs-repositories/${stored.id}`)).readers;
      await expect.poll(readers, patience).toEqual({ everyone: true, teams: [] });

      await page.getByRole('button', { name: 'Make an address' }).click();
      const hook = page.getByRole('region', { name: 'Tell of pushes' });
      await hook.getByText('shown only now').waitFor();
      const [url, secret] = await hook.locator('code').allInnerTexts();
      const told = await fetch(url ?? '', {
        method: 'POST',
        headers: { 'x-repertoire-secret': secret ?? '' },
      });
      expect(told.ok).toBe(true);
      await visitor.setScreen('phone');
      expect(await visitor.violations()).toEqual([]);
      await page.reload();
      await visitor.settled();
      const text = await page.locator('main').innerText();
      expect([text.includes(url ?? '?'), text.includes(secret ?? '?')]).toEqual([true, false]);
      expect(text).not.toContain(account.password);

      const name = stored.name as string;
      await page.getByRole('button', { name: 'Remove' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox').fill(name);
      await dialog.getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('heading', { name: 'No repositories at a URL' }).waitFor();
      expect((await stage().ask('/vcs-repositories')).items).toEqual([]);
      expect(visitor.faults).toEqual([]);
      await visitor.close();
    });
  });

  it('are for owners', async () => {
    const visitor = await stage().signedIn('bob', '/o/acme/repositories/at-url');
    await visitor.page.getByRole('heading', { name: 'This is for owners' }).waitFor();
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });
}
