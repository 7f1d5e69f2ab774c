/** Who reads what on Bitbucket, and what a read does where Bitbucket tells less. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CollaboratorFact, factKey } from '../../shared/domain/facts.ts';
import { type PartScope, repositoryPart, teamPart } from '../../shared/domain/scopes.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { type Bitbucket, startBitbucket } from './bitbucket-fixture.ts';
import { errorOf, readWhole } from './forge-contract/reading.ts';

let at: Bitbucket;
beforeEach(async () => {
  at = await startBitbucket();
});
afterEach(() => at.close());

/** An error without a time to wait for. */
const goesOn = new ForgeError('unexpected', 'the request was sent');

const isRow = (fact: { readonly kind: string }): fact is CollaboratorFact => fact.kind === 'collaborator';

/** `login repository permission`, in order. */
async function rows(scope: 'permissions' | PartScope = 'permissions'): Promise<string[]> {
  const { facts } = await readWhole(at, scope);
  const slugs = new Map([...at.cloud.state.repositories.values()].map(({ uuid, slug }) => [`${uuid}`, slug]));
  return facts
    .filter(isRow)
    .map(({ login, repository, permission }) => `${login} ${slugs.get(repository)} ${permission}`)
    .sort();
}

const everybody = [
  ...['alice blog admin', 'alice clock admin', 'alice empty admin', 'alice money admin'],
  ...['ann clock write', 'ann money write', 'bob money read', 'olga money read'],
];

describe('R19: the permissions that count are the effective ones', () => {
  test('of people, groups, projects and administrators', async () => {
    expect(await rows()).toEqual(everybody);
  });

  test('also where the list lacks what is given on projects', async () => {
    await at.simulator.changes.run('set-variant', { listsProjectGrants: false });
    expect(await rows()).toEqual(everybody);
    const part = repositoryPart(at.cloud.repository('acme/clock').uuid as never);
    expect(await rows(part)).toEqual(['alice clock admin', 'ann clock write']);
  });

  test('of people who are given something on a project, too', async () => {
    const { changes } = at.simulator;
    await changes.run('set-variant', { listsProjectGrants: false });
    await changes.run('set-project-permission', { project: 'acme/SITE', user: 'bob', permission: 'read' });
    expect(await rows()).toEqual([...everybody, 'bob blog read', 'bob empty read'].sort());
  });

  test('from the list alone where the credential may not read projects', async () => {
    await at.close();
    at = await startBitbucket({ scopes: ['account', 'repository'] });
    expect(await rows()).toEqual(everybody);
  });

  test.each(['empty', 'not-found', 'removed'] as const)(
    'R11: and where API 1.0 tells no groups (%s)',
    async (groups) => {
      await at.simulator.changes.run('set-variant', { groups });
      expect(await rows()).toEqual(everybody);
    },
  );
});

describe('R11: where neither the list nor API 1.0 tells what a group is given on a project', () => {
  const told = { listsProjectGrants: true, groups: 'served' } as const;
  const untold = { listsProjectGrants: false, groups: 'removed' } as const;
  const read = async (variant: { listsProjectGrants: boolean; groups: 'served' | 'removed' | 'empty' }) => {
    await at.simulator.changes.run('set-variant', variant);
    const { hiddenReason, readBy } = await readWhole(at, 'permissions');
    return { hiddenReason, readBy };
  };
  const list = expect.stringMatching(/^from one list of \d+ permissions$/);

  test('rights are known to be missing once somebody else is missing from the list, to whom the project is given', async () => {
    const { changes } = at.simulator;
    const only = expect.stringMatching(/; who is in core-developers on CORE is not told, so the list alone/);
    expect(await read(untold)).toEqual({ hiddenReason: undefined, readBy: only });
    await changes.run('set-project-permission', { project: 'acme/CORE', user: 'olga', permission: 'read' });
    const why = expect.stringMatching(/lacks what is given on projects.*core-developers on CORE.*API 1\.0/);
    expect(await read(untold)).toEqual({ hiddenReason: why, readBy: only });
    // Nothing is concluded of one repository either.
    const part = repositoryPart(at.cloud.repository('acme/clock').uuid as never);
    expect((await errorOf(readWhole(at, part))).code).toBe('incomplete');
    expect(await read({ ...untold, listsProjectGrants: true })).toEqual({
      hiddenReason: undefined,
      readBy: only,
    });
    expect(await read({ ...untold, groups: 'served' })).toEqual({ hiddenReason: undefined, readBy: list });
    expect(await read(told)).toEqual({ hiddenReason: undefined, readBy: list });
  });

  test('it is said that the credential may not read projects', async () => {
    await at.close();
    at = await startBitbucket({ scopes: ['account', 'repository'] });
    const only = expect.stringMatching(/; the credential may not read what is given on projects/);
    expect(await read(told)).toEqual({ hiddenReason: undefined, readBy: only });
  });
});

