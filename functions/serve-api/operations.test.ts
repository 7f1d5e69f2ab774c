/** What has to hold for every operation, over the OpenAPI document: no route is left out. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { apiKeyScopes } from '../../shared/domain/api-key.ts';
import { sessionTimes } from '../../shared/sessions/session-times.ts';
import { refusalAct } from '../../shared/store/audit-log.ts';
import { putPerson } from '../../shared/store/member-store.ts';
import { forgetSession, sessionsOfUser } from '../../shared/store/session-store.ts';
import { examples } from '../../test/support/api-examples.ts';
import {
  operations,
  otherScopes,
  prepared,
  rightful,
  scopesFor,
  wrongful,
} from '../../test/support/api-operations.ts';
import {
  type ApiResponse,
  createApiWorld,
  otherOrganization,
  type people,
  userOf,
} from '../../test/support/api-world.ts';
import { withClosedSchemas } from '../../test/support/closed-document.ts';
import { apiPrefix, document } from '../../test/support/documented-answers.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import { freshMs } from './frame/access.ts';

const named = <One extends { readonly name: string }>(list: readonly One[]) =>
  list.map((one) => [one.name, one] as const);
/** A test of the operations that it is about; the others have none, not a skipped one. */
const itWhere = (applies: boolean) => (name: string, test: () => Promise<void>) => {
  if (applies) {
    it(name, test);
  }
};
const changes = operations.filter(({ act }) => act !== undefined);
const closed = operations.filter(({ access }) => access !== 'public');

/** A world in which the operation can be carried out, and its request. */
async function worldFor(operation: (typeof operations)[number]) {
  const world = await createApiWorld();
  const request = await prepared(world, operation);
  const before = world.stored();
  return {
    world,
    request,
    before,
    expectRefused(answer: ApiResponse, status: number, code?: string) {
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      if (code !== undefined) {
        expect(answer.body.code).toBe(code);
      }
      expect(world.stored()).toEqual(before);
    },
  };
}

describe('the document', () => {
  it('has an example for every operation, and none for others', () => {
    expect(Object.keys(examples).sort()).toEqual(operations.map(({ name }) => name).sort());
  });

  it('says of every operation who may use it, and of every change what the history has of it', () => {
    expect(operations.length).toBeGreaterThan(10);
    for (const { name, method, access, scope, act, isOfOrganization } of operations) {
      expect([name, access], name).not.toContain(undefined);
      expect(scope, name).toBeDefined();
      expect(act === undefined, name).toBe(method === 'GET');
      expect(['reader', 'member', 'owner'].includes(access), name).toBe(isOfOrganization);
    }
  });
});

describe.each(named(closed))('%s', (_, operation) => {
  it('is for nobody who is not known', async () => {
    const { world, request, expectRefused } = await worldFor(operation);
    const answer = await world.ask('nobody', request());
    expectRefused(answer, 401, 'unauthenticated');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    const unknown = await world.ask({ secret: 'rprt_k_' }, request());
    expectRefused(unknown, 401, 'unauthenticated');
    expect(unknown.body).toMatchObject({ detail: expect.stringContaining('This API key is not known') });
  });

  itWhere(wrongful[operation.access].length > 0)('is for no person of a lesser role', async () => {
    const { world, request, expectRefused } = await worldFor(operation);
    for (const person of wrongful[operation.access]) {
      expectRefused(await world.ask(person, request()), 403, 'forbidden');
    }
  });

  it('is for nobody whose session has ended', async () => {
    const { world, request } = await worldFor(operation);
    const person = rightful[operation.access] as (typeof people)[number];
    for (const { id } of await sessionsOfUser(world.table, userOf(person))) {
      await world.table.transact([forgetSession(userOf(person), id)]);
    }
    const before = world.stored();
    for (const passedMs of operation.act === undefined ? [sessionTimes.access] : [0, sessionTimes.access]) {
      world.advance(passedMs);
      const answer = await world.ask(person, request());
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    }
    expect(world.stored()).toEqual(before);
  });

  it('is for no key without its scope', async () => {
    const { world, request } = await worldFor(operation);
    const machine = await world.machine(otherScopes(operation));
    const before = world.stored();
    const answer = await world.ask(machine, request());
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    const { scope } = operation;
    const detail = scope === 'none' ? 'API keys cannot use this operation; sign in.' : scope;
    expect(answer.body.detail).toContain(detail);
    expect(world.stored()).toEqual(before);
    const noted = [...world.table.dump().values()].filter(({ act }) => act === refusalAct);
    expect(noted).toMatchObject([{ subject: operation.name, why: answer.body.detail }]);
  });
});

