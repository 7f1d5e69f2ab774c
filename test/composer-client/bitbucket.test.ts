/** From signing in at the simulated Bitbucket to `composer require`, through the CDN and the shipped bundles. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCloudClock } from '../../local/cloud/runtime/clock.ts';
import type { BitbucketSimulator } from '../../local/forges/bitbucket/simulator.ts';
import { readWorld } from '../../local/forges/world/read-world.ts';
import { integrationKeyOf } from '../../shared/forge/integration-key.ts';
import { composerVersion, createProject } from '../support/composer.ts';
import { promptly } from '../support/promptly.ts';
import { type SignedIn, signIn } from '../support/signed-in.ts';
import { type System, startSystem } from '../support/started.ts';

const minuteMs = 60_000;

describe.skipIf(composerVersion === undefined)('people of a workspace', { timeout: 120_000 }, () => {
  let system: System;
  let key: string;
  beforeAll(async () => {
    const world = await readWorld('local/forges/world/workspaces-world.yaml');
    system = await startSystem(world, { clock: createCloudClock() });
    key = integrationKeyOf({ forge: 'bitbucket', baseUrl: bitbucket().addresses.web });
  }, 240_000);
  afterAll(() => system?.close());

  const bitbucket = () => {
    if (system.bitbucket === undefined) throw new Error('the world has no workspace');
    return system.bitbucket;
  };
  const change = (kind: Parameters<BitbucketSimulator['changes']['run']>[0], input: object) =>
    bitbucket().changes.run(kind, input);

  async function requiring(name: string, token: string) {
    const project = await createProject(`${system.registry}/acme-works`, token);
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
      ['bob', ['acme-works/theme'], ['acme-works/numbers']],
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
});
