import { readdirSync, readFileSync } from 'node:fs';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { sign } from '@octokit/webhooks-methods';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Hint, type Removal, WebhookFormatError } from '../forge.ts';
import { webhooks as reader } from './webhook.ts';
import { webhookTable } from './webhook-table.ts';

const secret = 'a secret with ünicode';

const bytes = (body: unknown): Buffer => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
const headers = (event: string) => ({
  'x-github-event': event,
  'x-github-delivery': '0b989ba4-242f-11e5-81e1-c7b6966d2516',
});
const parse = (event: string, body: unknown) => reader.parse(bytes(body), headers(event));

/** Each removal as short text. */
const removalTexts = (removals: readonly Removal[]): readonly string[] =>
  removals.map(({ key, expect: what }) => (what === 'gone' ? key : `${key} ${what}`));

/** A hint as short text. */
function hintText(hint: Hint): string {
  switch (hint.look) {
    case 'scope':
      return hint.handle === undefined ? hint.scope : `${hint.scope} ${hint.handle}`;
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
    reader.verify(sent, { 'x-hub-signature-256': signature }, secret);

  test('over the raw bytes is valid', async () => {
    expect(await verify(await signed())).toBe(true);
  });

  test('over a body with a byte order mark is valid, but only with the mark', async () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]);
    expect(await verify(await sign(secret, marked.toString('utf8')), marked)).toBe(true);
    expect(await verify(await signed(), marked)).toBe(false);
  });

  test('over other bytes, with another secret or in another form is invalid', async () => {
    const right = await signed();
    expect(await verify(right, Buffer.concat([body, Buffer.from(' ')]))).toBe(false);
    expect(await verify(await sign('another secret', body.toString('utf8')))).toBe(false);
    expect(await verify(right.replace('sha256=', ''))).toBe(false);
    expect(await verify(right.replace('sha256=', 'sha1='))).toBe(false);
    expect(await verify(right.slice(0, -1))).toBe(false);
    expect(await verify(right.toUpperCase())).toBe(false);
    expect(await verify(`${right} `)).toBe(false);
  });

  test('that is missing, or over bytes that are not UTF-8, is invalid but no error', async () => {
    expect(await verify(undefined)).toBe(false);
    expect(await verify('')).toBe(false);
    expect(await reader.verify(body, {}, secret)).toBe(false);
    expect(await verify(await signed(), Buffer.alloc(0))).toBe(false);
    // U+FFFD was signed; bytes that only decode to it were not.
    expect(await verify(await sign(secret, '\ufffd'), Buffer.from([0xff]))).toBe(false);
  });
});

describe('our examples', () => {
  const folder = new URL('../../../events/webhooks/github/', import.meta.url);
  const repository = 'repository:3001 R_kgDNC7k';
  const team = 'team:2001 MDQ6VGVhbTMyNTMzMjg=';
  /** The hints, then the removals. */
  const expected: Readonly<Record<string, readonly [readonly string[], ...string[]]>> = {
    'create.json': [['content 3001']],
    'delete.json': [['content 3001']],
    'installation.created.json': [['created acme 501']],
    'installation.deleted.json': [['removed acme 501']],
    'installation.suspend.json': [['changed acme 501 suspended']],
    'installation_repositories.removed.json': [['repositories', 'teams'], 'repository#1296269'],
    'member.edited.json': [[repository]],
    'membership.removed.json': [[team], 'team-member#1001#2001'],
    'organization.member_added.json': [['member:1002']],
    'organization.member_removed.json': [['member:1002'], 'member#1002'],
    'organization.renamed.json': [['settings', 'repositories']],
    'public.json': [[repository]],
    'push.json': [['content 3001']],
    'push.tag-deleted.json': [['content 3001']],
    'repository.archived.json': [[repository, 'content 3001']],
    'repository.created.json': [[repository, 'content 3001']],
    'repository.renamed.json': [[repository]],
    'team.added_to_repository.json': [[team]],
    'team.edited.json': [[team]],
  };
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

  test('all have an expectation here', () => {
    expect(Object.keys(expected)).toEqual(files.sort());
  });

  test.each(files)('%s gives the expected hints and removals', (name) => {
    const delivery = parse(name.split('.')[0] ?? '', readFileSync(new URL(name, folder), 'utf8'));
    expect(delivery.installation).toBe('41');
    expect(delivery.deliveryId).toBe('0b989ba4-242f-11e5-81e1-c7b6966d2516');
    expect([delivery.hints.map(hintText), ...removalTexts(delivery.removals)]).toEqual(expected[name]);
  });
});

