/** The module of GitHub: github.com, or an Enterprise Server. */
import type { ForgeModule } from '../module.ts';
import { registration } from './registration.ts';
import { type GitHubSecrets, type GitHubSettings, publicHost, secrets, settings } from './settings.ts';
import { signIn } from './sign-in.ts';
import { gitHubTraits } from './traits.ts';
import { webhooks } from './webhook.ts';

export const gitHub: ForgeModule<GitHubSettings, GitHubSecrets> = {
  id: 'github',
  name: 'GitHub',
  traits: gitHubTraits,
  defaultBaseUrl: publicHost,
  settings,
  secrets,
  webhooks,
  hasDeliveryLog: true,
  readsFolders: true,
  signIn,
  registration,
  async open(connection) {
    // Loaded on use: most functions that know the forges send them no requests.
    const { openGitHub } = await import('./client.ts');
    return openGitHub(connection);
  },
};
