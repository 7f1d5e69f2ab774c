import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeContract } from './contract-checks.ts';
import { type ContractSetup, startContractSetup } from './contract-setup.ts';
import { startTableService, type TableService } from './table.ts';
import { tableContract } from './table-contract.ts';
import { findTableProgram, thisMachine } from './table-program.ts';
import { tableTransactionsContract } from './table-transactions-contract.ts';
import { caught, createContractTable } from './table-under-test.ts';

const TableName = 'kept';
let directory: string;
let table: TableService;
let setup: ContractSetup;
let dynamo: DynamoDBClient;
const target = { client: () => dynamo };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'repertoire-table-'));
  table = await startTableService({ directory });
  setup = await startContractSetup(() => ({ table }));
  dynamo = new DynamoDBClient(setup.client);
  await createContractTable(target);
});
afterAll(async () => {
  await setup.close();
  await table.close();
  rmSync(directory, { recursive: true, force: true });
});

describeContract('through the gateway, DynamoDB', tableContract, target, {
  'a prefix is case-sensitive': 'dynoxide 1.2.1 compares ASCII letters without their case',
});

describeContract("DynamoDB's transactions", tableTransactionsContract, target);

describe('the server', () => {
  it('keeps its data across a restart', async () => {
    const own = mkdtempSync(join(tmpdir(), 'repertoire-table-'));
    const client = ({ endpoint }: TableService) => new DynamoDBClient({ ...setup.client, endpoint });
    const first = await startTableService({ directory: own });
    await client(first).send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    await client(first).send(new PutItemCommand({ TableName, Item: { pk: { S: 'kept' } } }));
    await first.close();
    expect(await caught(fetch(first.endpoint))).toBeInstanceOf(TypeError);
    const second = await startTableService({ directory: own });
    const { Item } = await client(second).send(new GetItemCommand({ TableName, Key: { pk: { S: 'kept' } } }));
    expect(Item).toEqual({ pk: { S: 'kept' } });
    await second.close();
    rmSync(own, { recursive: true });
  });

  it('ends with the process that started it, even if that is killed', async () => {
    const own = mkdtempSync(join(tmpdir(), 'repertoire-table-'));
    const script = `
      import { startTableService } from ${JSON.stringify(new URL('table.ts', import.meta.url).href)};
      const { endpoint } = await startTableService({ directory: ${JSON.stringify(own)} });
      console.log(endpoint);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const endpoint = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8').trim())),
    );
    expect((await fetch(endpoint)).status).toBeLessThan(500);
    parent.kill('SIGKILL');
    await expect
      .poll(
        () =>
          fetch(endpoint).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 5_000 },
      )
      .toBe('down');
    rmSync(own, { recursive: true });
  });

  it('is at an address that no web page can guess', () => {
    const { hostname } = new URL(table.endpoint);
    expect(hostname).toMatch(/^127\.\d+\.\d+\.\d+$/);
    expect(hostname).not.toBe('127.0.0.1');
  });

  it('may be an external one, which is left running', async () => {
    const given = await startTableService({ directory, endpoint: `${table.endpoint}/` });
    expect(given.endpoint).toBe(table.endpoint);
    await given.close();
    expect((await fetch(table.endpoint)).status).toBeLessThan(500);
  });

  it('says what to do where none is installed', async () => {
    const machine = { ...thisMachine(), ...{ platform: 'plan9', paths: [] } };
    const error = await caught(startTableService({ directory, machine }));
    expect(String(error)).toMatch(/^Error: no DynamoDB server .* plan9-.*REPERTOIRE_DYNAMODB_ENDPOINT.*$/);
  });

  it('works and ends where there is no shell, as on Windows', async () => {
    const own = mkdtempSync(join(tmpdir(), 'repertoire-table-'));
    const program = findTableProgram(thisMachine()) ?? '';
    symlinkSync(program, join(own, 'dynoxide.exe'));
    const machine = { ...thisMachine(), platform: 'win32', packageFolder: () => own };
    const service = await startTableService({ directory: join(own, 'data'), machine });
    expect((await fetch(service.endpoint)).status).toBeLessThan(500);
    await service.close();
    expect(await caught(fetch(service.endpoint))).toBeInstanceOf(TypeError);
    rmSync(own, { recursive: true });
  });
});
