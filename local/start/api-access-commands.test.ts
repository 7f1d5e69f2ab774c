import { expect, it } from 'vitest';
import { apiAccessCommands } from './api-access-commands.ts';
import type { ApiRequest } from './api-client.ts';

const people = [
  { id: 'u1', login: 'Ann' },
  { id: 'u1', login: 'ann-private' },
  { id: 'u2', login: 'bob' },
  { id: 'u3', login: 'bob' },
];

async function explain(input: object) {
  const paths: string[] = [];
  const request = async ({ path }: ApiRequest): Promise<unknown> => {
    paths.push(path);
    return path.includes('/people?') ? { items: people } : { items: [], teams: [], isPublic: false };
  };
  await apiAccessCommands['explain-access']?.({ request }, { slug: 'acme', ...input });
  return paths.at(-1)?.replace('/organizations/acme', '');
}

it('asks about the person with the login, or the id', async () => {
  const asked = '/access?person=u1&package=acme%2Fone';
  expect(await explain({ member: 'ann', package: 'acme/One' })).toBe(asked);
  expect(await explain({ member: 'u1', package: 'acme/one' })).toBe(asked);
  expect(await explain({ member: 'ANN-private' })).toBe('/people/u1/access?limit=100');
});

it('says that nobody, or more than one person, has the login', async () => {
  await expect(explain({ member: 'carl' })).rejects.toThrow('acme has no person carl');
  await expect(explain({ member: 'bob' })).rejects.toThrow('name one by its id: u2, u3');
});

it('asks who reads a package, and what a token reads', async () => {
  expect(await explain({ package: 'acme/one' })).toBe('/packages/acme/one/access?limit=100');
  expect(await explain({ token: 't1' })).toBe('/tokens/t1/access?limit=100');
});