describe('R11: groups, which only API 1.0 tells', () => {
  test('are teams with their members, and without rights', async () => {
    const { facts, hiddenReason } = await readWhole(at, 'teams');
    expect(hiddenReason).toBeUndefined();
    expect(facts.map(factKey).sort()).toEqual(
      [
        ...['team#core-developers', 'team#readers'],
        ...(['ann#core-developers', 'ann#readers', 'bob#readers'] as const).map((row) => {
          const [login = '', group] = row.split('#');
          return `team-member#${at.cloud.account(login).uuid}#${group}`;
        }),
      ].sort(),
    );
  });

  test.each(['empty', 'not-found', 'removed'] as const)('are hidden, and not gone: %s', async (groups) => {
    await at.simulator.changes.run('set-variant', { groups });
    const { facts, hiddenReason } = await readWhole(at, 'teams');
    expect(facts).toEqual([]);
    expect(hiddenReason).toMatch(/API 1.0/);
    // Nothing is known of one of them either.
    const part = teamPart('readers' as never);
    expect(['incomplete', 'gone']).toContain((await errorOf(readWhole(at, part))).code);
    expect((await (await at.open()).structure.lookUp([{ part }])).get(part)).toEqual({ is: 'unknown' });
  });
});

test('a person is told what he reads himself, and nothing of a workspace that he is not in', async () => {
  const readable = async (login: string, workspace = at.organization) => {
    const request = { redirectUri: at.redirectUri, state: 's', codeChallenge: '', forConnecting: false };
    const callback = await at.visit(at.signIn.authorizeUrl(at.integration, request), login);
    const answer = { callback, state: 's', redirectUri: at.redirectUri, codeVerifier: 'v'.repeat(43) };
    const grant = await at.signIn.exchange(at.integration, answer, at.services);
    return at.signIn.readable?.(at.integration, grant, workspace, at.services);
  };
  const uuids = (...slugs: string[]) => slugs.map((slug) => at.cloud.repository(`acme/${slug}`).uuid).sort();
  expect([...((await readable('ann')) ?? [])].sort()).toEqual(uuids('clock', 'money'));
  expect(await readable('bob')).toEqual(uuids('money'));
  expect(await readable('carl')).toBeUndefined();
});

test('a collaborator is no member, but has the rows of the repositories', async () => {
  const { facts } = await readWhole(at, 'members');
  expect(facts.map((fact) => 'login' in fact && fact.login)).toEqual(['alice', 'ann', 'bob']);
  expect(await rows()).toContain('olga money read');
});

test('R14: a deactivated account keeps its rows as long as Bitbucket lists it, and no longer', async () => {
  await at.simulator.changes.run('set-user', { user: 'bob', state: 'deactivated' });
  expect(await rows()).toContain('bob money read');
  at.clock.step(14 * 24 * 3600_000);
  expect(await rows()).not.toContain('bob money read');
});

