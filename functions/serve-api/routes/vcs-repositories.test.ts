import { expect, it } from 'vitest';
import { newVcsRepository } from '../../../test/support/api-vcs-examples.ts';
import { createApiWorld } from '../../../test/support/api-world.ts';

it('a folder of the machine is added by its operator alone', async () => {
  const world = await createApiWorld();
  const request = {
    ...{ method: 'POST', path: '/organizations/acme/vcs-repositories' },
    body: { ...newVcsRepository, url: 'file:///srv/git/acme.git' },
  };
  const refused = await world.ask('owner', request);
  expect([refused.status, refused.body.detail]).toEqual([422, expect.stringContaining('by its operator')]);
  expect((await world.ask('operator', request)).status).toBe(202);
});
