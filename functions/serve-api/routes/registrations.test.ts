import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../../shared/domain/conflict-error.ts';
import { parseIntegrations } from '../../../shared/forge/integrations.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { changeInstallationSettings } from '../../../shared/store/installation-settings.ts';
import { registrationOf } from '../../../test/support/api-organization-examples.ts';
import {
  type ApiResponse,
  type ApiWorld,
  createApiWorld,
  type Person,
  userOf,
} from '../../../test/support/api-world.ts';
import { registeredApp } from '../../../test/support/registering-fetch.ts';

const path = '/installation/registrations';
const baseUrl = 'https://git.example';
const begin = (world: ApiWorld, host = baseUrl) =>
  world.ask('administrator', { method: 'POST', path, body: registrationOf(host) });

const other = {
  forge: 'github',
  settings: { baseUrl: 'https://other.example', appId: '8' },
  secrets: { privateKey: registeredApp.pem, webhookSecret: 'in use' },
};
const stateOf = ({ body }: ApiResponse): string => new URL(body.action).searchParams.get('state') ?? '';
const begun = async (world: ApiWorld): Promise<string> => stateOf(await begin(world));

/** Counts the codes that are exchanged from now on. */
function countExchanges(world: ApiWorld, wait = async () => {}): () => number {
  let count = 0;
  const { servicesOf } = world.forges;
  world.forges.servicesOf = (integration) => ({
    ...servicesOf(integration),
    fetch: async () => {
      count += 1;
      await wait();
      return Response.json({ ...registeredApp, webhook_secret: `webhook-secret-${count}` }, { status: 201 });
    },
  });
  return () => count;
}

/** The secret cannot be written, until the returned function is called. */
function breakSecret({ forges: { secret } }: ApiWorld): () => void {
  const { replace } = secret;
  secret.replace = () => Promise.reject(new Error('the secret cannot be written'));
  return () => {
    secret.replace = replace;
  };
}
const complete = (world: ApiWorld, state: string, person: Person = 'administrator') =>
  world.ask(person, { method: 'POST', path: `${path}/complete`, body: { code: 'c0de', state } });

