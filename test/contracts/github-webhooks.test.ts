import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChangeInput, ChangeName } from '../../local/forges/github/changes.ts';
import { defaultWorldFile, readWorld } from '../../local/forges/world/read-world.ts';
import { type ScopeName, scopeNames } from '../../shared/domain/facts.ts';
import type { ParsedDelivery } from '../../shared/forge/forge.ts';
import { type GitHub, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub(await readWorld(defaultWorldFile));
});
beforeEach(() => {
  gitHub.receiver.received.length = 0;
});
afterAll(() => gitHub.close());

/** All that came since the last test, each with a signature that holds. */
async function deliveries(): Promise<readonly ParsedDelivery[]> {
  const { webhooks } = gitHub.forge;
  await gitHub.simulator.idle();
  const parsed: ParsedDelivery[] = [];
  for (const { body, headers } of gitHub.receiver.received) {
    const bytes = Buffer.from(body);
    expect(await webhooks.verify(bytes, headers)).toBe(true);
    expect(await webhooks.verify(Buffer.from(`${body} `), headers)).toBe(false);
    const delivery = webhooks.parse(bytes, headers);
    expect(delivery.installation).toBe(String(gitHub.installation.id));
    expect(delivery.deliveryId).toMatch(/^[0-9a-f-]{36}$/);
    parsed.push(delivery);
  }
  return parsed;
}

/** The facts of each scope, in one text; when something was last pushed is told by pushes. */
async function snapshot(): Promise<Record<ScopeName, string>> {
  const told = { settings: '', members: '', teams: '', repositories: '' };
  for (const scope of scopeNames) {
    const facts = await gitHub.reader().readScope(scope);
    told[scope] = facts
      .map((fact) => JSON.stringify({ ...fact, pushedAt: undefined }))
      .sort()
      .join('\n');
  }
  return told;
}

type Step = { [Name in ChangeName]: readonly [Name, ChangeInput<Name>] }[ChangeName];

describe('what changed is where the deliveries send us', () => {
  const steps: readonly Step[] = [
    ['add-organization-member', { user: 'olga' }],
    ['add-team-member', { team: 'backend', user: 'olga' }],
    ['remove-team-member', { team: 'backend', user: 'olga' }],
    ['set-collaborator', { repository: 'acme/theme', user: 'bob', permission: 'pull' }],
    ['set-collaborator', { repository: 'acme/theme', user: 'bob', permission: 'admin' }],
    ['remove-collaborator', { repository: 'acme/theme', user: 'bob' }],
    ['set-team-repository', { team: 'backend', repository: 'acme/catalog', permission: 'pull' }],
    ['set-team-repository', { team: 'backend', repository: 'acme/catalog', permission: 'maintain' }],
    ['remove-team-repository', { team: 'backend', repository: 'acme/catalog' }],
    ['create-team', { name: 'New ones', parent: 'engineering' }],
    ['rename-team', { team: 'new-ones', to: 'Newer ones' }],
    ['set-team-parent', { team: 'newer-ones', parent: null }],
    ['delete-team', { team: 'newer-ones' }],
    ['create-repository', { name: 'fresh' }],
    ['rename-repository', { repository: 'acme/fresh', to: 'fresher' }],
    ['set-visibility', { repository: 'acme/fresher', visibility: 'public' }],
    ['set-visibility', { repository: 'acme/fresher', visibility: 'private' }],
    ['archive-repository', { repository: 'acme/fresher' }],
    ['unarchive-repository', { repository: 'acme/fresher' }],
    ['set-default-branch', { repository: 'acme/money', branch: '1.x' }],
    ['select-repositories', { repositories: ['money', 'fresher'] }],
    ['select-repositories', { repositories: 'all' }],
    ['delete-repository', { repository: 'acme/fresher', events: 'observed' }],
    ['remove-organization-member', { user: 'olga' }],
    ['rename-organization', { to: 'acme-corp' }],
  ];
  test.each(steps)('%s %o', async (name, input) => {
    const before = await snapshot();
    await gitHub.simulator.changes.runUnchecked(name, input);
    const hinted = new Set<string>();
    for (const { hints } of await deliveries()) {
      for (const hint of hints) {
        hinted.add(hint.look === 'scope' ? hint.scope : hint.look);
      }
    }
    const after = await snapshot();
    const changed = scopeNames.filter((scope) => before[scope] !== after[scope]);
    expect(changed).not.toEqual([]);
    expect(changed.filter((scope) => !hinted.has(scope))).toEqual([]);
  });

  const silent: readonly Step[] = [
    ['set-base-permission', { permission: 'read' }],
    ['set-organization-role', { user: 'bob', role: 'owner' }],
  ];
  test.each(silent)('%s %o is told by no delivery: only a reconcile finds it', async (name, input) => {
    await gitHub.simulator.changes.runUnchecked(name, input);
    expect(await deliveries()).toEqual([]);
  });
});

describe('contents', () => {
  test('a push says which repository to look into', async () => {
    const { simulator } = gitHub;
    await simulator.changes.pushVersions('acme-corp/clock', ['1.1.0']);
    const told = await deliveries();
    expect(told.length).toBeGreaterThan(0);
    for (const { hints } of told) {
      expect(hints).toEqual([
        { look: 'repository-content', repository: String(gitHub.repository('clock').id) },
      ]);
    }
  });

  test('a deleted tag does too', async () => {
    await gitHub.simulator.changes.run('set-refs', {
      repository: 'acme-corp/clock',
      refs: { 'refs/tags/1.1.0': null },
    });
    const told = await deliveries();
    expect(told.map(({ event }) => event).sort()).toEqual(['delete', 'push']);
    for (const { hints } of told) {
      expect(hints).toEqual([
        { look: 'repository-content', repository: String(gitHub.repository('clock').id) },
      ]);
    }
  });
});

describe('the installation', () => {
  const organization = () => ({ id: String(gitHub.acme.id), login: 'acme-corp' });

  test.each([
    ['suspend-app', 'changed', true],
    ['unsuspend-app', 'changed', false],
    ['uninstall-app', 'removed', false],
  ] as const)('%s is told with whose it is', async (name, action, suspended) => {
    await gitHub.simulator.changes.run(name, {});
    const [delivery] = await deliveries();
    expect(delivery?.hints).toEqual([
      { look: 'installation', action, organization: { ...organization(), suspended } },
    ]);
  });

  test('a new one has another number', async () => {
    await gitHub.simulator.changes.run('install-app', { repositories: 'all' });
    await gitHub.simulator.idle();
    const [received] = gitHub.receiver.received;
    const delivery = gitHub.forge.webhooks.parse(Buffer.from(received?.body ?? ''), received?.headers ?? {});
    expect(delivery.installation).not.toBe(String(gitHub.installation.id));
    expect(delivery.hints).toEqual([
      { look: 'installation', action: 'created', organization: { ...organization(), suspended: false } },
    ]);
  });
});
