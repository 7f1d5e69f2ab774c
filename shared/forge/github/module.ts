/** GitHub: github.com, or an Enterprise Server of one's own. */
import type { ForgeModule } from '../module.ts';
import { registration } from './registration.ts';
import { type GitHubSecrets, type GitHubSettings, publicHost, secrets, settings } from './settings.ts';
import { signIn } from './sign-in.ts';
import { gitHubTraits } from './traits.ts';
import { webhooks } from './webhook.ts';

export const gitHub: ForgeModule<GitHubSettings, GitHubSecrets> = {
  id: 'github',
  traits: gitHubTraits,
  defaultBaseUrl: publicHost,
  settings,
  secrets,
  webhooks,
  hasDeliveryLog: true,
  signIn,
  registration,
  async open(connection) {
    // Loaded when it is used: most functions that know the forges ask none of them anything.
    const { openGitHub } = await import('./client.ts');
    return openGitHub(connection);
  },
};
