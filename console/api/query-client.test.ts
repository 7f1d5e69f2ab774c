import { MutationObserver } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { createQueryClient } from './query-client.ts';

it('keeps no secret that was made once its form is closed', async () => {
  const client = createQueryClient();
  const making = new MutationObserver(client, { mutationFn: () => Promise.resolve({ secret: 'rprt_u_…' }) });
  const close = making.subscribe(() => {});
  await making.mutate();
  close();
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(client.getMutationCache().getAll()).toEqual([]);
});