describe.each(named(operations.filter(({ isOfOrganization }) => isOfOrganization)))('%s', (_, operation) => {
  it('is for nobody who waits there, or was switched off', async () => {
    const { world, request } = await worldFor(operation);
    const person = rightful[operation.access] as (typeof people)[number];
    const states = [
      [{ isOwner: false, isOff: false, isWaiting: true }, 403],
      [{ isOwner: false, isOff: true }, 404],
    ] as const;
    for (const [state, status] of states) {
      await world.table.transact(putPerson(organizationId, userOf(person), state));
      const before = world.stored();
      expect((await world.ask(person, request())).status).toBe(status);
      expect(world.stored()).toEqual(before);
    }
  });

  it('answers others as if there were no such organization', async () => {
    const { world, request, before } = await worldFor(operation);
    const stranger = await world.ask('stranger', request());
    expect(world.stored()).toEqual(before);
    const machine = await world.machine(apiKeyScopes, otherOrganization);
    const answers = [
      stranger,
      await world.ask(machine, request()),
      await world.ask('stranger', request('nowhere')),
      await world.ask('stranger', request('Not-A-Slug')),
      await world.ask('operator', request('nowhere')),
    ];
    for (const { status, text, headers } of answers) {
      expect([status, text]).toEqual([404, stranger.text]);
      expect(Object.keys(headers).sort()).toEqual(Object.keys(stranger.headers).sort());
    }
  });
});

const naming = operations.filter(
  ({ access, namesObject }) => namesObject && access !== 'administrator' && access !== 'public',
);

describe.each(named(naming))('%s', (_, operation) => {
  it('finds nothing of another organization or person below one’s own', async () => {
    const { world, request, expectRefused } = await worldFor(operation);
    // Owns `other`, whose slug the request has; all that it names is of `acme`, or of its member.
    expectRefused(await world.ask('stranger', request('other')), 404, 'not-found');
  });
});

/** Keys with these scopes alone learn of no person, and no other does by reading the progress of what it asked for. */
const peopleless: readonly string[] = ['read', 'packages', 'synchronizations', 'settings'];
const withoutPeople = operations.flatMap((operation) =>
  scopesFor(operation)
    .filter((scope) => peopleless.includes(scope) || scope !== operation.scope)
    .map((scope) => [`${operation.name} by ${scope}`, scope, operation] as const),
);

describe.each(withoutPeople)('%s', (_, scope, operation) => {
  it('names no person and no address to a key without the scope for people', async () => {
    const { world, request } = await worldFor(operation);
    const why = 'a leak';
    const path = '/organizations/acme';
    await world.ask('owner', { method: 'POST', path: `${path}/stop-access`, body: { why } });
    const commits = ['b'.repeat(40)];
    const refusal = { commits, confirm: commits.join(), why };
    await world.ask('owner', { method: 'POST', path: `${path}/refused-commits`, body: refusal });
    const { status, text } = await world.ask(await world.machine([scope]), request());
    expect(status, text).toBeLessThan(300);
    const logins = /user-\d+|(?:owner|member|outside|stranger|administrator)-login/;
    expect(text).not.toMatch(logins);
    expect(text).not.toMatch(/user(?:owner|member|outside)\w|198\.51\.100\./);
  });
});

describe.each(named(changes))('%s', (_, operation) => {
  const isDangerous = operation.definition['x-dangerous'] === true;

  it('is no other site’s to send', async () => {
    const { world, request, expectRefused } = await worldFor(operation);
    const forged: readonly Record<string, string | undefined>[] = [
      { origin: undefined },
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: 'https://console.example.evil.example' },
      { 'x-repertoire-request': undefined },
    ];
    for (const headers of forged) {
      const plain = request();
      const answer = await world.ask(rightful[operation.access], {
        ...plain,
        headers: { ...plain.headers, ...headers },
      });
      expectRefused(answer, 403, 'cross-site');
      const isOrigin = 'origin' in headers;
      expect(answer.body.detail.includes('Origin: ')).toBe(isOrigin);
      expect(answer.body.detail.includes('X-Repertoire-Request')).toBe(!isOrigin);
    }
  });

  itWhere(isDangerous)('needs a person who proved within 15 minutes who he is', async () => {
    const { world, request } = await worldFor(operation);
    const sender = rightful[operation.access] as (typeof people)[number];
    await world.signIn(sender, world.now() - freshMs);
    const before = world.stored();
    const answer = await world.ask(sender, request());
    expect([answer.status, answer.body.code]).toEqual([403, 'reauthentication-required']);
    expect(world.stored()).toEqual(before);
    await world.signIn(sender, world.now() - freshMs + 1000);
    await examples[operation.name]?.inSession?.(world);
    expect((await world.ask(sender, request())).status).toBeLessThan(300);
  });

  it('leaves an entry in the history: who, and from where', async () => {
    const { world, request, before } = await worldFor(operation);
    expect((await world.ask(rightful[operation.access], request())).status).toBeLessThan(300);
    const added = [...world.stored()].filter(([key]) => !before.has(key)).map(([, item]) => item);
    const entries = added.filter(({ act }) => act === operation.act);
    expect(entries).not.toEqual([]);
    // A person's own token is in the person's log, and in that of each organization that it reads.
    expect(new Set(entries.map(({ pk }) => pk)).size).toBe(entries.length);
    for (const { actor, from, user, address } of entries) {
      // The log of sign-ins, which sessions end in, has its own names.
      const who = user ?? (actor as { id?: string }).id;
      const where = address ?? (from as { address?: string }).address;
      expect([who, where]).toEqual([expect.stringMatching(/^user/), '198.51.100.7']);
    }
  });
});

