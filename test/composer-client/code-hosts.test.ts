/** From signing in at the simulated GitLab and Bitbucket to `composer require`, through the CDN and the shipped bundles. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCloudClock } from '../../local/cloud/runtime/clock.ts';
import type { BitbucketSimulator } from '../../local/forges/bitbucket/simulator.ts';
import type { GitLabSimulator } from '../../local/forges/gitlab/simulator.ts';
import { readWorld } from '../../local/forges/world/read-world.ts';
import { forgeOf, type World } from '../../local/forges/world/world.ts';
import { integrationKeyOf } from '../../shared/forge/integration-key.ts';
import { composerVersion, createProject } from '../support/composer.ts';
import { promptly } from '../support/promptly.ts';
import { chooseOrganization, linkAccount, type SignedIn, signIn } from '../support/signed-in.ts';
import { type System, startSystem } from '../support/started.ts';

const minuteMs = 60_000;

/** A company on GitHub that has a group on GitLab and a workspace on Bitbucket. */
async function onThreeHosts(): Promise<World> {
  const groups = await readWorld('local/forges/world/groups-world.yaml');
  const workspaces = await readWorld('local/forges/world/workspaces-world.yaml');
  const known = new Set(groups.users.map(({ login }) => login));
  return {
    ...groups,
    users: [...groups.users, ...workspaces.users.filter(({ login }) => !known.has(login))],
    organizations: [
      ...groups.organizations,
      ...workspaces.organizations.filter((one) => forgeOf(one) === 'bitbucket'),
    ],
  };
}

