import { expect, it } from 'vitest';
import { asId, type ForgeOrganizationId, type ForgeRepositoryId } from '../../domain/ids.ts';
import { withoutSteps } from '../reading.ts';
import { readRows } from './permissions.ts';
import type { Requests } from './requests.ts';

it.each([
  ['rows', 1_000_001, 1],
  ['repositories', 50_000, 10_001],
])('permissions of too many %s for a day are not begun, and the owner is told', async (_, size, count) => {
  const asked: string[] = [];
  const requests = {
    async get({ route }: { readonly route: string }) {
      asked.push(route);
      return { size };
    },
    list: () => Promise.reject(new Error('a list was read')),
  } as unknown as Requests;
  const repositories = Array.from({ length: count }, (_, place) => ({
    uuid: asId<ForgeRepositoryId>(`${place}`),
  }));
  const limits = { requests, pagesMax: 350, requestsMax: 10_000 };
  const read = readRows(limits, withoutSteps, asId<ForgeOrganizationId>('w'), repositories);
  await expect(read).rejects.toMatchObject({
    code: 'incomplete',
    message: expect.stringMatching(/permissions on \d+ repositories.*takes 10001 requests, and 10000 are/),
  });
  expect(asked).toHaveLength(1);
});