const published = z
  .array(z.object({ name: z.string(), examples: z.array(z.record(z.string(), z.unknown())) }))
  .parse(examples)
  .flatMap(({ name, examples: bodies }) => bodies.map((body) => ({ name, body })));

describe('the published examples', () => {
  test('all parse, and those of other events are ignored', () => {
    const byEvent = new Map<string, Set<string>>();
    for (const { name, body } of published) {
      const { event, hints, removals } = parse(name, body);
      const seen = byEvent.get(event) ?? new Set();
      const texts = [...hints.map((hint) => hintText(hint).replace(/[ :].+/, '')), ...removalTexts(removals)];
      byEvent.set(event, seen.add(texts.join(' ')));
    }
    const relevant = [...byEvent].filter(([, seen]) => seen.size > 1 || !seen.has(''));
    expect(Object.fromEntries(relevant.map(([event, seen]) => [event, [...seen].join(' | ')]))).toEqual({
      create: 'content',
      delete: 'content',
      'installation_repositories.added': 'repositories teams',
      'installation_repositories.removed': 'repositories teams repository#1296269',
      'member.added': 'repository',
      'member.edited': 'repository',
      'membership.added': 'team',
      'membership.removed': 'team team-member#21031067#3253328',
      'organization.member_added': 'member',
      'organization.renamed': 'settings repositories',
      public: 'repository',
      push: 'content',
      'repository.created': 'repository content',
      // For an edited description, and for an edited default branch.
      'repository.edited': 'repository | repository content',
      'repository.privatized': 'repository repository#186853002 not-public',
      'repository.publicized': 'repository',
      'repository.renamed': 'repository',
      'repository.transferred': 'repository',
      'team.added_to_repository': 'team',
      'team.created': 'team',
      'team.deleted': 'team team#3253328',
      'team.edited': 'team',
      'team.removed_from_repository': 'team team-repository#3253328#186853261',
      team_add: 'team',
    });
  });

  test("give a hint for an organization's installation, but not for a person's", () => {
    const schema = z.object({ account: z.looseObject({ type: z.literal('User') }) }).loose();
    const hinted = published
      .filter(({ name }) => name === 'installation')
      .map(({ name, body }) => {
        const installation = schema.parse(body.installation);
        const account = { ...installation.account, type: 'Organization' };
        const ours = { ...body, installation: { ...installation, account } };
        expect(parse(name, body).hints).toEqual([]);
        return `${body.action}: ${parse(name, ours).hints.map(hintText).join().replace(/ \d+/, '')}`;
      });
    expect([...new Set(hinted)].sort()).toEqual([
      'created: created Codertocat',
      'deleted: removed octocat',
      'new_permissions_accepted: changed Codertocat',
      'suspend: changed Codertocat suspended',
      'unsuspend: changed Codertocat',
    ]);
  });
});

