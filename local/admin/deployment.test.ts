import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyVariable, onAws } from './deployment.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'repertoire-key-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const address = 'https://console.example';

it('reads the key from the variable, or from the file that is named', async () => {
  const environment = { [keyVariable]: ' of-the-variable\n' };
  const file = join(directory, 'key');
  await writeFile(file, 'of-the-file\n');
  expect(await onAws(`${address}/`, {}, environment).operatorKey()).toBe('of-the-variable');
  expect(await onAws(address, { 'key-file': file }, environment).operatorKey()).toBe('of-the-file');
  await expect(onAws(address, { 'key-file': `${file}s` }, environment).operatorKey()).rejects.toThrow(
    'cannot be read',
  );
});

it('needs to know where the key is', () => {
  expect(() => onAws(address, {}, {})).toThrow(`set ${keyVariable}`);
});

it.each(['console.example', 'http://console.example', 'https://a@console.example', `${address}/api`])(
  'sends no key to %s',
  (other) => {
    expect(() => onAws(other, {}, { [keyVariable]: 'key' })).toThrow("--aws takes the console's address");
  },
);
