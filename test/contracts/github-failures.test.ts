import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { grantedPermissions } from '../../local/forges/github/app-identity.ts';
import { asId } from '../../shared/domain/ids.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { gitHubScopes } from '../support/traits.ts';
import { codeOf, factsOf, type GitHub, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;

describe('a run that cannot read', () => {
  beforeAll(async () => {
    gitHub = await startGitHub();
    gitHub.acme.roles = new Map();
    gitHub.installation.permissions = grantedPermissions(gitHub.acme);
  });
  afterEach(() => {
    gitHub.simulator.faults.remove();
  });
  afterAll(() => gitHub.close());

  test('R2: a connection that breaks is an outage in every scope', async () => {
    await gitHub.reader().probe();
    gitHub.simulator.faults.add({ kind: 'drop-connection' });
    for (const scope of gitHubScopes) {
      expect(await codeOf(gitHub.reader().readScope(scope))).toBe('unavailable');
    }
  });

  test.each(gitHubScopes)(
    '%s without any budget left reports when it may continue, and then continues',
    async (scope) => {
      const { simulator, clock } = gitHub;
      const reader = gitHub.reader();
      await reader.probe();
      await reader.readScope('members');
      simulator.faults.add({ kind: 'rate-limit', times: 1 });
      const error = await reader.readScope(scope).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ForgeError);
      expect(error).toMatchObject({ code: 'rate-limited' });
      const { notBefore = 0 } = error instanceof ForgeError ? error : {};
      const wait = notBefore - clock.now();
      expect(wait).toBeGreaterThan(50_000);
      expect(wait).toBeLessThanOrEqual(60 * 60 * 1000 + 1000);
      // Until then nobody sends a request, though the fault is over and GitHub would answer.
      const before = simulator.requests.summary().total;
      expect(await codeOf(gitHub.reader().readScope('settings'))).toBe('rate-limited');
      expect(simulator.requests.summary().total).toBe(before);
      clock.ahead += wait;
      expect(await codeOf(reader.readScope(scope))).toBe('no error');
    },
  );

  test.each([
    ['settings', 'organization_administration'],
    ['members', 'members'],
    ['teams', 'members'],
  ] as const)('R11: %s without its permission is refused, not empty', async (scope, permission) => {
    const { installation } = gitHub;
    const before = installation.permissions;
    const { [permission]: _, ...permissions } = before;
    installation.permissions = permissions;
    // Without the permission GitHub hides a field or the whole scope; either way the read must not count as complete.
    expect(await codeOf(gitHub.reader().readScope(scope))).toMatch(/^(insufficient-scope|incomplete)$/);
    installation.permissions = before;
  });

  test('a secondary limit that GraphQL reports with status 200 is recognised', async () => {
    const { simulator, clock } = gitHub;
    const reader = gitHub.reader();
    await reader.probe();
    simulator.faults.add({ kind: 'secondary-limit', status: 200, retryAfter: 90, times: 1 });
    const error = await reader.readScope('teams').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'rate-limited' });
    const { notBefore = 0 } = error instanceof ForgeError ? error : {};
    expect(Math.round((notBefore - clock.now()) / 1000)).toBe(90);
    clock.ahead += 91_000;
    expect(await codeOf(reader.readScope('teams'))).toBe('no error');
  });

  test('R27: a suspended installation answers the probe and nothing else', async () => {
    const { simulator } = gitHub;
    await simulator.changes.run('suspend-app', {});
    const reader = gitHub.reader();
    expect(await reader.probe()).toMatchObject({ login: 'acme', suspended: true });
    for (const scope of gitHubScopes) {
      expect(await codeOf(reader.readScope(scope))).toBe('credential-rejected');
    }
    await simulator.changes.run('unsuspend-app', {});
    expect(await codeOf(gitHub.reader().readScope('members'))).toBe('no error');
  });

  test('R3: an installation that speaks for another organization is refused', async () => {
    const { forge, installation } = gitHub;
    const reader = forge.organization(asId(installation.id), asId('999999'));
    expect(await codeOf(reader.probe())).toBe('unexpected');
    expect(await codeOf(reader.readScope('members'))).toBe('unexpected');
  });

  test('R6: an organization renamed after the probe keeps its identity, also when another takes its login', async () => {
    const { simulator, acme } = gitHub;
    const reader = gitHub.reader();
    await reader.probe();
    const facts = await factsOf(reader, 'members');
    await simulator.changes.run('rename-organization', { organization: 'acme', to: 'acme-corp' });
    await simulator.changes.run('create-organization', { login: 'acme', owner: 'bob' });
    expect(await factsOf(reader, 'members')).toEqual(facts);
    expect(await codeOf(reader.readScope('settings'))).toBe('incomplete');
    expect(await reader.probe()).toMatchObject({ id: String(acme.id), login: 'acme-corp' });
    expect(await factsOf(reader, 'settings')).toMatchObject([{ login: 'acme-corp' }]);
  });

  test('R4: an uninstalled app has no credential any more', async () => {
    const { simulator } = gitHub;
    const reader = gitHub.reader();
    await reader.readScope('members');
    await simulator.changes.run('uninstall-app', { organization: 'acme-corp' });
    expect(await codeOf(reader.probe())).toBe('credential-rejected');
    // For tokens younger than 5 s octokit retries a refusal, since a new token may not be known everywhere yet.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
    expect(await codeOf(reader.readScope('members'))).toBe('credential-rejected');
    vi.useRealTimers();
    expect(await codeOf(gitHub.forge.installation(asId(gitHub.installation.id)))).toBe('credential-rejected');
  });
});
