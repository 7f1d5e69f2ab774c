import { readdirSync, readFileSync } from 'node:fs';
import examples from '@octokit/webhooks-examples';
import { sign } from '@octokit/webhooks-methods';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Hint, WebhookFormatError } from '../forge.ts';
import { createWebhookReader } from './webhook.ts';

const secret = 'a secret with ünicode';
const reader = createWebhookReader({ secret });

const bytes = (body: unknown): Buffer => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
const headers = (event: string) => ({
  'x-github-event': event,
  'x-github-delivery': '0b989ba4-242f-11e5-81e1-c7b6966d2516',
});
const parse = (event: string, body: unknown) => reader.parse(bytes(body), headers(event));

/** A hint in one word or two. */
function short(hint: Hint): string {
  switch (hint.look) {
    case 'scope':
      return hint.scope;
    case 'repository-content':
      return `content ${hint.repository}`;
    case 'installation':
      return `${hint.action} ${hint.organization.login} ${hint.organization.id}${hint.organization.suspended ? ' suspended' : ''}`;
  }
}

describe('a signature', () => {
  const body = bytes({ zen: 'Grüße, 日本' });
  const signed = () => sign(secret, body.toString('utf8'));
  const verify = (signature: string | undefined, sent: Uint8Array = body) =>
    reader.verify(sent, { 'x-hub-signature-256': signature });

  test('over the very bytes holds', async () => {
    expect(await verify(await signed())).toBe(true);
  });

  test('over a body that begins with a byte order mark holds, and only over that', async () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]);
    expect(await verify(await sign(secret, marked.toString('utf8')), marked)).toBe(true);
    expect(await verify(await signed(), marked)).toBe(false);
  });

  test('over other bytes, of another secret or in another form does not hold', async () => {
    const right = await signed();
    expect(await verify(right, Buffer.concat([body, Buffer.from(' ')]))).toBe(false);
    expect(await verify(await sign('another secret', body.toString('utf8')))).toBe(false);
    expect(await verify(right.replace('sha256=', ''))).toBe(false);
    expect(await verify(right.replace('sha256=', 'sha1='))).toBe(false);
    expect(await verify(right.slice(0, -1))).toBe(false);
    expect(await verify(right.toUpperCase())).toBe(false);
    expect(await verify(`${right} `)).toBe(false);
  });

  test('that is missing, and a body that cannot have been signed, are no errors', async () => {
    expect(await verify(undefined)).toBe(false);
    expect(await verify('')).toBe(false);
    expect(await reader.verify(body, {})).toBe(false);
    expect(await verify(await signed(), Buffer.alloc(0))).toBe(false);
    // U+FFFD was signed; bytes that only decode to it were not.
    expect(await verify(await sign(secret, '\ufffd'), Buffer.from([0xff]))).toBe(false);
  });
});

describe('our examples', () => {
  const folder = new URL('../../../events/webhooks/github/', import.meta.url);
  const expected: Readonly<Record<string, readonly string[]>> = {
    'create.json': ['content 3001'],
    'delete.json': ['content 3001'],
    'installation.created.json': ['created acme 501'],
    'installation.deleted.json': ['removed acme 501'],
    'installation.suspend.json': ['changed acme 501 suspended'],
    'installation_repositories.removed.json': ['repositories', 'teams'],
    'member.edited.json': ['repositories'],
    'membership.removed.json': ['teams'],
    'organization.member_added.json': ['members', 'teams'],
    'organization.member_removed.json': ['members', 'teams', 'repositories'],
    'organization.renamed.json': ['settings', 'repositories'],
    'public.json': ['repositories'],
    'push.json': ['content 3001'],
    'push.tag-deleted.json': ['content 3001'],
    'repository.archived.json': ['repositories', 'content 3001'],
    'repository.created.json': ['repositories', 'teams'],
    'repository.renamed.json': ['repositories'],
    'team.added_to_repository.json': ['teams'],
    'team.edited.json': ['teams'],
  };
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

  test('are all told', () => {
    expect(Object.keys(expected)).toEqual(files.sort());
  });

  test.each(files)('%s says where to look', (name) => {
    const delivery = parse(name.split('.')[0] ?? '', readFileSync(new URL(name, folder), 'utf8'));
    expect(delivery.installation).toBe('41');
    expect(delivery.deliveryId).toBe('0b989ba4-242f-11e5-81e1-c7b6966d2516');
    expect(delivery.hints.map(short)).toEqual(expected[name]);
  });
});

