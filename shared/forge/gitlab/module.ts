/** The module of GitLab: gitlab.com, or an instance of one's own. */
import type { ForgeModule } from '../module.ts';
import { clientRegistration } from './client-registration.ts';
import { connecting } from './connecting.ts';
import { credential, type GitLabCredential } from './credential.ts';
import { type GitLabSecrets, type GitLabSettings, secrets, settings } from './settings.ts';
import { signIn } from './sign-in.ts';
import { gitLabTraits } from './traits.ts';
import { webhooks } from './webhook.ts';

export const gitLab: ForgeModule<GitLabSettings, GitLabSecrets, GitLabCredential> = {
  id: 'gitlab',
  name: 'GitLab',
  traits: gitLabTraits,
  settings,
  secrets,
  credential,
  installsHooks: true,
  hasHookLog: true,
  readsFolders: true,
  webhooks,
  signIn,
  connecting,
  clientRegistration,
  async open(connection, source) {
    // Loaded on use: most functions that know the forges send them no requests.
    const { openGitLab } = await import('./client.ts');
    return openGitLab(connection, source);
  },
};