describe.each(named(operations))('%s', (_, operation) => {
  it('answers whoever may use it as it is documented', async () => {
    const { world, request } = await worldFor(operation);
    const answer = await world.ask(rightful[operation.access], request());
    expectDocumented(operation, answer);
  });

  it('is for the operator where it is for owners and administrators', async () => {
    const { world, request } = await worldFor(operation);
    const answer = await world.ask('operator', request());
    if (operation.access === 'user') {
      expect(answer.status).toBe(403);
    } else {
      expectDocumented(operation, answer);
    }
  });

  it.each(scopesFor(operation))('is for a key with the scope %s', async (scope) => {
    const { world, request } = await worldFor(operation);
    expectDocumented(operation, await world.ask(await world.machine([scope]), request()));
  });

  const accepts = '202' in operation.definition.responses;
  itWhere(accepts && operation.scope !== 'none')(
    'leads a key with its scope alone to the progress',
    async () => {
      const { world, request } = await worldFor(operation);
      const [scope] = scopesFor(operation);
      const machine = await world.machine(scope === undefined ? [] : [scope]);
      const { location = '' } = (await world.ask(machine, request())).headers;
      expect(location).toContain(apiPrefix);
      const { status, text } = await world.ask(machine, { path: location.slice(apiPrefix.length) });
      expect(status, text).toBe(200);
    },
  );

  itWhere(operation.method === 'GET')('answers HEAD with the same headers', async () => {
    const { world, request } = await worldFor(operation);
    const sender = rightful[operation.access];
    const [get, head] = [
      await world.ask(sender, request()),
      await world.ask(sender, { ...request(), method: 'HEAD' }),
    ];
    expect([head.status, head.text]).toEqual([get.status, '']);
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
  });

  itWhere(operation.definition['x-idempotency'] === 'key')('is carried out once for one key', async () => {
    const { world, request } = await worldFor(operation);
    const sender = rightful[operation.access];
    const keyed = { ...request(), headers: { ...request().headers, 'idempotency-key': 'once-1' } };
    const first = await world.ask(sender, keyed);
    expectDocumented(operation, first);
    const after = world.stored();
    const again = await world.ask(sender, keyed);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(world.stored()).toEqual(after);
    const other = await world.ask(sender, {
      ...keyed,
      body: { ...(keyed.body as object), description: 'other' },
    });
    expect([other.status, other.body.code]).toEqual([422, 'invalid']);
    // Kept so that nobody reads it in the table.
    const secrets = [...after.values()].map((item) => JSON.stringify(item)).join('\n');
    expect(secrets).not.toContain(first.body.secret);
    world.advance(24 * 3600_000);
    await world.signIn(sender as (typeof people)[number]);
    expect((await world.ask(sender, keyed)).text).not.toBe(first.text);
  });
});

const natural = operations.filter(({ definition }) => definition['x-idempotency'] === 'natural');

describe.each(named(natural))('%s', (_, operation) => {
  it('has the effect of one when it is sent twice, and is answered as it is documented', async () => {
    const { world, request } = await worldFor(operation);
    const sender = rightful[operation.access];
    const { status } = await world.ask(sender, request());
    const things = () => [...world.stored().keys()].filter((key) => !isHistory(key)).sort();
    const once = things();
    world.advance(1000);
    const again = await world.ask(sender, request());
    expect(again.status, again.text).toBe(operation.definition['x-repeated'] ?? status);
    expect(things()).toEqual(once);
  });
});

const isHistory = (key: string): boolean => /^(?:AUDIT|SIGNINS)#/.test(key.split('\n')[1] ?? '');

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'document', ...(withClosedSchemas(document) as object) });

/** The answer has the status that means success, and a body that fits the schema, without a field more. */
function expectDocumented(
  { definition, path, method }: (typeof operations)[number],
  answer: ApiResponse,
): void {
  const documented = Object.keys(definition.responses).find((status) => status.startsWith('2')) ?? '';
  expect(answer.status, answer.text).toBe(Number(documented));
  const [mediaType] = Object.keys(definition.responses[documented]?.content ?? {});
  expect(answer.headers['content-type']).toBe(mediaType);
  if (mediaType === 'application/json') {
    const escaped = `/api/v1${path}`.replaceAll('~', '~0').replaceAll('/', '~1');
    const pointer = `document#/paths/${encodeURI(escaped)}/${method.toLowerCase()}/responses/${documented}/content/application~1json/schema`;
    const validate = ajv.getSchema(pointer);
    expect(validate, pointer).toBeDefined();
    expect([validate?.(answer.body), validate?.errors]).toEqual([true, null]);
  }
}