describe('what Bitbucket does not find', () => {
  test('R10: a workspace that is not found is an outage: in 2025 existing ones were not for 45 minutes', async () => {
    at.simulator.faults.add({ kind: 'false-not-found' });
    const { structure } = await at.open();
    expect((await errorOf(structure.probe())).code).toBe('not-found');
    for (const scope of ['settings', 'members', 'repositories', 'permissions'] as const) {
      expect(['unavailable', 'incomplete']).toContain((await errorOf(readWhole(at, scope))).code);
    }
    const part = repositoryPart(at.cloud.repository('acme/money').uuid as never);
    expect((await errorOf(structure.lookUp([{ part }]))).code).toBe('not-found');
  });

  test('R10: a repository is gone only if the list lacks it too', async () => {
    const part = repositoryPart(at.cloud.repository('acme/money').uuid as never);
    at.simulator.faults.add({ kind: 'false-not-found', times: 1 });
    const { structure } = await at.open();
    expect((await errorOf(structure.lookUp([{ part }]))).code).toBe('incomplete');
    expect((await structure.lookUp([{ part }])).get(part)).toEqual({ is: 'present' });
  });

  test('one that moved to another workspace is elsewhere where it can be seen, and gone where it cannot', async () => {
    const { changes } = at.simulator;
    const part = repositoryPart(at.cloud.repository('acme/blog').uuid as never);
    await changes.run('transfer-repository', { repository: 'acme/blog', project: 'other/X' });
    const lookUp = async () => (await (await at.open()).structure.lookUp([{ part }])).get(part);
    expect(await lookUp()).toEqual({ is: 'absent', absence: 'elsewhere' });
    await changes.run('set-repository', { repository: 'other/blog', private: true });
    expect(await lookUp()).toEqual({ is: 'absent', absence: 'gone' });
  });
});

test('R11: who does not administer the workspace any more sees too little to go on', async () => {
  await at.simulator.changes.run('set-member', { user: 'ann', role: 'owner' });
  await at.simulator.changes.run('set-member', { user: 'alice', role: 'member' });
  expect((await errorOf(readWhole(at, 'settings'))).code).toBe('insufficient-scope');
  expect((await errorOf(readWhole(at, 'permissions'))).code).toBe('insufficient-scope');
  // Members and repositories are listed, but not all of them: so the probes around every run fail.
  const { structure } = await at.open();
  expect((await errorOf(structure.probe())).code).toBe('insufficient-scope');
  const part = repositoryPart(at.cloud.repository('acme/money').uuid as never);
  expect((await errorOf(structure.lookUp([{ part }]))).code).toBe('insufficient-scope');
});

test('files and archives have hours of their own: one that is spent stops no read of rights', async () => {
  const { faults } = at.simulator;
  const { uuid: repository } = at.cloud.repository('acme/money');
  faults.add({ kind: 'rate-limit', match: { group: 'raw' } });
  const client = await at.open();
  expect((await errorOf(client.contents.readRefs({ repository: repository as never }))).code).toBe(
    'rate-limited',
  );
  expect(await rows()).toEqual(everybody);
});

/** Leaves so many requests of a group's hour, as other workers do that sent the rest just now. */
async function leave(group: string, left: number): Promise<void> {
  const budget = at.services.budgets(`${at.account} ${group}`);
  const reservation = { requests: 1_000 - left, perMs: 3600_000, now: at.clock.now(), wanted: 1_000 };
  while ((await budget.reserve(reservation)).granted > 0);
}

test("R29: no more than an hour's requests are sent, by all processes together", async () => {
  await leave('workspaces', 50);
  const clients = [await at.open(), await at.open(), await at.open()];
  const before = at.simulator.requests.summary().total;
  const askUntilRefused = async ({ structure }: (typeof clients)[number]) => {
    for (;;) {
      const { notBefore } = await errorOf(structure.probe().then(() => Promise.reject(goesOn)));
      if (notBefore !== undefined) return notBefore;
    }
  };
  const waits = await Promise.all(clients.map(askUntilRefused));
  expect(at.simulator.requests.summary().total - before).toBe(50);
  // A minute more than an hour, for requests that were reserved and not sent at once.
  expect(Math.max(...waits)).toBe(at.clock.now() + 3660_000);
});

test('R29: the requests of a person count together, whatever they are sent with', async () => {
  const tokenOf = async (user: string) => {
    const scopes = ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:repository:bitbucket'] as const;
    const { token } = await at.simulator.changes.run('create-api-token', { user, scopes: [...scopes] });
    return `${at.cloud.account(user).email}:${token}`;
  };
  await at.simulator.changes.run('set-member', { user: 'ann', role: 'owner' });
  await leave('workspaces', 0);
  const [own, others] = [await tokenOf('alice'), await tokenOf('ann')];
  expect((await errorOf((await at.openWithToken(own)).structure.probe())).code).toBe('rate-limited');
  expect(await (await at.openWithToken(others)).structure.probe()).toHaveProperty('id', at.organization);
});

