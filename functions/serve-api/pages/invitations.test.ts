import { expect, it } from 'vitest';
import { asId, type OrganizationId } from '../../../shared/domain/ids.ts';
import { formTokenFor } from '../../../shared/sessions/form-token.ts';
import { signInUser } from '../../../shared/sign-in/user-accounts.ts';
import { addOrganization } from '../../../shared/store/organization-store.ts';
import { invitedBy } from '../../../test/support/invitations.ts';
import { proven } from '../../../test/support/people.ts';
import { createRecordingQueue } from '../../../test/support/recording-queue.ts';
import { consoleBaseUrl, createSignInBench } from '../../../test/support/sign-in-bench.ts';
import { answerPage } from './answer-page.ts';

/** Somebody whom an organization invites, at the first page. */
async function invited() {
  const { dependencies, administrators, browser, table } = await createSignInBench();
  const user = await signInUser(dependencies, proven(1));
  await administrators(user);
  const organization = { id: asId<OrganizationId>('org7'), slug: 'new', name: 'New & Co', ownedVendors: [] };
  await table.transact([
    ...addOrganization(organization),
    ...invitedBy(organization.id, user, { role: 'owner', at: dependencies.clock.now() }),
  ]);
  const ann = browser();
  const { session } = await ann.signIn(user);
  const formToken = await formTokenFor(dependencies, session);
  const pages = {
    ...{ ...dependencies, registryBaseUrl: 'https://packages.example.com' },
    workQueue: createRecordingQueue(),
  };
  const ask = (method: string, path: string, fields: Record<string, string> = {}) =>
    answerPage(pages as unknown as Parameters<typeof answerPage>[0], {
      ...{ method, path, parameters: {}, query: new URLSearchParams(), cookies: ann.cookies() },
      headers: { 'x-repertoire-viewer': '192.0.2.7', origin: consoleBaseUrl },
      body: Buffer.from(new URLSearchParams(fields).toString()),
    });
  return {
    home: async () => String((await ask('GET', '/plain')).body),
    send: async (answer: string, token = formToken) =>
      (await ask('POST', '/invitations/new', { 'form-token': token, answer })).status,
  };
}

it.each([
  ['accepted', 'accept', '</strong>, owner<br>'],
  ['declined', 'decline', 'None of your organizations is connected'],
])('an invitation is %s by a button, without JavaScript', async (_, answer, after) => {
  const { home, send } = await invited();
  expect(await home()).toContain('<strong>New &amp; Co</strong> invites you as an owner, until 2026-12-27.');
  expect(await send(answer, 'wrong')).toBe(403);
  for (const neither of ['', 'Accept', 'toString']) {
    expect(await send(neither)).toBe(422);
  }
  expect(await send(answer)).toBe(303);
  const text = await home();
  expect(text).toContain(after);
  expect(text).not.toContain('invites you');
  expect(await send(answer)).toBe(404);
});