describe('the registration of this installation at a code host', () => {
  it('is one form, and what comes back becomes an integration', async () => {
    const world = await createApiWorld();
    const { status, body } = await begin(world);
    expect([status, body.action]).toEqual([
      201,
      expect.stringMatching(/^https:\/\/git\.example\/.*\?state=[\w-]{43}$/),
    ]);
    const state = new URL(body.action).searchParams.get('state') ?? '';
    const done = await complete(world, state);
    expect([done.status, done.text]).toEqual([200, expect.stringMatching(/^\{"key":"\w+~git\.example"\}$/)]);
    const [integration] = parseIntegrations(world.forges.text).valid;
    expect(integration).toMatchObject({ settings: { baseUrl }, secrets: { privateKey: registeredApp.pem } });
    // Nothing of it is anywhere but in the secret.
    expect(JSON.stringify([...world.table.dump()])).not.toMatch(
      /PRIVATE KEY|client-secret|webhook-secret|c0de/,
    );
    expect(JSON.stringify([...world.table.dump()])).not.toContain(state);
    expect((await begin(world)).status).toBe(409);
  });

  it('is completed once, within the hour, and by whoever began it', async () => {
    const world = await createApiWorld();
    const state = await begun(world);
    const administrators = [userOf('administrator'), userOf('stranger')];
    await world.table.transact([changeInstallationSettings({ version: 1 }, { administrators })]);
    expect((await complete(world, state, 'stranger')).status).toBe(422);
    expect((await complete(world, `${state}x`)).status).toBe(422);
    expect(world.forges.text).toBe('[]');
    expect((await complete(world, state)).status).toBe(200);
    const text = world.forges.text;
    expect((await complete(world, state)).status).toBe(422);
    expect(world.forges.text).toBe(text);
  });

  it('is over after an hour', async () => {
    const world = await createApiWorld();
    const state = await begun(world);
    world.advance(3600_000);
    await world.signIn('administrator');
    expect((await complete(world, state)).status).toBe(422);
  });

  it('loses none of two hosts that are registered at the same moment', async () => {
    const world = await createApiWorld();
    const states = [await begun(world), stateOf(await begin(world, 'https://other.example'))];
    countExchanges(world);
    // Both have read the secret before either writes it.
    const { replace } = world.forges.secret;
    const both = Promise.withResolvers<void>();
    let writes = 0;
    world.forges.secret.replace = async (...write) => {
      writes += 1;
      if (writes === 2) {
        both.resolve();
      }
      await both.promise;
      return replace(...write);
    };
    const answers = await Promise.all(states.map((state) => complete(world, state)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(
      parseIntegrations(world.forges.text)
        .valid.map(({ settings }) => settings.baseUrl)
        .sort(),
    ).toEqual([baseUrl, 'https://other.example']);
  });

  it('spends the code once where the same answer comes twice at the same moment', async () => {
    const world = await createApiWorld();
    const state = await begun(world);
    const begunThere = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const exchanges = countExchanges(world, () => {
      begunThere.resolve();
      return answered.promise;
    });
    const first = complete(world, state);
    await begunThere.promise;
    expect((await complete(world, state)).body).toMatchObject({ code: 'too-early' });
    answered.resolve();
    expect((await first).status).toBe(200);
    expect(exchanges()).toBe(1);
  });

  it('keeps what the code host made while it cannot be stored, and the same request completes it', async () => {
    const world = await createApiWorld();
    const state = await begun(world);
    const exchanges = countExchanges(world);
    const repair = breakSecret(world);
    const failed = await complete(world, state);
    expect([failed.status, failed.body]).toEqual([409, expect.objectContaining({ code: 'too-early' })]);
    expect(JSON.stringify([...world.table.dump()])).not.toMatch(/PRIVATE KEY|client-secret|webhook-secret/);
    repair();
    expect((await complete(world, state)).status).toBe(200);
    expect(exchanges()).toBe(1);
    expect(parseIntegrations(world.forges.text).valid).toHaveLength(1);
    // Nothing of it is left.
    expect([...world.table.dump().keys()].filter((name) => /REGIST/.test(name))).toEqual([]);
  });

  it('stores what was kept when somebody registers at the host again', async () => {
    const world = await createApiWorld();
    const repair = breakSecret(world);
    await complete(world, await begun(world));
    repair();
    expect((await begin(world)).status).toBe(409);
    expect(parseIntegrations(world.forges.text).valid).toMatchObject([{ settings: { baseUrl } }]);
  });

  it.each(['{}', 'no json'])('writes over no secret that is no list: %s', async (text) => {
    const world = await createApiWorld();
    world.forges.text = text;
    expect((await begin(world)).status).toBe(409);
    expect(world.forges.text).toBe(text);
  });

  it.each<[string, object]>([
    ['a name that no address can have', { slug: 'my registry' }],
    ['a key that nothing can be signed with', { pem: 'no key at all' }],
    ['the webhook secret of another host', { webhook_secret: 'in use' }],
  ])(
    'writes nothing to the secret where the code host answers with %s, and can be begun again',
    async (_, wrong) => {
      const world = await createApiWorld();
      world.forges.text = JSON.stringify([other]);
      const before = world.forges.text;
      const { servicesOf } = world.forges;
      world.forges.servicesOf = (integration) => ({
        ...servicesOf(integration),
        fetch: async () => Response.json({ ...registeredApp, ...wrong }, { status: 201 }),
      });
      const refused = await complete(world, await begun(world));
      expect([refused.status, refused.text]).toEqual([409, expect.not.stringContaining('in use')]);
      expect(world.forges.text).toBe(before);
      world.forges.servicesOf = servicesOf;
      expect((await complete(world, await begun(world))).status).toBe(200);
      expect(parseIntegrations(world.forges.text)).toMatchObject({ valid: [{}, {}], invalid: [] });
    },
  );

  it('is refused where the code host has no form, and for no address', async () => {
    const world = await createApiWorld();
    const body = { ...registrationOf(baseUrl), forge: 'other' };
    expect((await world.ask('administrator', { method: 'POST', path, body })).status).toBe(422);
    for (const address of [
      'file:///etc/passwd',
      'http://git.example',
      'https://169.254.169.254/latest/meta-data',
      'https://git.internal',
    ]) {
      expect((await begin(world, address)).status).toBe(422);
    }
  });
});

describe('a code host whose client is entered', () => {
  const enter = (world: ApiWorld, more: object = {}, person: Person = 'administrator') =>
    world.ask(person, {
      ...{ method: 'POST', path: '/installation/integrations' },
      body: { forge: 'gitlab', baseUrl, clientId: 'client', clientSecret: 'client-secret', ...more },
    });

  it('is added, below its relative root and beside others, and nothing of its secret is shown', async () => {
    const world = await createApiWorld();
    const first = await enter(world);
    expect([first.status, first.body]).toEqual([200, { key: 'gitlab~git.example' }]);
    const below = await enter(world, { baseUrl: `${baseUrl}/code/`, clientId: 'other' });
    expect(below.body).toEqual({ key: 'gitlab~git.example~code' });
    // The same one again is no other one.
    expect((await enter(world)).status).toBe(200);
    expect(parseIntegrations(world.forges.text).valid).toMatchObject([
      { settings: { baseUrl, clientId: 'client' }, secrets: { clientSecret: 'client-secret' } },
      { settings: { baseUrl: `${baseUrl}/code`, clientId: 'other' } },
    ]);
    expect(`${first.text}${JSON.stringify([...world.table.dump()])}`).not.toContain('client-secret');
  });

  it('is added with the address of its API, where that is not the known one', async () => {
    const world = await createApiWorld();
    const known = { forge: 'bitbucket', baseUrl: 'https://bitbucket.org' };
    expect((await enter(world, known)).body).toEqual({ key: 'bitbucket~bitbucket.org' });
    const apiUrl = 'https://api.git.example';
    expect((await enter(world, { forge: 'bitbucket', apiUrl })).status).toBe(200);
    expect(parseIntegrations(world.forges.text).valid).toMatchObject([
      { settings: { baseUrl: known.baseUrl, apiUrl: 'https://api.bitbucket.org' } },
      { settings: { baseUrl, apiUrl } },
    ]);
  });

  it.each([
    ['a client that it does not know', { clientSecret: 'wrong' }, 422, /does not know a client/],
    ['a private address', { baseUrl: 'https://git.internal' }, 422, /10\.0\.0\.1|private/],
    ['a private address of its API', { forge: 'bitbucket', apiUrl: 'https://git.internal' }, 422, /private/],
    ['no address of its API', { forge: 'bitbucket' }, 422, /API of .* is missing/],
    ['a needless address of its API', { apiUrl: baseUrl }, 422, /API of .* is known/],
    ['a code host with a form', { forge: 'github' }, 422, /no client is entered/],
    ['no code host', { forge: 'svn' }, 422, /no client is entered/],
  ])('is not added for %s', async (_, more, status, detail) => {
    const world = await createApiWorld();
    const answer = await enter(world, more);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)]);
    expect(parseIntegrations(world.forges.text).valid).toEqual([]);
  });

  it('is not added over another one, nor by others, nor while it does not answer', async () => {
    const world = await createApiWorld();
    await enter(world);
    expect((await enter(world, { clientId: 'another' })).status).toBe(409);
    expect((await enter(world, { baseUrl: 'https://two.example' }, 'owner')).status).toBe(403);
    const { servicesOf } = world.forges;
    world.forges.servicesOf = (integration) => ({
      ...servicesOf(integration),
      fetch: () => Promise.reject(new Error('down')),
    });
    expect((await enter(world, { baseUrl: 'https://two.example' })).body.code).toBe('too-early');
    expect(parseIntegrations(world.forges.text).valid).toHaveLength(1);
  });

  it('is in the history before it is added, as an attempt, and once it was', async () => {
    const world = await createApiWorld();
    const acts = async () => (await auditLog(world.table, undefined, 9)).map(({ act }) => act).sort();
    const { transact } = world.table;
    let failing = 'enter-client';
    world.table.transact = (operations) =>
      JSON.stringify(operations).includes(`"act":"${failing}"`)
        ? Promise.reject(new ConflictError([]))
        : transact(operations);
    expect((await enter(world)).status).toBe(409);
    expect(parseIntegrations(world.forges.text).valid).toEqual([]);
    failing = 'register-integration';
    expect((await enter(world)).status).toBe(409);
    expect(parseIntegrations(world.forges.text).valid).toHaveLength(1);
    expect(await acts()).toEqual(['enter-client']);
    failing = 'none';
    expect((await enter(world)).status).toBe(200);
    expect(await acts()).toEqual(['enter-client', 'enter-client', 'register-integration']);
  });
});
