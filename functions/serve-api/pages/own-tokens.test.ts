import { expect, it } from 'vitest';
import { ownTokens } from '../../../shared/organizations/personal-tokens.ts';
import { createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { pageVisitor } from '../../../test/support/page-visitor.ts';
import { minute } from '../../../test/support/session-bench.ts';

const secretIn = (body = ''): string => /rprt_u_[0-9a-f]{68}/.exec(body)?.[0] ?? '';

/** A member who has a token. */
async function withToken() {
  const world = await createApiWorld();
  const visitor = await pageVisitor(world, userOf('member'));
  const made = await visitor.post('/tokens', { description: 'My <laptop>' });
  const own = () => ownTokens(world.table, userOf('member'), world.now());
  const [first] = await own();
  const page = `/tokens/${first?.token.id}`;
  return { world, visitor, secret: secretIn(made.body), own, page };
}

it('lists the tokens of the person, with what they read, their end and their last use', async () => {
  const { visitor } = await withToken();
  expect((await visitor.get('/plain')).body).toContain('href="/tokens"');
  const { status, body = '' } = await visitor.get('/tokens');
  expect(status).toBe(200);
  expect(body).toContain('<strong>My &lt;laptop&gt;</strong>');
  expect(body).toMatch(/made 20\d\d-\d\d-\d\d · ends 20\d\d-\d\d-\d\d · nothing installed yet/);
  expect(body).not.toContain('rprt_u_');
});

it('describes a token in one line that a terminal shows as it was written', async () => {
  const { visitor, own } = await withToken();
  await visitor.post('/tokens', { description: '\u202elaptop\u2028of\u001b[2Jmine' });
  const descriptions = (await own()).map(({ token }) => token.description);
  expect(descriptions).toContain('laptop of [2Jmine');
});

it('rotates a token, and shows the new secret with the lines to paste', async () => {
  const { visitor, secret, own, page } = await withToken();
  const { body } = await visitor.post(page, { change: 'rotate' });
  expect(secretIn(body)).toMatch(/^rprt_u_/);
  expect(secretIn(body)).not.toBe(secret);
  expect(body).toContain(`token ${secretIn(body)}`);
  expect(await own()).toHaveLength(1);
});

it('revokes a token, however long ago the person signed in', async () => {
  const { world, visitor, own, page } = await withToken();
  world.advance(16 * minute);
  expect((await visitor.post(page, { change: 'rotate' })).status).toBe(403);
  const { status, headers } = await visitor.post(page, { change: 'revoke' });
  expect([status, headers?.location]).toEqual([303, '/tokens']);
  expect(await own()).toEqual([]);
  expect((await visitor.get('/tokens')).body).toContain('You have none.');
});

it.each<[string, number, string, Record<string, string>]>([
  ['without the form token of the session', 403, 'revoke', { 'form-token': 'wrong' }],
  ['for something else than rotating and revoking', 422, 'toString', {}],
])('does nothing %s', async (_, status, change, form) => {
  const { visitor, own, page } = await withToken();
  expect((await visitor.post(page, { change, ...form })).status).toBe(status);
  expect(await own()).toHaveLength(1);
});

it('changes nobody else’s token', async () => {
  const { world, own, page } = await withToken();
  const owner = await pageVisitor(world, userOf('owner'));
  for (const change of ['rotate', 'revoke']) {
    expect((await owner.post(page, { change })).status).toBe(404);
  }
  expect(await own()).toHaveLength(1);
});
