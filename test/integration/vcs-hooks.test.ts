/** Hooks of repositories at a URL: what their servers tell is read at once, and nobody else is believed. */
import { createHmac, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { repositoryKey } from '../../shared/domain/repository-key.ts';
import { vcsSynchronization } from '../../shared/domain/vcs-repository.ts';
import { vcsRepositoryCalled } from '../../shared/organizations/describe-vcs-repositories.ts';
import { renewHook } from '../../shared/organizations/vcs-hooks.ts';
import { addRepository, removeRepository } from '../../shared/organizations/vcs-repositories.ts';
import { findHook, type HookName } from '../../shared/store/hook-store.ts';
import type { StoredVcsRepository } from '../../shared/store/vcs-store.ts';
import { sourcesOf, type WebhookAddress } from '../../shared/sync/webhooks/delivery-source.ts';
import { receiveDelivery, unauthenticatedMax } from '../../shared/sync/webhooks/receive-delivery.ts';
import { pushesMax } from '../../shared/sync/webhooks/receive-push.ts';
import { makeSshKey } from '../../shared/vcs/ssh-key.ts';
import { createRegistry, memoryServices, type Registry, settled } from '../support/registry-fixture.ts';
import { organizationId } from '../support/synchronized.ts';

const by = { by: 'ann', why: 'a test' };
const push = Buffer.from('{"ref":"refs/heads/main"}');

let registry: Registry;
let repository: StoredVcsRepository;
beforeEach(async () => {
  registry = await createRegistry(memoryServices(), []);
  await settled(registry);
  repository = await addRepository(
    { ...dependencies(), makeSshKey, hasWorker: true, readableKinds: ['git'] },
    registry.organization,
    {
      ...{ url: 'https://git.example.org/acme/billing.git', credential: { kind: 'none' } },
      ...{ readers: { everyone: true, teams: [] }, allowsPrivate: false, allowsHttp: false },
    },
    by,
  );
  registry.contents.set(repository.repository, { name: 'acme/billing', branches: { main: 'a' } });
  await registry.settle();
});

const dependencies = () => {
  const { table, workQueue, clock, cipher } = registry;
  return { table, workQueue, clock, cipher, randomBytes };
};
const stored = () =>
  vcsRepositoryCalled(
    registry.table,
    registry.organization,
    repositoryKey({
      synchronization: vcsSynchronization(organizationId),
      repository: repository.repository,
    }),
  );
const renew = async () => {
  const { source, secret } = await renewHook(dependencies(), registry.organization, await stored(), by);
  return { source, secret: secret.reveal() };
};
const never = async () => {
  throw new Error('no integration is asked for');
};
const deliver = async (source: string | undefined, headers: Readonly<Record<string, string>>) => {
  const { table, workQueue, clock, cipher } = registry;
  const find = (name: HookName) => findHook({ table, clock, cipher }, name);
  const logger = { info: () => {}, warn: () => {} };
  return receiveDelivery(
    {
      ...{ table, workQueue, clock, logger },
      sourcesOf: (address: WebhookAddress) => sourcesOf(address, never, find),
    },
    { forge: 'vcs', source },
    { headers, body: push },
  );
};
const signed = (secret: string) => ({
  'x-gitea-signature': createHmac('sha256', secret).update(push).digest('hex'),
});

describe('the hook of a repository at a URL', () => {
  it('has it read at once, by a signature or by the secret itself', async () => {
    const { source, secret } = await renew();
    registry.contents.set(repository.repository, { name: 'acme/billing', branches: { main: 'b' } });
    expect(await deliver(source, signed(secret))).toMatchObject({ status: 202 });
    expect(registry.queued().map(({ queue }) => queue)).toEqual(['vcs']);
    await registry.settle();
    const all = (await registry.issue({ kind: 'organization' })).token;
    await registry.settle();
    expect(await registry.get(all, '/acme/p2/acme/billing~dev.json')).toContain('b'.repeat(40));
    expect((await stored()).pushedAt).toBeDefined();
    expect(await deliver(source, { 'x-repertoire-secret': secret })).toMatchObject({ status: 202 });
  });

  it('believes nobody else: 401, and 429 for many', async () => {
    const { source, secret } = await renew();
    const wrong = [
      [source, {}],
      [source, signed(`${secret}0`)],
      [source, { 'x-repertoire-secret': source }],
      ['0123456789abcdef', signed(secret)],
      ['../acme', signed(secret)],
      [undefined, signed(secret)],
    ] as const;
    for (const [at, headers] of wrong) {
      expect(await deliver(at, headers)).toMatchObject({ status: 401 });
    }
    for (let count = wrong.length; count < unauthenticatedMax; count++) await deliver(source, {});
    expect(await deliver(source, {})).toMatchObject({ status: 429 });
    expect(registry.queued()).toEqual([]);
    expect(await deliver(source, signed(secret))).toMatchObject({ status: 202 });
  });

  it('accepts the secret before for a day, and none once the repository is removed', async () => {
    const first = await renew();
    const second = await renew();
    expect(second.source).toBe(first.source);
    expect(await deliver(first.source, signed(first.secret))).toMatchObject({ status: 202 });
    await registry.clock.advance(24 * 3600_000);
    expect(await deliver(first.source, signed(first.secret))).toMatchObject({ status: 401 });
    expect(await deliver(first.source, signed(second.secret))).toMatchObject({ status: 202 });
    await removeRepository(
      { ...dependencies(), makeSshKey, hasWorker: true, readableKinds: ['git'] },
      registry.organization,
      await stored(),
      by,
    );
    expect(await deliver(first.source, signed(second.secret))).toMatchObject({ status: 401 });
  });

  it(`takes ${pushesMax} pushes in a minute`, async () => {
    const { source, secret } = await renew();
    for (let count = 0; count < pushesMax; count++) await deliver(source, signed(secret));
    expect(await deliver(source, signed(secret))).toMatchObject({ status: 429 });
    await registry.clock.advance(60_000);
    expect(await deliver(source, signed(secret))).toMatchObject({ status: 202 });
  });

  it('is kept encrypted', async () => {
    const { source, secret } = await renew();
    const item = await registry.table.get({ pk: `HOOK#vcs#${source}`, sk: 'HOOK' });
    expect(item).toBeDefined();
    expect(JSON.stringify(item)).not.toContain(secret);
  });
});