test('R29: what can wait leaves some of the hour of repositories to rights', async () => {
  await leave('repositories', 160);
  const { uuid: repository } = at.cloud.repository('acme/money');
  const { contents } = await at.open();
  const scans = async () => {
    for (;;) await contents.readRefs({ repository: repository as never });
  };
  expect((await errorOf(scans())).code).toBe('rate-limited');
  const { structure } = await at.open();
  expect(await structure.readScope('repositories')).toHaveProperty('done');
});

describe('permissions that are too many for an hour', () => {
  const people = 300;
  const count = 130;
  const id = (kind: number, place: number) =>
    `{${`${kind}`.padStart(8, '0')}-0000-4000-8000-${`${place}`.padStart(12, '0')}}`;

  /** Everybody reads every repository: with the administrator 39,000 rows. */
  function fill() {
    const { state } = at.simulator;
    const workspace = at.cloud.workspace('acme');
    const createdOn = '2026-01-01T00:00:00Z';
    const group = { slug: 'all', name: 'All', members: new Set<string>() };
    workspace.groups.set(group.slug, group);
    for (let place = 1; place < people; place += 1) {
      const [uuid, nickname] = [id(1, place), `person-${place}`];
      const account = { uuid, accountId: `1:${place}`, nickname, displayName: nickname, createdOn };
      state.accounts.set(uuid, { ...account, email: `${nickname}@example.com` });
      workspace.members.set(uuid, { role: 'member', addedOn: createdOn });
      group.members.add(uuid);
    }
    const { uuid: project } = at.cloud.project('SITE');
    for (let place = 0; place < count; place += 1) {
      const [uuid, slug] = [id(3, place), `many-${place}`];
      state.repositories.set(uuid, {
        ...{ uuid, workspace: workspace.uuid, project, slug, name: slug, description: '', isPrivate: true },
        ...{ defaultBranch: 'main', gitDirectory: '', createdOn, updatedOn: createdOn, users: new Map() },
        groups: new Map([[group.slug, 'read' as const]]),
      });
    }
  }

  /** Reads on when the forge allows it. @returns the hours that it took, and the most requests within a step */
  async function readOver(isFirst: boolean) {
    const began = at.clock.now();
    let most = 0;
    for (let from: unknown; ; ) {
      const client = await at.open();
      const step = await client.structure.readScope('permissions', { from, isFirst });
      most = Math.max(most, client.requests());
      if ('done' in step) return { ...step.done, most, hours: (at.clock.now() - began) / 3600_000 };
      from = JSON.parse(JSON.stringify(step.unfinished.state));
      at.clock.step((step.unfinished.notBefore ?? 0) - at.clock.now() + 1);
    }
  }

  test('R8: a page of a list that takes too long is asked for in halves, with all before it', async () => {
    fill();
    const match = { list: '/2.0/workspaces/{workspace}/permissions', page: '2' };
    at.simulator.faults.add({ kind: 'failing-page', status: 555, times: 1, match });
    const { facts } = await readWhole(at, 'members');
    expect(facts).toHaveLength(people + 2);
  });

  test('are read repository by repository, with less than half of each hour', async () => {
    fill();
    const { facts, readBy, most, hours } = await readOver(false);
    expect(facts.filter(isRow).length).toBe(people * count + everybody.length);
    expect(readBy).toMatch(/^repository by repository, because one list of 39.* would be too long/);
    expect(most).toBeLessThanOrEqual(450);
    expect(hours).toBeLessThan(1.1);
    expect(at.simulator.refusals()).toEqual({});
  });

  test('are one list where they are read for the first time, and an hour is enough', async () => {
    fill();
    const { facts, readBy, hours } = await readOver(true);
    expect(facts.filter(isRow).length).toBe(people * count + everybody.length);
    expect(readBy).toMatch(/^from one list of 39/);
    expect(hours).toBe(0);
  });
});
