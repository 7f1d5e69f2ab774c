import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChangeInput, ChangeName } from '../../local/forges/github/changes.ts';
import { defaultWorldFile, readWorld } from '../../local/forges/world/read-world.ts';
import { type Fact, factKey } from '../../shared/domain/facts.ts';
import { asId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { type AnyScope, isPart, kindsOf, mainKeyOf, partOf } from '../../shared/domain/scopes.ts';
import type { ParsedDelivery } from '../../shared/forge/forge.ts';
import { webhooks } from '../../shared/forge/github/webhook.ts';
import { gitHubScopes, layout } from '../support/traits.ts';
import { factsOf, type GitHub, readWhole, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub(await readWorld(defaultWorldFile));
});
beforeEach(() => {
  gitHub.receiver.received.length = 0;
});
afterAll(() => gitHub.close());

/** The deliveries since the last test, each with a valid signature. */
async function deliveries(): Promise<readonly ParsedDelivery[]> {
  const { webhookSecret } = gitHub.state.app;
  await gitHub.simulator.idle();
  const parsed: ParsedDelivery[] = [];
  for (const { body, headers } of gitHub.receiver.received) {
    const bytes = Buffer.from(body);
    expect(await webhooks.verify(bytes, headers, webhookSecret)).toBe(true);
    expect(await webhooks.verify(Buffer.from(`${body} `), headers, webhookSecret)).toBe(false);
    const delivery = webhooks.parse(bytes, headers);
    expect(delivery.installation).toBe(String(gitHub.installation.id));
    expect(delivery.deliveryId).toMatch(/^[0-9a-f-]{36}$/);
    parsed.push(delivery);
  }
  return parsed;
}

type Facts = ReadonlyMap<string, Fact>;
const byKey = (facts: readonly Fact[]): Facts => new Map(facts.map((fact) => [factKey(fact), fact]));

/** The facts of complete reads of all scopes. */
async function snapshot(): Promise<Facts> {
  const facts: Fact[] = [];
  for (const scope of gitHubScopes) {
    facts.push(...(await factsOf(gitHub.reader(), scope)));
  }
  return byKey(facts);
}

/** The scopes that the deliveries name; for a member who left also the parts that have rows of him, as receive-webhook adds them. */
function named(
  before: Facts,
  received: readonly ParsedDelivery[],
): ReadonlyMap<AnyScope, string | undefined> {
  const scopes = new Map<AnyScope, string | undefined>();
  for (const { hints, removals } of received) {
    for (const hint of hints) {
      if (hint.look === 'scope') {
        scopes.set(hint.scope, hint.handle);
      }
    }
    for (const fact of before.values()) {
      const part = partOf(fact);
      const isGone = 'account' in fact && removals.some(({ key }) => key === `member#${fact.account}`);
      const main = part && before.get(mainKeyOf(part));
      if (part !== undefined && isGone && !scopes.has(part)) {
        scopes.set(part, main !== undefined && 'handle' in main ? main.handle : undefined);
      }
    }
  }
  return scopes;
}

/** The facts after reading only the scopes that the deliveries name. */
async function readNamed(before: Facts, received: readonly ParsedDelivery[]): Promise<Facts> {
  const facts = new Map(before);
  const waiting = [...named(before, received)];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [scope, handle] = next;
    const read = await readWhole(gitHub.reader(), scope, { handle });
    for (const [key, fact] of facts) {
      const part = partOf(fact);
      const kinds: readonly string[] = isPart(scope) ? [] : kindsOf(layout, scope);
      if (kinds.includes(fact.kind) || (part !== undefined && read.covers.includes(part))) {
        facts.delete(key);
      }
    }
    for (const [key, fact] of byKey(read.facts)) {
      facts.set(key, fact);
    }
    waiting.push(...read.followUps.map((followUp): [AnyScope, undefined] => [followUp, undefined]));
  }
  return facts;
}

const lines = (facts: Facts): string[] => [...facts.values()].map((fact) => JSON.stringify(fact)).sort();

type Step = { [Name in ChangeName]: readonly [Name, ChangeInput<Name>] }[ChangeName];

describe('reading only what the deliveries name shows all that changed', () => {
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
    ['set-team-parent', { team: 'payments', parent: 'storefront' }],
    ['set-team-repository', { team: 'storefront', repository: 'acme/catalog', permission: 'admin' }],
    ['set-team-parent', { team: 'payments', parent: 'newer-ones' }],
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
    ['add-team-member', { team: 'backend', user: 'olga' }],
    ['set-collaborator', { repository: 'acme/money', user: 'olga', permission: 'pull' }],
    ['remove-organization-member', { user: 'olga' }],
    ['rename-organization', { to: 'acme-corp' }],
  ];
  test.each(steps)('%s %o', async (name, input) => {
    const before = await snapshot();
    await gitHub.simulator.changes.runUnchecked(name, input);
    const received = await deliveries();
    const after = await snapshot();
    expect(lines(after)).not.toEqual(lines(before));
    expect(lines(await readNamed(before, received))).toEqual(lines(after));
    // Facts that a delivery reports gone are gone.
    for (const { key, expect: what } of received.flatMap(({ removals }) => removals)) {
      const fact = after.get(key);
      expect(what === 'gone' ? fact : fact?.kind === 'repository' && fact.visibility === 'public').toBe(
        what === 'gone' ? undefined : false,
      );
    }
  });

  const silent: readonly Step[] = [
    ['set-base-permission', { permission: 'read' }],
    ['set-organization-role', { user: 'bob', role: 'owner' }],
  ];
  test.each(silent)('R18: %s %o causes no delivery: only a reconcile finds it', async (name, input) => {
    await gitHub.simulator.changes.runUnchecked(name, input);
    expect(await deliveries()).toEqual([]);
  });
});

