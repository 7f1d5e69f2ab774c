/** Archives of GitLab, which gives five of a project in a minute, as Composer asks for them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { fetchDist } from '../../shared/publish/fetch-dist.ts';
import { keys } from '../../shared/store/keys.ts';
import { findOrganization } from '../../shared/store/organization-store.ts';
import { type GitLab, startGitLab } from '../contracts/gitlab-fixture.ts';
import { useLocalServices } from '../support/local-services.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { createRecordingQueue } from '../support/recording-queue.ts';
import { addSynchronized, organizationId, synchronizationId } from '../support/synchronized.ts';

const newServices = useLocalServices();
let lab: GitLab;
beforeEach(async () => {
  lab = await startGitLab();
});
afterEach(() => lab.close());

test('at the limit of archives Composer is told when to come back, and people go before what nobody waits for', async () => {
  const repository = asId<ForgeRepositoryId>(lab.gitlab.project('acme/core/money').id);
  const { contents } = await lab.open();
  const { tags } = await contents.readRefs({ repository });
  const commits = [...new Set(tags.map(({ commit }) => commit))];
  const [commit = ''] = commits;
  const table = createMemoryTable();
  await addSynchronized(table);
  const item = {
    number: 1,
    name: 'acme/money',
    synchronization: synchronizationId,
    repository,
    directory: '',
  };
  await table.transact([
    { put: keys.package(organizationId, 1), item: { ...item, state: 'available' } },
    { put: keys.dist(organizationId, 1, commit), item: { recordedAt: 1 } },
  ]);
  const organization = await findOrganization(table, organizationId);
  const { dists: objects } = newServices();
  const fetch = () =>
    fetchDist(
      {
        ...{ table, objects, clock: lab.clock, workQueue: createRecordingQueue() },
        newLeaseId: () => 'lease',
        logger: { warn: () => {} },
        registryBaseUrl: 'https://packages.example.com',
        findOrganization: async () => organization,
        reader: async () => contents,
      },
      { slug: 'acme', packageNumber: '1', file: `${commit}.zip` },
    );
  const archive = async (isBackground: boolean) =>
    (
      await contents.readArchive({ repository }, commit, AbortSignal.timeout(5000), { isBackground })
    ).toArray();

  for (let count = 0; count < 3; count += 1) await archive(true);
  await expect(archive(true)).rejects.toMatchObject({ code: 'rate-limited' });
  for (let count = 0; count < 2; count += 1) await archive(false);
  const refused = await fetch();
  expect(refused).toMatchObject({
    status: 503,
    headers: { 'retry-after': '61', 'cache-control': 'no-store' },
  });
  expect(JSON.parse(String(refused.body)).warning).toContain('rate-limited');
  lab.clock.step(61_000);
  expect(await fetch()).toMatchObject({ status: 307 });
});
