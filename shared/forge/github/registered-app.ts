/** The App that GitHub created from our manifest. */
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { ForgeError } from '../errors.ts';
import type { ForgeServices } from '../module.ts';
import type { RegisteredIntegration } from '../registration.ts';
import { SignInError } from '../sign-in.ts';
import { refusalOf, sendTo } from './person-requests.ts';

const text = z.string().min(1);

/** https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest */
const registeredSchema = z.object({
  id: z.int().positive(),
  slug: text,
  client_id: text,
  client_secret: text,
  webhook_secret: text,
  pem: text,
});

/** As `Registration.complete`. GitHub accepts the code once, within an hour. */
export async function complete(
  settings: { readonly baseUrl: string; readonly apiUrl: string },
  code: string,
  services: ForgeServices,
): Promise<RegisteredIntegration> {
  const what = 'the registration of an App';
  // It becomes a path segment.
  if (!/^\w[\w-]*$/.test(code)) {
    throw new SignInError('bad-code', 'the registration code is not in the form that GitHub issues');
  }
  const path = `/app-manifests/${code}/conversions`;
  const response = await sendTo({ settings }, services, what, path, { method: 'POST' });
  if (response.status === 404 || response.status === 422) {
    throw new SignInError('bad-code', 'GitHub does not know the code of a registration');
  }
  if (response.status !== 201) {
    throw refusalOf(response, what, services);
  }
  const parsed = registeredSchema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    throw new ForgeError('incomplete', `GitHub's answer to ${what} lacks what it must have`);
  }
  const app = parsed.data;
  if (!isAppKey(app.pem)) {
    throw new ForgeError('incomplete', `GitHub's answer to ${what} has no private key that can be used`);
  }
  return {
    settings: { ...settings, appId: String(app.id), clientId: app.client_id, appSlug: app.slug },
    secrets: { privateKey: app.pem, webhookSecret: app.webhook_secret, clientSecret: app.client_secret },
  };
}

/** Whether requests of the App can be signed with it: RS256. */
function isAppKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
