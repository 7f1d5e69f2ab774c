import { expect, it } from 'vitest';
import { linkAnother } from '../../../test/support/another-account.ts';
import { createApiWorld, userOf } from '../../../test/support/api-world.ts';

it('an administrator is somebody who has signed in', async () => {
  const world = await createApiWorld();
  const path = '/installation/settings';
  const { headers } = await world.ask('administrator', { path });
  const change = () =>
    world.ask('administrator', {
      method: 'PATCH',
      path,
      body: { administrators: [userOf('member')] },
      headers: { 'if-match': headers.etag },
    });
  expect((await change()).status).toBe(422);
  await linkAnother(world, 'member');
  const { status, body } = await change();
  expect(status).toBe(200);
  expect(body.people).toEqual([{ id: userOf('member'), login: expect.any(String) }]);
});
