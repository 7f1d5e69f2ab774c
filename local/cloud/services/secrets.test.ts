import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SecretEngine } from '../runtime/service.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { createSecretsService } from './secrets.ts';

let setup: ContractSetup;
let engine: SecretEngine;
let secrets: SecretsManagerClient;

const MISSING = { name: 'ResourceNotFoundException', status: 400 };
const arn = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:app-AbCdEf';

beforeAll(async () => {
  setup = await startContractSetup((parts) => {
    engine = createSecretsService(parts);
    return { secrets: engine };
  });
  engine.createSecret({ name: 'app', arn, secretString: 'first' });
  secrets = new SecretsManagerClient(setup.client);
});
afterAll(() => setup.close());

const get = (SecretId: string, more: object = {}) =>
  secrets.send(new GetSecretValueCommand({ SecretId, ...more }));
const put = (SecretString: string, more: object = {}) =>
  secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString, ...more }));

it('finds a secret by ARN, with and without its suffix, and by name', async () => {
  for (const id of [arn, arn.slice(0, -7), 'app']) {
    expect(await get(id)).toMatchObject({
      ARN: arn,
      Name: 'app',
      SecretString: 'first',
      VersionStages: ['AWSCURRENT'],
    });
  }
  expect(await failure(get('other'))).toEqual(MISSING);
});

it('keeps the current and the previous version', async () => {
  const second = await put('second');
  expect(await get(arn)).toMatchObject({ SecretString: 'second', VersionId: second.VersionId });
  expect(await get(arn, { VersionStage: 'AWSPREVIOUS' })).toMatchObject({ SecretString: 'first' });
  await put('third');
  expect(await get(arn, { VersionStage: 'AWSPREVIOUS' })).toMatchObject({ SecretString: 'second' });
  expect(await get(arn, { VersionId: second.VersionId })).toMatchObject({ VersionStages: ['AWSPREVIOUS'] });
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: arn }));
  expect(Object.values(VersionIdsToStages).sort()).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
  expect(engine.secretString(arn)).toBe('third');
});

it('keeps a pending version separate', async () => {
  const current = engine.secretString(arn);
  await put('pending', { VersionStages: ['AWSPENDING'] });
  expect(await get(arn)).toMatchObject({ SecretString: current });
  expect(await get(arn, { VersionStage: 'AWSPENDING' })).toMatchObject({ SecretString: 'pending' });
});

it('moves the label of the current version only from where the caller says that it is', async () => {
  const { VersionId: before } = await get(arn);
  const { VersionId: added } = await put('next', { VersionStages: ['NEXT'] });
  const move = (RemoveFromVersionId: string | undefined) =>
    secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: arn,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: added,
        RemoveFromVersionId,
      }),
    );
  for (const other of [added, undefined]) {
    expect(await failure(move(other))).toEqual({ name: 'InvalidParameterException', status: 400 });
  }
  expect(await get(arn)).toMatchObject({ VersionId: before });
  await move(before);
  expect(await get(arn)).toMatchObject({ VersionId: added, SecretString: 'next' });
  expect(await get(arn, { VersionStage: 'AWSPREVIOUS' })).toMatchObject({ VersionId: before });
});

it('accepts a repeated request once, and no other value under its token', async () => {
  const ClientRequestToken = '0123456789012345678901234567890123456789';
  const first = await put('once', { ClientRequestToken });
  expect(await put('once', { ClientRequestToken })).toMatchObject({ VersionId: first.VersionId });
  expect(await failure(put('twice', { ClientRequestToken }))).toEqual({
    name: 'ResourceExistsException',
    status: 400,
  });
});

it('creates secrets, each name once', async () => {
  const create = () => secrets.send(new CreateSecretCommand({ Name: 'new/secret', SecretString: 'a' }));
  const created = await create();
  expect(created.ARN).toMatch(/:secret:new\/secret-\w{6}$/);
  expect(await get('new/secret')).toMatchObject({ ARN: created.ARN, SecretString: 'a' });
  expect(await failure(create())).toMatchObject({ name: 'ResourceExistsException' });
  const { Name } = await secrets.send(new CreateSecretCommand({ Name: 'empty' }));
  expect(await failure(get(String(Name)))).toEqual(MISSING);
});

it('survives a restart, in files that only their owner can read', async () => {
  await put('kept');
  const again = createSecretsService({ directory: setup.directory, clock: setup.clock });
  again.createSecret({ name: 'app', arn, secretString: 'never' });
  expect(again.secretString(arn)).toBe('kept');
  const files = readdirSync(setup.directory);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(statSync(join(setup.directory, file)).mode & 0o777).toBe(0o600);
  expect(statSync(setup.directory).mode & 0o777).toBe(0o700);
});

it('refuses unknown operations and secrets', async () => {
  expect(await failure(secrets.send(new ListSecretsCommand({})))).toMatchObject({
    name: 'InvalidRequestException',
  });
});
