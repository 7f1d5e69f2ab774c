import {
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ParameterEngine } from '../runtime/service.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { createParameterService } from './parameters.ts';

let setup: ContractSetup;
let engine: ParameterEngine;
let client: SSMClient;
const arn = 'arn:aws:ssm:eu-central-1:000000000000:parameter/Main/addresses';

beforeAll(async () => {
  setup = await startContractSetup((parts) => {
    engine = createParameterService(parts);
    return { parameters: engine };
  });
  client = new SSMClient(setup.client);
  engine.putParameter({ name: '/Main/addresses', arn, value: 'first' });
});
afterAll(() => setup.close());

const get = (Name: string) => client.send(new GetParameterCommand({ Name }));

it('finds a parameter by name and by ARN, with the newest value', async () => {
  engine.putParameter({ name: '/Main/addresses', arn, value: 'second' });
  for (const name of ['/Main/addresses', arn]) {
    expect((await get(name)).Parameter).toMatchObject({ Name: '/Main/addresses', ARN: arn, Value: 'second' });
  }
});

it('says which ones it does not have', async () => {
  expect(await failure(get('/Main/other'))).toEqual({ name: 'ParameterNotFound', status: 400 });
  const found = await client.send(new GetParametersCommand({ Names: ['/Main/other', '/Main/addresses'] }));
  expect(found.InvalidParameters).toEqual(['/Main/other']);
  expect(found.Parameters).toHaveLength(1);
});

it('refuses what functions never do', async () => {
  const put = client.send(new PutParameterCommand({ Name: '/Main/addresses', Value: 'third' }));
  expect(await failure(put)).toEqual({ name: 'InvalidAction', status: 400 });
});