describe('the table', () => {
  const rows = Object.entries(webhookTable).flatMap(([event, actions]) =>
    Object.entries(actions).map(([action, row]) => [`${event}.${action}`, row] as const),
  );

  test.each(rows)('says what is read after %s, or why nothing is', (name, row) => {
    if ('nothing' in row) {
      expect(row.nothing.length).toBeGreaterThan(10);
      return;
    }
    const [event = '', action] = name.split('.');
    const account = { id: 9, login: 'acme', type: 'Organization' };
    const payload = { action, repository: { id: 7 }, installation: { id: 41, account } };
    expect(parse(event, payload).hints).not.toEqual([]);
  });

  test('has a row for each action of the published examples of its events', () => {
    const names = published.map(({ name }) => name);
    const unknown = Object.keys(webhookTable).filter((event) => !names.includes(event));
    expect(unknown).toEqual(['installation_target']);
    for (const { name, body } of published) {
      const rows = webhookTable[name];
      const { action = '*' } = z.object({ action: z.string().optional() }).parse(body);
      expect(rows === undefined || action in rows || '*' in rows).toBe(true);
    }
  });
});

describe('a delivery', () => {
  test('of an unknown event is ignored without an error', () => {
    for (const event of ['new_event', 'constructor', '__proto__', 'toString']) {
      expect(parse(event, { action: 'x', installation: { id: 41 } })).toMatchObject({
        installation: '41',
        hints: [],
      });
    }
    expect(parse('organization', { action: 'something_new' }).hints).toEqual([]);
  });

  test('of a known event with an unknown action gives a hint', () => {
    const parts = { team: { id: 5 }, repository: { id: 7 } };
    for (const [event, hint] of [
      ['team', 'team:5'],
      ['membership', 'team:5'],
      ['member', 'repository:7'],
      ['repository', 'repository:7'],
    ] as const) {
      expect(parse(event, { action: 'something_new', ...parts }).hints.map(hintText)).toEqual([hint]);
    }
  });

  test.each([
    ['team.edited', 'teams'],
    ['team.deleted', 'teams'],
    ['membership.removed', 'teams'],
    ['member.removed', 'repositories'],
    ['repository.renamed', 'repositories'],
    ['repository.deleted', 'repositories'],
    ['repository.privatized', 'repositories'],
    ['public', 'repositories'],
    ['organization.member_added', 'members'],
    ['organization.member_removed', 'members'],
  ])('of %s without an id gives a hint for the whole list, and no removal', (name, scope) => {
    const [event = '', action] = name.split('.');
    const { hints, removals } = parse(event, { action });
    expect({ hints: hints.map(hintText), removals }).toEqual({ hints: [scope], removals: [] });
  });

  test('R35: names removals by their fact keys, whatever the size of an id', () => {
    const payload = {
      team: { id: 5, node_id: 'T_5' },
      repository: { id: 7, node_id: 'R_7' },
      member: { id: 3 },
      membership: { user: { id: 3 } },
      repositories_removed: [{ id: 7 }, { id: 2 ** 40 }],
    };
    const removalsOf = (event: string, action: string) =>
      removalTexts(parse(event, { action, ...payload }).removals);
    expect(removalsOf('organization', 'member_removed')).toEqual(['member#3']);
    expect(removalsOf('membership', 'removed')).toEqual(['team-member#3#5']);
    expect(removalsOf('team', 'removed_from_repository')).toEqual(['team-repository#5#7']);
    expect(removalsOf('team', 'deleted')).toEqual(['team#5']);
    expect(removalsOf('member', 'removed')).toEqual(['collaborator#3#7']);
    expect(removalsOf('repository', 'deleted')).toEqual(['repository#7']);
    expect(removalsOf('repository', 'privatized')).toEqual(['repository#7 not-public']);
    expect(removalsOf('installation_repositories', 'removed')).toEqual([
      'repository#7',
      'repository#1099511627776',
    ]);
    // The repository was transferred to us.
    expect(removalsOf('repository', 'transferred')).toEqual([]);
    expect(removalsOf('membership', 'added')).toEqual([]);
  });

  test('that does not identify its object is refused', () => {
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

  test('that concerns no installation has none', () => {
    expect(parse('push', { repository: { id: 7 } })).toEqual({
      deliveryId: '0b989ba4-242f-11e5-81e1-c7b6966d2516',
      event: 'push',
      installation: undefined,
      removals: [],
      arrivals: [],
      hints: [{ look: 'repository-content', repository: '7' }],
    });
  });
});
