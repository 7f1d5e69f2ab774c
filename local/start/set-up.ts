/** What an operator does once after deploying: fills in the integrations, and signs in with the set-up code. */
import { S3Client } from '@aws-sdk/client-s3';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { publishConsole } from '../../console/build/publish-console.ts';
import { integrationKeyOf } from '../../shared/forge/integration-key.ts';
import { createBrowser } from '../browser/browser.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { BitbucketSimulator } from '../forges/bitbucket/simulator.ts';
import type { GitHubSimulator } from '../forges/github/simulator.ts';
import type { GitLabSimulator } from '../forges/gitlab/simulator.ts';
import { type ApiAddress, createApiClient } from './api-client.ts';
import type { CodeHostAccount } from './connect-owned.ts';
import type { Progress } from './progress.ts';
import { bitbucketIntegration } from './start-bitbucket.ts';
import { gitLabIntegration } from './start-gitlab.ts';

/** The host that the simulated GitHub stands for. */
export const gitHubHost = { forge: 'github', baseUrl: 'https://github.com' } as const;

interface SetUp {
  readonly secrets: SecretsManagerClient;
  /** The name of the secret with the code. */
  readonly codeSecret: string;
  readonly consoleBaseUrl: string;
  /** As shown in addresses. */
  readonly integrationKey: string;
  /** Whom the simulated GitHub signs in. */
  readonly login: string;
}

/**
 * Signs the person in with the set-up code, through the pages.
 *
 * @returns whether the person became administrator; false where there is one already
 * @throws Error when the sign-in fails
 */
async function setUpAdministrator({
  secrets,
  codeSecret,
  consoleBaseUrl,
  integrationKey,
  login,
}: SetUp): Promise<boolean> {
  const code = await readCode(secrets, codeSecret);
  const browser = createBrowser();
  const form = await browser.visit(`${consoleBaseUrl}/sign-in/setup`);
  const choice = await browser.press(form, ['integration', integrationKey], { code });
  if (choice.status === 403) {
    return false;
  }
  const done = await browser.press(choice, ['login', login]);
  if (done.status !== 200 && done.status !== 404) {
    throw new Error(
      `the first sign-in ended with status ${done.status} at ${new URL(done.address).pathname}`,
    );
  }
  return true;
}

async function readCode(secrets: SecretsManagerClient, name: string): Promise<string> {
  const { SecretString: code = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: name }));
  return code;
}

const Settings = z.object({ administrators: z.array(z.string()) });

/** The set-up code, while it is good: until there is an administrator. */
export async function openSetUpCode(cloud: Cloud, operator: ApiAddress): Promise<string | undefined> {
  const settings = await createApiClient(operator).request({ path: '/installation/settings' });
  if (Settings.parse(settings).administrators.length > 0) {
    return undefined;
  }
  const client = operatorClient(cloud);
  const code = await readCode(client, z.string().parse(cloud.outputs.SetUpCodeSecretName));
  client.destroy();
  return code;
}

/** What a client of the local cloud's services needs. */
const operatorOf = (cloud: Cloud) => ({
  endpoint: cloud.addresses.gateway,
  region: 'us-east-1',
  credentials: { accessKeyId: cloud.gateway.accessKeyId('operator'), secretAccessKey: 'local' },
});
const operatorClient = (cloud: Cloud): SecretsManagerClient => new SecretsManagerClient(operatorOf(cloud));

/** The bucket that the CDN reads the console from. */
export const consoleBucketOf = ({ outputs }: Cloud): string => z.string().parse(outputs.ConsoleBucketName);

/** Puts the console into its bucket, as an operator does after each deployment. @param folder of the built console */
export async function putConsole(cloud: Cloud, folder: string): Promise<void> {
  const s3 = new S3Client({ ...operatorOf(cloud), forcePathStyle: true });
  await publishConsole(s3, consoleBucketOf(cloud), folder);
  s3.destroy();
}

/** The integration with the simulated GitHub. */
function gitHubIntegration({ state, addresses }: GitHubSimulator) {
  const { id, slug, clientId, clientSecret, privateKey, webhookSecret } = state.app;
  const { api: apiUrl, web: webUrl } = addresses;
  const settings = { appId: String(id), apiUrl, webUrl, clientId, appSlug: slug };
  return { forge: gitHubHost.forge, settings, secrets: { privateKey, webhookSecret, clientSecret } };
}

/**
 * Stores what belongs to the App, to GitLab's application and to Bitbucket's consumer in the integrations secret, as an operator does once. A code host without organizations is
 * left out.
 */
export async function putIntegrations(
  cloud: Cloud,
  gitHub: GitHubSimulator,
  gitLab: GitLabSimulator | undefined,
  bitbucket: BitbucketSimulator | undefined,
): Promise<void> {
  const client = operatorClient(cloud);
  await client.send(
    new PutSecretValueCommand({
      SecretId: z.string().parse(cloud.outputs.IntegrationsSecretName),
      SecretString: JSON.stringify([
        ...(gitHub.state.organizations.size > 0 ? [gitHubIntegration(gitHub)] : []),
        ...(gitLab ? [gitLabIntegration(gitLab)] : []),
        ...(bitbucket ? [bitbucketIntegration(bitbucket)] : []),
      ]),
    }),
  );
  client.destroy();
}

/** Asked first: a set-up code that is used again is refused, and logged as an attack would be. */
async function hasAdministrator(api: ApiAddress): Promise<boolean> {
  const answer = await createApiClient(api).request({ path: '/installation/settings' });
  return z.object({ administrators: z.array(z.string()) }).parse(answer).administrators.length > 0;
}

/**
 * Makes the person the administrator, if nobody is.
 */
export async function setUp(
  cloud: Cloud,
  api: ApiAddress,
  { host, login }: CodeHostAccount,
  progress: Progress,
): Promise<void> {
  if (await hasAdministrator(api)) {
    progress.step(`the administrator is ${login}`);
    return;
  }
  const secrets = operatorClient(cloud);
  const isNew = await setUpAdministrator({
    secrets,
    codeSecret: z.string().parse(cloud.outputs.SetUpCodeSecretName),
    consoleBaseUrl: api.consoleBaseUrl,
    integrationKey: integrationKeyOf(host),
    login,
  });
  secrets.destroy();
  progress.step(isNew ? `${login} signed in with the set-up code` : `the administrator is ${login}`);
}