describe('contents', () => {
  test('a deleted tag names the repository to scan', async () => {
    await gitHub.simulator.changes.pushVersions('acme-corp/clock', ['1.1.0']);
    await deliveries();
    gitHub.receiver.received.length = 0;
    await gitHub.simulator.changes.run('set-refs', {
      repository: 'acme-corp/clock',
      refs: { 'refs/tags/1.1.0': null },
    });
    const received = await deliveries();
    expect(received.map(({ event }) => event).sort()).toEqual(['delete', 'push']);
    for (const { hints } of received) {
      expect(hints).toEqual([
        { look: 'repository-content', repository: String(gitHub.repository('clock').id) },
      ]);
    }
  });
});

describe('deliveries', () => {
  const push = (tags: readonly string[]) => gitHub.simulator.changes.pushVersions('acme-corp/clock', tags);
  const refs = () =>
    gitHub.reader().readRefs({
      repository: asId<ForgeRepositoryId>(gitHub.repository('clock').id),
      handle: gitHub.repository('clock').nodeId,
    });
  const counted = async () => {
    const facts = await factsOf(gitHub.reader(), 'repositories');
    return facts.find((fact) => fact.kind === 'repository' && fact.name === 'clock');
  };

  test("R20: more than three tags at once cause no delivery, but the repository's tag count shows them", async () => {
    const before = await counted();
    const { commit = '' } = (await refs()).tags[0] ?? {};
    const names = ['2.0.0', '2.0.1', '2.0.2', '2.0.3'];
    await gitHub.simulator.changes.run('set-refs', {
      repository: 'acme-corp/clock',
      refs: Object.fromEntries(names.map((name) => [`refs/tags/${name}`, commit])),
    });
    expect(await deliveries()).toEqual([]);
    const tagsOf = (fact: Fact | undefined) => (fact?.kind === 'repository' ? fact.tagCount : undefined);
    expect(tagsOf(await counted())).toBe((tagsOf(before) ?? 0) + 4);
    // The next push that causes a delivery leads to a scan of all refs.
    await push(['3.0.0']);
    const received = await deliveries();
    expect(received.flatMap(({ hints }) => hints).map(({ look }) => look)).toContain('repository-content');
    expect((await refs()).tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...names, '3.0.0']));
  });

  test('R23: a delivery that arrives twice has the same id', async () => {
    gitHub.simulator.faults.add({ kind: 'delivery-doubled', times: 1, match: { event: 'push' } });
    await push(['3.1.0']);
    const ids = (await deliveries())
      .filter(({ event }) => event === 'push')
      .map(({ deliveryId }) => deliveryId);
    expect(ids.length).toBeGreaterThan(new Set(ids).size);
  });

  test('R24: deliveries in another order name the same scopes', async () => {
    const { faults, changes } = gitHub.simulator;
    const before = await snapshot();
    faults.add({ kind: 'delivery-reordered', times: 1, match: { event: 'membership' } });
    await changes.run('add-team-member', { team: 'backend', user: 'bob' });
    await changes.run('remove-team-member', { team: 'backend', user: 'bob' });
    const received = await deliveries();
    expect(received.map(({ event }) => event)).toEqual(['membership.removed', 'membership.added']);
    const after = await snapshot();
    expect(lines(after)).toEqual(lines(before));
    expect(lines(await readNamed(before, received))).toEqual(lines(after));
  });
});

describe('the installation', () => {
  const organization = () => ({ id: String(gitHub.acme.id), login: 'acme-corp' });

  test.each([
    ['suspend-app', 'changed', true],
    ['unsuspend-app', 'changed', false],
    ['uninstall-app', 'removed', false],
  ] as const)('R27: %s is reported with its organization', async (name, action, suspended) => {
    await gitHub.simulator.changes.run(name, {});
    const [delivery] = await deliveries();
    expect(delivery?.hints).toEqual([
      { look: 'installation', action, organization: { ...organization(), suspended } },
    ]);
  });

  test('a new installation has another number', async () => {
    await gitHub.simulator.changes.run('install-app', { repositories: 'all' });
    await gitHub.simulator.idle();
    const [received] = gitHub.receiver.received;
    const delivery = webhooks.parse(Buffer.from(received?.body ?? ''), received?.headers ?? {});
    expect(delivery.installation).not.toBe(String(gitHub.installation.id));
    expect(delivery.hints).toEqual([
      { look: 'installation', action: 'created', organization: { ...organization(), suspended: false } },
    ]);
  });
});
