/** What an event about an owner withdraws, before any read. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asId } from '../../../shared/domain/ids.ts';
import type { DescribedInstance, DescribedMember } from '../gitlab-rights/instance.ts';
import { type GitLabModel, type GitLabWorld, startGitLabModel } from './gitlab-model.ts';

let model: GitLabModel;
beforeAll(async () => {
  model = await startGitLabModel();
});
afterAll(() => model.close());

const member = (username: string, role: DescribedMember['role']): DescribedMember => ({
  ...{ username, role, custom: false, expiresIn: undefined, awaiting: false },
});
const user = (username: string): DescribedInstance['users'][number] => ({
  ...{ username, state: 'active', kind: 'person', external: false, administrator: false },
});
const closed = { visibility: 'private', sharingLocked: false } as const;
/** `ann` owns the group herself, and `bob` as an owner of a group that is invited as such. */
const instance: DescribedInstance = {
  ...{
    version: '19.5',
    plan: 'premium',
    hasExternalUsers: true,
    viewersInstall: false,
    users: ['alice', 'ann', 'bob'].map(user),
  },
  groups: [
    {
      ...{ ...closed, name: 'acme', parent: undefined },
      members: [member('alice', 'Owner'), member('ann', 'Owner')],
      invited: [{ group: 'partners', maximum: 'Owner', expiresIn: undefined }],
    },
    {
      ...{ ...closed, name: 'partners', parent: undefined, invited: [] },
      members: [member('alice', 'Guest'), member('bob', 'Owner')],
    },
  ],
  projects: [
    {
      ...{ name: 'apple', group: 'acme', visibility: 'private', repository: 'enabled', archived: false },
      ...{ pendingDeletion: false, members: [member('ann', 'Guest')], invited: [] },
    },
  ],
};
const readsOf = async (world: GitLabWorld, username: string): Promise<number> => {
  const found = [...world.simulator.state.users.values()].find((one) => one.username === username);
  return (await world.readableBy(asId(found?.id ?? 0)))?.size ?? -1;
};

test('an owner who is removed from the group reads nothing from then on, before any read', async () => {
  const world = await model.begin(instance);
  expect(await readsOf(world, 'ann')).toBe(1);
  await world.change('remove-member', { source: 'acme', user: 'ann' });
  expect(await readsOf(world, 'ann')).toBe(0);
});

test('an owner of an invited group owns the group, until the invitation ends', async () => {
  const world = await model.begin(instance);
  expect(await readsOf(world, 'bob')).toBe(1);
  await world.change('unshare', { source: 'acme', with: 'partners' });
  // GitLab has no event for it.
  await world.pass(600_000);
  expect(await readsOf(world, 'bob')).toBe(0);
});
