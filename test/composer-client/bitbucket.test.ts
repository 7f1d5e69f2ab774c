/** From signing in at the simulated Bitbucket to `composer require`, through the CDN and the shipped bundles. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCloudClock } from '../../local/cloud/runtime/clock.ts';
import type { BitbucketSimulator } from '../../local/forges/bitbucket/simulator.ts';
import { readWorld } from '../../local/forges/world/read-world.ts';
import { integrationKeyOf } from '../../shared/forge/integration-key.ts';
import { composerVersion, createProject } from '../support/composer.ts';
import { promptly } from '../support/promptly.ts';
import { chooseOrganization, linkAccount, type SignedIn, signIn } from '../support/signed-in.ts';
import { type System, startSystem } from '../support/started.ts';

const minuteMs = 60_000;

describe.skipIf(composerVersion === undefined)('people of a workspace', { timeout: 120_000 }, () => {
  let system: System;
  let key: string;
  beforeAll(async () => {
    const world = await readWorld('local/forges/world/workspaces-world.yaml');
    const group = { forge: 'gitlab', path: 'acme-labs', members: { alice: 'owner' } } as const;
    const organizations = [...world.organizations, group];
    system = await startSystem({ ...world, organizations }, { clock: createCloudClock() });
    key = integrationKeyOf({ forge: 'bitbucket', baseUrl: bitbucket().addresses.web });
  }, 240_000);
  afterAll(() => system?.close());

  const bitbucket = () => {
    if (system.bitbucket === undefined) throw new Error('the world has no workspace');
    return system.bitbucket;
  };
  const gitLab = () => {
    if (system.gitLab === undefined) throw new Error('the world has no group');
    return system.gitLab;
  };
  const change = (kind: Parameters<BitbucketSimulator['changes']['run']>[0], input: object) =>
    bitbucket().changes.run(kind, input);

  /** Composer requires the package of that vendor's organization. */
  async function requiring(name: string, token: string) {
    const project = await createProject(`${system.registry}/${name.split('/')[0]}`, token);
    try {
      return await project.run('require', name);
    } finally {
      await project.remove();
    }
  }
  const installs = (name: string, token: string): Promise<number> =>
    promptly(system, async () => {
      const { code, output } = await requiring(name, token);
      expect(code === 0 ? '' : output).toBe('');
    });
  const isRefused = (name: string, token: string): Promise<number> =>
    promptly(system, async () => {
      const { code, output } = await requiring(name, token);
      expect([code === 0, output]).toEqual([
        false,
        expect.stringMatching(/could not (?:be found|find)|404|401/i),
      ]);
    });
  async function tokenOf(person: SignedIn): Promise<string> {
    const { status, body } = await person.ask('POST', '/me/tokens', { description: 'Composer' });
    expect(status).toBe(201);
    return body.secret;
  }
  const memberToken = async (login: string) => tokenOf(await signIn(system, login, key));

  it('install what they may read there, and nothing else', async () => {
    const rights: readonly [login: string, reads: readonly string[], refused: readonly string[]][] = [
      ['alice', ['acme-works/payroll'], []],
      ['ann', ['acme-works/invoices'], ['acme-works/payroll', 'acme-works/theme']],
      ['bob', ['acme-works/invoices', 'acme-works/theme'], ['acme-works/numbers']],
      ['olga', ['acme-works/theme'], ['acme-works/invoices']],
    ];
    for (const [login, reads, refused] of rights) {
      const token = await memberToken(login);
      for (const name of reads) await installs(name, token);
      for (const name of refused) await isRefused(name, token);
    }
  });

  it('are refused after the next read once they are removed there, of which no hook tells', async () => {
    const token = await memberToken('bob');
    await installs('acme-works/theme', token);
    await change('remove-member', { user: 'bob' });
    await system.cloud.clock.advance(10 * minuteMs);
    await isRefused('acme-works/theme', token);
  });

  it('are refused once permissions are read again after a right was taken there', async () => {
    const token = await memberToken('olga');
    await installs('acme-works/theme', token);
    await change('set-repository-permission', {
      ...{ repository: 'acme-works/theme', user: 'olga', permission: null },
    });
    await system.cloud.clock.advance(60 * minuteMs);
    await isRefused('acme-works/theme', token);
  });

  it('keep what they read while the token that it is read with lacks a scope, until an owner enters another', async () => {
    const alice = await signIn(system, 'alice', key);
    const { body } = await alice.ask('GET', '/organizations/acme-works/synchronizations');
    const path = `/organizations/acme-works/synchronizations/${body.items[0].id}`;
    const create = async (...scopes: readonly string[]) =>
      (await change('create-api-token', { user: 'alice', scopes })) as { id: number; token: string };
    const enter = async ({ token }: { token: string }) => {
      await chooseOrganization(system, alice, key);
      return alice.ask('PUT', `${path}/connection`, { accessToken: `alice@acme.example:${token}` });
    };
    const state = async () => (await alice.ask('GET', path)).body.credentialState;
    const needed = ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:repository:bitbucket'];
    const first = await create(...needed);
    expect((await enter(first)).status).toBe(200);
    await promptly(system, async () => expect(await state()).toBe('working'));

    // From now on its archive is stored.
    await installs('acme-works/numbers', await memberToken('ann'));
    await change('set-api-token', { id: first.id, scopes: needed.slice(0, 2) });
    await system.cloud.clock.advance(10 * minuteMs);
    await promptly(system, async () => expect(await state()).toBe('insufficient-scope'));
    await installs('acme-works/numbers', await memberToken('ann'));

    expect((await enter(await create(...needed))).status).toBe(200);
    await promptly(system, async () => expect(await state()).toBe('working'));
    await installs('acme-works/numbers', await memberToken('ann'));
  });

  it('read with one token what GitHub, GitLab and Bitbucket give them in one organization', async () => {
    const manifest = (name: string) => ({
      history: [{ manifest: { name, license: 'MIT' }, tags: ['1.0.0'] }],
    });
    const onGitLab = gitLab().changes;
    await onGitLab.run('create-group', { path: 'tools', owner: 'alice' });
    await onGitLab.run('set-member', { source: 'tools', user: 'ann', level: 'reporter' });
    await onGitLab.run('create-project', { group: 'tools', path: 'drill' });
    await onGitLab.run('push', { project: 'tools/drill', ...manifest('acme/drill') });
    const onBitbucket = bitbucket().changes;
    await onBitbucket.run('create-workspace', { slug: 'gears', owner: 'alice' });
    await onBitbucket.run('set-member', { workspace: 'gears', user: 'ann', role: 'member' });
    await onBitbucket.run('create-project', { workspace: 'gears', key: 'G', name: 'Gears' });
    await onBitbucket.run('create-repository', { project: 'gears/G', slug: 'cog' });
    const right = { repository: 'gears/cog', user: 'ann' } as const;
    await onBitbucket.run('set-repository-permission', { ...right, permission: 'read' });
    await onBitbucket.run('push', { repository: 'gears/cog', ...manifest('acme/cog') });

    const gitLabKey = integrationKeyOf({ forge: 'gitlab', baseUrl: gitLab().addresses.web });
    const alice = await signIn(system, 'alice');
    const ann = await signIn(system, 'ann');
    for (const [integration, path] of [
      [gitLabKey, 'tools'],
      [key, 'gears'],
    ] as const) {
      await linkAccount(system, ann, integration);
      await chooseOrganization(system, alice, integration);
      const { body } = await alice.ask(
        'GET',
        `/me/forge-organizations?integration=${encodeURIComponent(integration)}`,
      );
      const { id: organization } = body.items.find(({ login }: { login: string }) => login === path);
      const from = { integration, organization, repositories: 'all' };
      expect((await alice.ask('POST', '/organizations/acme/synchronizations', from)).status).toBe(201);
    }
    const token = await tokenOf(ann);
    const whole = ['acme/clock', 'acme/drill', 'acme/cog'];
    for (const name of whole) await installs(name, token);
    const { body: me } = await ann.ask('GET', '/me');
    const why = async (name: string) => {
      const { body } = await alice.ask('GET', `/organizations/acme/access?person=${me.id}&package=${name}`);
      return [body.codeHost?.integration, body.paths.map(({ through }: { through: string }) => through)];
    };
    expect(await Promise.all(whole.map(why))).toEqual([
      ['github~github.com', ['team']],
      [gitLabKey, ['team']],
      [key, ['collaborator']],
    ]);

    await system.gitHub.changes.run('remove-organization-member', { organization: 'acme', user: 'ann' });
    await isRefused('acme/clock', token);
    expect(await why('acme/clock')).toEqual(['github~github.com', []]);
    await installs('acme/drill', token);
    await installs('acme/cog', token);
  });
});
