/** What Composer asks the simulated GitHub with, in the place of the person whose token its `github-oauth` would have. */
import { App } from '@octokit/app';
import { Octokit } from '@octokit/core';
import { z } from 'zod';
import type { GitHubSimulator } from '../../local/forges/github/simulator.ts';

/** A token of the first installation, good for an hour. @throws Error when the app is not installed */
export async function gitHubToken({ state, addresses }: GitHubSimulator): Promise<string> {
  const [installation] = state.installations.values();
  if (installation === undefined) throw new Error('the app is not installed on the simulated GitHub');
  const { id: appId, privateKey } = state.app;
  const app = new App({ appId, privateKey, Octokit: Octokit.defaults({ baseUrl: addresses.api }) });
  const octokit = await app.getInstallationOctokit(installation.id);
  return z.object({ token: z.string() }).parse(await octokit.auth({ type: 'installation' })).token;
}
