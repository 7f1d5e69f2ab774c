/** Tokens that an administrator of a workspace enters, and what is read with each. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Scope } from '../../local/forges/bitbucket/scopes.ts';
import type { ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { type Bitbucket, known, startBitbucket } from './bitbucket-fixture.ts';
import { errorOf, readWhole } from './forge-contract/reading.ts';

let at: Bitbucket;
beforeEach(async () => {
  at = await startBitbucket();
});
afterEach(() => at.close());

/** Answers without the header that names scopes. */
const withoutScopes =
  (send: typeof fetch): typeof fetch =>
  async (...request) => {
    const { body, status, headers } = await send(...request);
    const rest = new Headers(headers);
    rest.delete('x-oauth-scopes');
    return new Response(body, { status, headers: rest });
  };

describe('an API token', () => {
  const needed = ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:repository:bitbucket'] as const;
  const forHooks = ['read:webhook:bitbucket', 'write:webhook:bitbucket', 'delete:webhook:bitbucket'];
  const forProjects = ['admin:project:bitbucket', 'read:permission:bitbucket'];
  const create = async (user: string, given: readonly string[] = needed): Promise<string> => {
    const input = { user, scopes: [...given] as (typeof needed)[number][] };
    const { token } = await at.simulator.changes.run('create-api-token', input);
    return `${at.cloud.account(user).email}:${token}`;
  };

  test('reads the workspace, and is told a line each what does not work without more scopes', async () => {
    const checked = await at.useToken(await create('alice'));
    expect(checked.missing).toEqual([]);
    expect(checked.limits).toEqual([
      expect.stringMatching(/`read:webhook:bitbucket`, `write:.*no webhooks are installed/),
      expect.stringMatching(/`read:permission:bitbucket` permissions on projects/),
    ]);
    expect((await readWhole(at, 'permissions')).facts.length).toBeGreaterThan(0);
  });

  test.each([
    ['everything', [...needed, ...forHooks, ...forProjects], []],
    [
      'all but one scope for webhooks',
      [...needed, ...forHooks.slice(1), ...forProjects],
      ['`read:webhook:bitbucket` no'],
    ],
  ])('with %s is told no more than that', async (_what, scopes, limits) => {
    const { limits: told } = await at.useToken(await create('alice', scopes));
    expect(told).toEqual(limits.map((text) => expect.stringContaining(text)));
  });

  test('is told which scopes are not needed', async () => {
    const { missing, unneeded } = await at.useToken(
      await create('alice', [...needed, 'write:webhook:bitbucket', 'write:repository:bitbucket']),
    );
    expect([missing, unneeded]).toEqual([
      [],
      [expect.stringMatching(/not needed: `write:repository:bitbucket`\.$/)],
    ]);
  });

  test('is taken as it is where Bitbucket does not name its scopes', async () => {
    const token = await create('alice');
    Object.assign(at.services, { fetch: withoutScopes(at.services.fetch) });
    expect(await at.useToken(token)).toMatchObject({
      ...{ missing: [], scopes: [], unneeded: [] },
      limits: [expect.stringContaining('does not say')],
    });
    expect((await at.useToken(await create('ann'))).missing).toHaveLength(1);
  });

  test.each([
    ['a scope', () => create('alice', needed.slice(0, 2)), 'read:repository:bitbucket'],
    ['the role', () => create('ann'), 'administer the workspace'],
    ['its e-mail address', async () => (await create('alice')).split(':')[1] ?? '', 'e-mail address'],
    ['validity', async () => 'alice@example.com:made-up', 'does not accept'],
  ])('lacks %s', async (_what, token, sentence) => {
    const { missing } = await at.useToken(await token());
    expect(missing).toEqual([expect.stringContaining(sentence)]);
  });

  test('R32: may have any length, and no error has it', async () => {
    const id = at.cloud.state.nextId;
    await create('alice');
    const value = `ATAT-${'x'.repeat(3_000)}`;
    const { apiTokens } = at.cloud.state;
    apiTokens.set(id, { ...known(apiTokens.get(id)), value });
    expect((await at.useToken(`${at.cloud.account('alice').email}:${value}`)).missing).toEqual([]);
    expect((await readWhole(at, 'members')).facts).toHaveLength(3);
    await at.simulator.changes.run('revoke-token', { id });
    expect((await errorOf(readWhole(at, 'members'))).message).not.toContain('xxx');
  });

  test('R4: is rejected once it is revoked', async () => {
    const id = at.cloud.state.nextId;
    await at.useToken(await create('alice'));
    await at.simulator.changes.run('revoke-token', { id });
    expect((await errorOf(readWhole(at, 'members'))).code).toBe('credential-rejected');
  });
});

test('R32: the tokens of a grant may be longer than 2,500 characters, also after a renewal', async () => {
  for (const _ of ['first', 'renewed']) {
    expect((await readWhole(at, 'members')).facts).toHaveLength(3);
    const { accessToken, refreshToken = '' } = known(at.cloud.state.grants.at(-1));
    expect(Math.min(accessToken.length, refreshToken.length)).toBeGreaterThan(2_500);
    at.clock.step(3 * 3600_000);
  }
  expect(at.cloud.state.grants).toHaveLength(2);
});

describe('a grant', () => {
  const checked = async (...scopes: Scope[]) => {
    await at.close();
    at = await startBitbucket({ scopes });
    return at.checkGrant();
  };

  test('is told what does not work without more scopes of the consumer, and which are not needed', async () => {
    const whole = ['account', 'repository', 'project', 'project:admin', 'webhook'] as const;
    expect(await checked(...whole)).toMatchObject({ missing: [], limits: [], unneeded: [] });
    const { missing, limits, unneeded } = await checked('account', 'repository', 'repository:admin');
    expect([missing, limits, unneeded]).toEqual([
      [],
      [
        expect.stringMatching(/`webhook` no webhooks are installed/),
        expect.stringMatching(/`project:admin` permissions on projects/),
      ],
      [expect.stringContaining('`repository:admin`')],
    ]);
  });

  test('that reads no repositories is refused', async () => {
    expect((await checked('account')).missing).toEqual([expect.stringContaining('`repository`')]);
  });

  test('is taken as it is where Bitbucket does not name its scopes', async () => {
    Object.assign(at.services, { fetch: withoutScopes(at.services.fetch) });
    expect(await at.checkGrant()).toMatchObject({ missing: [], limits: [expect.any(String)] });
  });
});

describe('an access token for contents', () => {
  const createToken = async (of: { workspace?: string; repository?: string }, ...scopes: Scope[]) => {
    const made = await at.simulator.changes.run('create-access-token', { ...of, scopes });
    return made as { readonly id: number; readonly token: string };
  };
  const idOf = (name: string) => at.cloud.repository(name).uuid as ForgeRepositoryId;
  /** The archives that can be had: what a grant asks for is answered with a page. */
  const archiveOf = async (name: string) => {
    const { contents } = await at.open();
    const { branches } = await contents.readRefs({ repository: idOf(name) });
    const archive = await contents.readArchive(
      { repository: idOf(name) },
      known(branches[0]).commit,
      new AbortController().signal,
    );
    archive.destroy();
    return 'had';
  };
  beforeEach(() => at.simulator.changes.run('set-variant', { archivesTakeOAuth: false }));

  test('reads contents, while rights are read with the grant', async () => {
    expect((await errorOf(archiveOf('acme/money'))).code).toBe('unexpected');
    const { token } = await createToken({}, 'repository');
    expect(await at.useContentsToken(token)).toMatchObject({ missing: [], limits: [], unneeded: [] });
    expect(await archiveOf('acme/money')).toBe('had');
    expect((await readWhole(at, 'permissions')).facts.length).toBeGreaterThan(0);
  });

  test('stays when the grant is renewed', async () => {
    await at.useContentsToken((await createToken({}, 'repository')).token);
    at.clock.step(3 * 3600_000);
    await readWhole(at, 'members');
    expect(await archiveOf('acme/money')).toBe('had');
  });

  test('of one repository leaves the others to the grant', async () => {
    const { token } = await createToken({ repository: 'acme/money' }, 'repository');
    expect((await at.useContentsToken(token)).limits).toEqual([]);
    expect(await archiveOf('acme/money')).toBe('had');
    const { contents } = await at.open();
    expect((await contents.readRefs({ repository: idOf('acme/clock') })).branches).not.toEqual([]);
  });

  test('R4: is told as rejected once it is revoked, and everything is read with the grant', async () => {
    const { id, token } = await createToken({}, 'repository');
    await at.useContentsToken(token);
    expect((await at.factsOfConnection())?.contents).toEqual({ rejectedAt: undefined });
    await at.simulator.changes.run('revoke-token', { id });
    const refs = async () =>
      (await (await at.open()).contents.readRefs({ repository: idOf('acme/money') })).tags;
    expect(await refs()).not.toEqual([]);
    expect((await at.factsOfConnection())?.contents).toEqual({ rejectedAt: at.clock.now() });
    const refused = () =>
      at.simulator.requests.summary().requests.filter(({ status }) => status === 401).length;
    const before = refused();
    await refs();
    expect(refused()).toBe(before);

    known(at.cloud.state.accessTokens.get(id)).revoked = false;
    at.clock.step(5 * 60_000 + 1);
    await refs();
    expect((await at.factsOfConnection())?.contents).toEqual({ rejectedAt: undefined });
  });

  test('goes on when the grant is rejected', async () => {
    await at.useContentsToken((await createToken({ repository: 'acme/money' }, 'repository')).token);
    await at.simulator.changes.run('revoke-authorization', { user: 'alice' });
    expect((await errorOf(readWhole(at, 'members'))).code).toBe('credential-rejected');
    expect(await archiveOf('acme/money')).toBe('had');
    // What it does not see is read with nothing.
    expect((await errorOf(archiveOf('acme/clock'))).code).toBe('credential-rejected');
  });

  test('has an hour of its own', async () => {
    await at.useContentsToken((await createToken({}, 'repository')).token);
    at.simulator.faults.add({ kind: 'rate-limit', match: { group: 'repositories' }, times: 1 });
    const read = (await at.open()).contents.readRefs({ repository: idOf('acme/money') });
    expect((await errorOf(read)).code).toBe('rate-limited');
    expect((await readWhole(at, 'repositories')).facts.length).toBeGreaterThan(0);
  });

  test('is checked: its scope, and that it is of use', async () => {
    expect((await at.useContentsToken('made-up')).missing).toEqual([expect.stringContaining('not accept')]);
    const narrow = await createToken({}, 'webhook');
    expect((await at.useContentsToken(narrow.token)).missing).toEqual([
      expect.stringContaining('`repository`'),
    ]);
    const other = await createToken({ workspace: 'other' }, 'repository');
    expect((await at.useContentsToken(other.token)).limits).toEqual([expect.stringContaining('of no use')]);
  });

  test('is no credential by itself', async () => {
    const { token } = await createToken({}, 'repository');
    expect((await at.useToken(token)).missing).toEqual([
      expect.stringContaining('may not ask for permissions'),
    ]);
  });
});
