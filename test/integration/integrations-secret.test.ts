/** The operator's secret on a local Secrets Manager. */
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ContractSetup, startContractSetup } from '../../local/cloud/services/contract-setup.ts';
import { createSecretsService } from '../../local/cloud/services/secrets.ts';
import { integrationsSecret } from '../../shared/composition/integrations.ts';
import { readSecretVersions } from '../../shared/composition/secret-versions.ts';
import { environment } from '../../shared/runtime/environment.ts';

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:integrations-AbCdEf';
let setup: ContractSetup;
let client: SecretsManagerClient;

beforeAll(async () => {
  setup = await startContractSetup((parts) => {
    const secrets = createSecretsService(parts);
    secrets.createSecret({ name: 'integrations', arn, secretString: '[]' });
    return { secrets };
  });
  process.env[environment.integrationsSecretArn] = arn;
  client = new SecretsManagerClient(setup.client);
});
afterAll(async () => {
  delete process.env[environment.integrationsSecretArn];
  await setup.close();
});

it('replaces the version that was read, and none that was written since', async () => {
  const secret = integrationsSecret(client);
  const { text, version } = await secret.read();
  expect(text).toBe('[]');
  expect(await secret.replace('[1]', version)).toBe(true);
  expect(await secret.replace('[2]', version)).toBe(false);
  expect((await secret.read()).text).toBe('[1]');
  // The operator edits it by hand.
  const read = await secret.read();
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: '[3]' }));
  expect(await secret.replace('[4]', read.version)).toBe(false);
  const current = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  expect(current.SecretString).toBe('[3]');
});

it('loses no write of two at the same moment', async () => {
  const secret = integrationsSecret(client);
  const add = async (entry: number): Promise<void> => {
    const { text, version } = await secret.read();
    if (!(await secret.replace(JSON.stringify([...JSON.parse(text), entry]), version))) {
      await add(entry);
    }
  };
  await Promise.all([10, 11, 12, 13].map(add));
  expect(JSON.parse((await secret.read()).text)).toEqual(expect.arrayContaining([10, 11, 12, 13]));
});

it('is read with the version before it, in the first hour of a version', async () => {
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: '["before"]' }));
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: '["now"]' }));
  const { current, previous } = await readSecretVersions(client, arn, Date.now());
  expect([current, previous?.text]).toEqual(['["now"]', '["before"]']);
  expect(await readSecretVersions(client, arn, previous?.until ?? 0)).toEqual({ current: '["now"]' });
});

it('has nothing before its first version', async () => {
  const { ARN } = await client.send(new CreateSecretCommand({ Name: 'key', SecretString: 'first' }));
  expect(await readSecretVersions(client, ARN ?? '', Date.now())).toEqual({ current: 'first' });
});