/** One system for all of them: it takes longer to start than each of them. */
describe.skipIf(composerVersion === undefined)('people of', { timeout: 120_000 }, () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem(await onThreeHosts(), { clock: createCloudClock() });
  }, 300_000);
  afterAll(() => system?.close());

  const gitLab = () => {
    if (system.gitLab === undefined) throw new Error('the world has no group');
    return system.gitLab;
  };
  const bitbucket = () => {
    if (system.bitbucket === undefined) throw new Error('the world has no workspace');
    return system.bitbucket;
  };
  const onGitLab = () => integrationKeyOf({ forge: 'gitlab', baseUrl: gitLab().addresses.web });
  const onBitbucket = () => integrationKeyOf({ forge: 'bitbucket', baseUrl: bitbucket().addresses.web });

  /** Composer requires the package, of the organization that its vendor is the slug of. */
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
  /** @param words of Composer: those for a package that is not there, if left out */
  const isRefused = (
    name: string,
    token: string,
    { words = /could not (?:be found|find)|404/i, withinMs }: { words?: RegExp; withinMs?: number } = {},
  ): Promise<number> =>
    promptly(
      system,
      async () => {
        const { code, output } = await requiring(name, token);
        expect([code === 0, output]).toEqual([false, expect.stringMatching(words)]);
      },
      withinMs,
    );
  const get = (slug: string, path: string, token: string): Promise<Response> =>
    fetch(`${system.registry}/${slug}/${path}`, { headers: { authorization: `Bearer ${token}` } });
  /** The packages that the organization's root file lists for the token. */
  async function listed(slug: string, token: string): Promise<readonly string[]> {
    const root = Root.parse(await (await get(slug, 'packages.json', token)).json());
    return root['available-packages'].toSorted();
  }
  /** What Composer would be answered: the other tests show what it says then. */
  const isHidden = (name: string, token: string): Promise<number> =>
    promptly(system, async () => {
      expect((await get(name.split('/')[0] ?? '', `p2/${name}.json`, token)).status).toBe(404);
    });
  async function tokenOf(person: SignedIn): Promise<string> {
    const { status, body } = await person.ask('POST', '/me/tokens', { description: 'Composer' });
    expect(status).toBe(201);
    return body.secret;
  }
  const memberToken = async (login: string, key: string) => tokenOf(await signIn(system, login, key));

  describe('a group on GitLab', () => {
    const change = (kind: Parameters<GitLabSimulator['changes']['run']>[0], input: object) =>
      gitLab().changes.run(kind, input);

    it('install what they may read there, and nothing else', async () => {
      const members: readonly [login: string, name: string][] = [
        // The owner, a reporter, a member of an invited group, and one of a single project.
        ['alice', 'acme-labs/keys'],
        ['rita', 'acme-labs/ledger'],
        ['carl', 'acme-labs/ledger'],
        ['sam', 'acme-labs/handbook'],
      ];
      for (const [login, name] of members) {
        await installs(name, await memberToken(login, onGitLab()));
      }
      await isHidden('acme-labs/ledger', await memberToken('gus', onGitLab()));
      await isHidden('acme-labs/ledger', await memberToken('sam', onGitLab()));
      await isHidden('acme-labs/keys', await memberToken('carl', onGitLab()));
    });

    it('are refused once they are removed there', async () => {
      const token = await memberToken('rita', onGitLab());
      await installs('acme-labs/ledger', token);
      await change('remove-member', { source: 'acme-labs', user: 'rita' });
      await isRefused('acme-labs/ledger', token, { withinMs: 2_000 });
      // The group's hook told us, which was installed by itself.
      const deliveries = gitLab().state.deliveries.filter(({ event }) => event === 'member_hooks');
      expect(deliveries.at(-1)).toMatchObject({ statusCode: 202 });
    });

    it('are kept in step when the token that it is read with ends, as soon as an owner enters another', async () => {
      const alice = await signIn(system, 'alice', onGitLab());
      const create = async (): Promise<{ id: number; token: string }> =>
        (await change('create-token', { user: 'alice', scopes: ['api'], expires: '2099-01-01' })) as never;
      const { body } = await alice.ask('GET', '/organizations/acme-labs/synchronizations');
      const path = `/organizations/acme-labs/synchronizations/${body.items[0].id}`;
      const enter = async (accessToken: string) => {
        await chooseOrganization(system, alice, onGitLab());
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
      await installs('acme-labs/ledger', await memberToken('alice', onGitLab()));

      expect((await enter((await create()).token)).status).toBe(200);
      await promptly(system, async () => expect(await state()).toBe('working'));
      let token = '';
      await promptly(system, async () => {
        token = await memberToken('cleo', onGitLab());
      });
      await installs('acme-labs/ledger', token);
    });
  });

  describe('a workspace', () => {
    const change = (kind: Parameters<BitbucketSimulator['changes']['run']>[0], input: object) =>
      bitbucket().changes.run(kind, input);

    it('install what they may read there, and nothing else', async () => {
      const rights: readonly [login: string, installs: string, lists: readonly string[]][] = [
        ['alice', 'payroll', ['icons', 'invoices', 'numbers', 'payroll', 'theme']],
        ['ann', 'invoices', ['icons', 'invoices', 'numbers']],
        ['bob', 'invoices', ['icons', 'invoices', 'theme']],
        ['olga', 'theme', ['icons', 'theme']],
      ];
      for (const [login, name, names] of rights) {
        const token = await memberToken(login, onBitbucket());
        await installs(`acme-works/${name}`, token);
        expect(await listed('acme-works', token)).toEqual(names.map((one) => `acme-works/${one}`));
      }
      const token = await memberToken('ann', onBitbucket());
      for (const name of ['acme-works/payroll', 'acme-works/theme']) await isHidden(name, token);
      await isHidden('acme-works/numbers', await memberToken('bob', onBitbucket()));
      await isHidden('acme-works/invoices', await memberToken('olga', onBitbucket()));
    });

    it('are refused after the next read once they are removed there, of which no hook tells', async () => {
      const token = await memberToken('bob', onBitbucket());
      await installs('acme-works/theme', token);
      await change('remove-member', { user: 'bob' });
      await system.cloud.clock.advance(10 * minuteMs);
      await isRefused('acme-works/theme', token, { words: /could not (?:be found|find)|404|401/i });
    });

    it('are refused once permissions are read again after a right was taken there', async () => {
      const token = await memberToken('olga', onBitbucket());
      await installs('acme-works/theme', token);
      await change('set-repository-permission', {
        ...{ repository: 'acme-works/theme', user: 'olga', permission: null },
      });
      await system.cloud.clock.advance(60 * minuteMs);
      await isRefused('acme-works/theme', token);
    });

    it('keep what they read while the token that it is read with lacks a scope, until an owner enters another', async () => {
      const alice = await signIn(system, 'alice', onBitbucket());
      const { body } = await alice.ask('GET', '/organizations/acme-works/synchronizations');
      const path = `/organizations/acme-works/synchronizations/${body.items[0].id}`;
      const create = async (...scopes: readonly string[]) =>
        (await change('create-api-token', { user: 'alice', scopes })) as { id: number; token: string };
      const enter = async ({ token }: { token: string }) => {
        await chooseOrganization(system, alice, onBitbucket());
        return alice.ask('PUT', `${path}/connection`, { accessToken: `alice@acme.example:${token}` });
      };
      const state = async () => (await alice.ask('GET', path)).body.credentialState;
      const needed = ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:repository:bitbucket'];
      const first = await create(...needed);
      expect((await enter(first)).status).toBe(200);
      await promptly(system, async () => expect(await state()).toBe('working'));

      // From now on its archive is stored.
      await installs('acme-works/numbers', await memberToken('ann', onBitbucket()));
      await change('set-api-token', { id: first.id, scopes: needed.slice(0, 2) });
      await system.cloud.clock.advance(10 * minuteMs);
      await promptly(system, async () => expect(await state()).toBe('insufficient-scope'));
      await installs('acme-works/numbers', await memberToken('ann', onBitbucket()));

      expect((await enter(await create(...needed))).status).toBe(200);
      await promptly(system, async () => expect(await state()).toBe('working'));
      await installs('acme-works/numbers', await memberToken('ann', onBitbucket()));
    });
  });

  it('of all three read with one token what these give them in one organization', async () => {
    const manifest = (name: string) => ({
      history: [{ manifest: { name, license: 'MIT' }, tags: ['1.0.0'] }],
    });
    const groups = gitLab().changes;
    await groups.run('create-group', { path: 'tools', owner: 'alice' });
    await groups.run('set-member', { source: 'tools', user: 'ann', level: 'reporter' });
    await groups.run('create-project', { group: 'tools', path: 'drill' });
    await groups.run('push', { project: 'tools/drill', ...manifest('acme/drill') });
    const workspaces = bitbucket().changes;
    await workspaces.run('create-workspace', { slug: 'gears', owner: 'alice' });
    await workspaces.run('set-member', { workspace: 'gears', user: 'ann', role: 'member' });
    await workspaces.run('create-project', { workspace: 'gears', key: 'G', name: 'Gears' });
    await workspaces.run('create-repository', { project: 'gears/G', slug: 'cog' });
    const right = { repository: 'gears/cog', user: 'ann' } as const;
    await workspaces.run('set-repository-permission', { ...right, permission: 'read' });
    await workspaces.run('push', { repository: 'gears/cog', ...manifest('acme/cog') });

    const alice = await signIn(system, 'alice');
    const ann = await signIn(system, 'ann');
    for (const [integration, path] of [
      [onGitLab(), 'tools'],
      [onBitbucket(), 'gears'],
    ] as const) {
      await linkAccount(system, ann, integration);
      await chooseOrganization(system, alice, integration);
      const { body } = await alice.ask(
        'GET',
        `/me/forge-organizations?integration=${encodeURIComponent(integration)}`,
      );
      const { id: organization } = body.items.find(({ login }: { login: string }) => login === path);
      const from = { integration, organization, repositories: 'all' };
      const added = await alice.ask('POST', '/organizations/acme/synchronizations', from);
      expect([added.status, integration === onGitLab() ? added.body.limits : []]).toEqual([201, []]);
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
      [onGitLab(), ['team']],
      [onBitbucket(), ['collaborator']],
    ]);

    await system.gitHub.changes.run('remove-organization-member', { organization: 'acme', user: 'ann' });
    await isRefused('acme/clock', token);
    expect(await why('acme/clock')).toEqual(['github~github.com', []]);
    await installs('acme/drill', token);
    await installs('acme/cog', token);
  });

  describe('a group whose plan has no hooks of groups', () => {
    const change = (kind: Parameters<GitLabSimulator['changes']['run']>[0], input: object) =>
      gitLab().changes.run(kind, input);

    it('are refused after the next read once they are removed there, where the plan has no hooks of groups; those of projects tell of pushes', async () => {
      await change('set-variant', { plan: 'free' });
      const token = await memberToken('cleo', onGitLab());
      await installs('acme-labs/ledger', token);
      const before = gitLab().state.deliveries.length;
      await change('remove-member', { source: 'acme-labs', user: 'cleo' });
      await installs('acme-labs/ledger', token);
      await system.cloud.clock.advance(10 * minuteMs);
      await isRefused('acme-labs/ledger', token);

      const manifest = { name: 'acme-labs/ledger', license: 'proprietary' };
      await change('push', {
        project: 'acme-labs/platform/ledger',
        history: [{ manifest, tags: ['3.0.0'] }],
      });
      await installs('acme-labs/ledger:3.0.0', await memberToken('alice', onGitLab()));
      const told = gitLab().state.deliveries.slice(before);
      expect(new Set(told.map(({ event, statusCode }) => `${event} ${statusCode}`))).toEqual(
        new Set(['push_hooks 202', 'tag_push_hooks 202']),
      );
    });
  });
});

const Root = z.object({ 'available-packages': z.array(z.string()) });