describe('the published examples', () => {
  const published = z
    .array(z.object({ name: z.string(), examples: z.array(z.record(z.string(), z.unknown())) }))
    .parse(examples)
    .flatMap(({ name, examples: bodies }) => bodies.map((body) => ({ name, body })));

  test('all parse, and those of other events say nothing', () => {
    const looks = new Map<string, Set<string>>();
    for (const { name, body } of published) {
      const { event, hints } = parse(name, body);
      const told = looks.get(event) ?? new Set();
      looks.set(event, told.add(hints.map((hint) => short(hint).replace(/ \d+/, '')).join(' ')));
    }
    const telling = [...looks].filter(([, told]) => told.size > 1 || !told.has(''));
    expect(Object.fromEntries(telling.map(([event, told]) => [event, [...told].join(' | ')]))).toEqual({
      create: 'content',
      delete: 'content',
      'installation_repositories.added': 'repositories teams',
      'installation_repositories.removed': 'repositories teams',
      'member.added': 'repositories',
      'member.edited': 'repositories',
      'membership.added': 'teams',
      'membership.removed': 'teams',
      'organization.member_added': 'members teams',
      'organization.renamed': 'settings repositories',
      public: 'repositories',
      push: 'content',
      'repository.created': 'repositories teams',
      'repository.edited': 'repositories content',
      'repository.privatized': 'repositories',
      'repository.publicized': 'repositories',
      'repository.renamed': 'repositories',
      'repository.transferred': 'repositories teams',
      'team.added_to_repository': 'teams',
      'team.created': 'teams',
      'team.deleted': 'teams',
      'team.edited': 'teams',
      'team.removed_from_repository': 'teams',
      team_add: 'teams',
    });
  });

  test("installations are told when they are an organization's, and not when they are a person's", () => {
    const schema = z.object({ account: z.looseObject({ type: z.literal('User') }) }).loose();
    const told = published
      .filter(({ name }) => name === 'installation')
      .map(({ name, body }) => {
        const installation = schema.parse(body.installation);
        const account = { ...installation.account, type: 'Organization' };
        const ours = { ...body, installation: { ...installation, account } };
        expect(parse(name, body).hints).toEqual([]);
        return `${body.action}: ${parse(name, ours).hints.map(short).join().replace(/ \d+/, '')}`;
      });
    expect([...new Set(told)].sort()).toEqual([
      'created: created Codertocat',
      'deleted: removed octocat',
      'new_permissions_accepted: changed Codertocat',
      'suspend: changed Codertocat suspended',
      'unsuspend: changed Codertocat',
    ]);
  });
});

describe('a delivery', () => {
  test('of an event that is not known here says nothing and is no error', () => {
    for (const event of ['new_event', 'constructor', '__proto__', 'toString']) {
      expect(parse(event, { action: 'x', installation: { id: 41 } })).toMatchObject({
        installation: '41',
        hints: [],
      });
    }
    expect(parse('organization', { action: 'something_new' }).hints).toEqual([]);
  });

  test('of a known event with an action that is new says where to look', () => {
    expect(parse('repository', { action: 'something_new' }).hints.map(short)).toEqual(['repositories']);
  });

  test('without what identifies its object is refused', () => {
    const refused = (event: string, body: unknown) =>
      expect(() => parse(event, body)).toThrow(WebhookFormatError);
    refused('push', {});
    refused('push', { repository: { id: 'x' } });
    refused('push', { repository: { id: 1.5 } });
    refused('installation', { action: 'created' });
    refused('installation', {
      action: 'created',
      installation: { id: 41, account: { type: 'Organization' } },
    });
    refused('team', { installation: { id: 'x' } });
    refused('push', 'payload=%7B%7D');
    refused('push', '');
    refused('push', 'null');
  });

  test('without its headers is refused', () => {
    const body = bytes({});
    expect(() => reader.parse(body, { 'x-github-event': 'push' })).toThrow(WebhookFormatError);
    expect(() => reader.parse(body, { 'x-github-delivery': 'x' })).toThrow(WebhookFormatError);
  });

  test('outside of any installation has none', () => {
    expect(parse('push', { repository: { id: 7 } })).toEqual({
      deliveryId: '0b989ba4-242f-11e5-81e1-c7b6966d2516',
      event: 'push',
      installation: undefined,
      hints: [{ look: 'repository-content', repository: '7' }],
    });
  });
});
