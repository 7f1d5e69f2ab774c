/** The module of Bitbucket Cloud. */
import type { ForgeModule } from '../module.ts';
import { clientRegistration } from './client-registration.ts';
import { connecting } from './connecting.ts';
import { type BitbucketCredential, credential } from './credential.ts';
import { type BitbucketSecrets, type BitbucketSettings, secrets, settings } from './settings.ts';
import { signIn } from './sign-in.ts';
import { bitbucketTraits } from './traits.ts';
import { webhooks } from './webhook.ts';

export const bitbucket: ForgeModule<BitbucketSettings, BitbucketSecrets, BitbucketCredential> = {
  id: 'bitbucket',
  name: 'Bitbucket',
  traits: bitbucketTraits,
  settings,
  secrets,
  credential,
  installsHooks: true,
  readsFolders: true,
  webhooks,
  signIn,
  connecting,
  clientRegistration,
  async open(connection, source) {
    // Loaded on use: most functions that know the forges send them no requests.
    const { openBitbucket } = await import('./client.ts');
    return openBitbucket(connection, source);
  },
};
