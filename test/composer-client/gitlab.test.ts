/** From signing in at the simulated GitLab to `composer require`, through the CDN and the shipped bundles. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCloudClock } from '../../local/cloud/runtime/clock.ts';
import type { GitLabSimulator } from '../../local/forges/gitlab/simulator.ts';
import { readWorld } from '../../local/forges/world/read-world.ts';
import { integrationKeyOf } from '../../shared/forge/integration-key.ts';
import { composerVersion, createProject } from '../support/composer.ts';
import { promptly } from '../support/promptly.ts';
import { chooseOrganization, linkAccount, type SignedIn, signIn } from '../support/signed-in.ts';
import { type System, startSystem } from '../support/started.ts';

describe.skipIf(composerVersion === undefined)('people of a group on GitLab', { timeout: 90_000 }, () => {
  let system: System;
  let key: string;
  beforeAll(async () => {
    const world = await readWorld('local/forges/world/groups-world.yaml');
    system = await startSystem(world, { clock: createCloudClock() });
    key = integrationKeyOf({ forge: 'gitlab', baseUrl: gitLab().addresses.web });
  }, 240_000);
  afterAll(() => system?.close());

  const gitLab = () => {
    if (system.gitLab === undefined) throw new Error('the world has no group');
    return system.gitLab;
  };
  const change = (kind: Parameters<GitLabSimulator['changes']['run']>[0], input: object) =>
    gitLab().changes.run(kind, input);

  /** What Composer says when it requires the package. */
  async function requiring(slug: string, name: string, token: string) {
    const project = await createProject(`${system.registry}/${slug}`, token);
    try {
      return await project.run('require', name);
    } finally {
      await project.remove();
    }
  }
  const installs = (name: string, token: string, slug = 'acme-labs'): Promise<number> =>
    promptly(system, async () => {
      const { code, output } = await requiring(slug, name, token);
      expect(code === 0 ? '' : output).toBe('');
    });
  const isRefused = (name: string, token: string, withinMs?: number): Promise<number> =>
    promptly(
      system,
      async () => {
        const { code, output } = await requiring('acme-labs', name, token);
        expect([code === 0, output]).toEqual([
          false,
          expect.stringMatching(/could not (?:be found|find)|404/i),
        ]);
      },
      withinMs,
    );
  async function tokenOf(person: SignedIn): Promise<string> {
    const { status, body } = await person.ask('POST', '/me/tokens', { description: 'Composer' });
    expect(status).toBe(201);
    return body.secret;
  }
  const memberToken = async (login: string) => tokenOf(await signIn(system, login, key));

  it('install what they may read there, and nothing else', async () => {
    const members: readonly [login: string, name: string][] = [
      // The owner, a reporter, a member of an invited group, and one of a single project.
      ['alice', 'acme-labs/keys'],
      ['rita', 'acme-labs/ledger'],
      ['carl', 'acme-labs/ledger'],
      ['sam', 'acme-labs/handbook'],
    ];
    for (const [login, name] of members) {
      await installs(name, await memberToken(login));
    }
    await isRefused('acme-labs/ledger', await memberToken('gus'));
    await isRefused('acme-labs/ledger', await memberToken('sam'));
    await isRefused('acme-labs/keys', await memberToken('carl'));
  });

  it('are refused once they are removed there', async () => {
    const token = await memberToken('rita');
    await installs('acme-labs/ledger', token);
    await change('remove-member', { source: 'acme-labs', user: 'rita' });
    await isRefused('acme-labs/ledger', token, 2_000);
    // The group's hook told us, which was installed by itself.
    const deliveries = gitLab().state.deliveries.filter(({ event }) => event === 'member_hooks');
    expect(deliveries.at(-1)).toMatchObject({ statusCode: 202 });
  });

  it('are kept in step when the token that it is read with ends, as soon as an owner enters another', async () => {
    const alice = await signIn(system, 'alice', key);
    const create = async (): Promise<{ id: number; token: string }> =>
      (await change('create-token', { user: 'alice', scopes: ['api'], expires: '2099-01-01' })) as never;
    const { body } = await alice.ask('GET', '/organizations/acme-labs/synchronizations');
    const path = `/organizations/acme-labs/synchronizations/${body.items[0].id}`;
    const enter = async (accessToken: string) => {
      await chooseOrganization(system, alice, key);
      return alice.ask('PUT', `${path}/connection`, { accessToken });
    };
    const narrow = (await change('create-token', { user: 'gus', scopes: ['read_user'] })) as {
      token: string;
    };
    const refused = await enter(narrow.token);
    expect([refused.status, refused.body.errors[0].detail]).toEqual([
      422,
      expect.stringContaining('read_api'),
    ]);

    const first = await create();
    expect((await enter(first.token)).status).toBe(200);
    await promptly(system, async () => {});
    await change('revoke-token', { id: first.id });
    await change('set-member', { source: 'acme-labs', user: 'cleo', level: 'reporter' });
    const state = async () => (await alice.ask('GET', path)).body.credentialState;
    await promptly(system, async () => expect(await state()).toBe('credential-rejected'));
    // Nobody loses anything by it.
    await installs('acme-labs/ledger', await memberToken('alice'));

    expect((await enter((await create()).token)).status).toBe(200);
    await promptly(system, async () => expect(await state()).toBe('working'));
    let token = '';
    await promptly(system, async () => {
      token = await memberToken('cleo');
    });
    await installs('acme-labs/ledger', token);
  });

  it('and of GitHub are side by side in one organization, and one person reads both', async () => {
    await change('create-group', { path: 'tools', owner: 'alice' });
    await change('set-member', { source: 'tools', user: 'ann', level: 'reporter' });
    await change('create-project', { group: 'tools', path: 'drill' });
    const manifest = { name: 'acme/drill', license: 'MIT' };
    await change('push', { project: 'tools/drill', history: [{ manifest, tags: ['1.0.0'] }] });

    const alice = await signIn(system, 'alice');
    await chooseOrganization(system, alice, key);
    const { body } = await alice.ask('GET', `/me/forge-organizations?integration=${encodeURIComponent(key)}`);
    const { id: organization } = body.items.find(({ login }: { login: string }) => login === 'tools');
    const from = { integration: key, organization, repositories: 'all' };
    const added = await alice.ask('POST', '/organizations/acme/synchronizations', from);
    expect([added.status, added.body.limits]).toEqual([201, []]);

    const ann = await signIn(system, 'ann');
    const token = await tokenOf(ann);
    await installs('acme/clock', token, 'acme');
    await linkAccount(system, ann, key);
    await installs('acme/drill', token, 'acme');
    await installs('acme/clock', token, 'acme');
  });

  it('are refused after the next read once they are removed there, where the plan has no hooks of groups; those of projects tell of pushes', async () => {
    await change('set-variant', { plan: 'free' });
    const token = await memberToken('cleo');
    await installs('acme-labs/ledger', token);
    const before = gitLab().state.deliveries.length;
    await change('remove-member', { source: 'acme-labs', user: 'cleo' });
    await installs('acme-labs/ledger', token);
    await system.cloud.clock.advance(10 * 60_000);
    await isRefused('acme-labs/ledger', token);

    const manifest = { name: 'acme-labs/ledger', license: 'proprietary' };
    await change('push', {
      project: 'acme-labs/platform/ledger',
      history: [{ manifest, tags: ['3.0.0'] }],
    });
    await installs('acme-labs/ledger:3.0.0', await memberToken('alice'));
    const told = gitLab().state.deliveries.slice(before);
    expect(new Set(told.map(({ event, statusCode }) => `${event} ${statusCode}`))).toEqual(
      new Set(['push_hooks 202', 'tag_push_hooks 202']),
    );
  });
});
