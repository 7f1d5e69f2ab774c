import { expect, it } from 'vitest';
import { answerSignIn } from '../../../shared/sign-in/routes.ts';
import { signInUser } from '../../../shared/sign-in/user-accounts.ts';
import { proven } from '../../../test/support/people.ts';
import { minute } from '../../../test/support/session-bench.ts';
import { createSignInBench } from '../../../test/support/sign-in-bench.ts';
import { answerPage } from './answer-page.ts';

it.each([
  ['the page of a person', '/', answerPage],
  ['the page of sign-in', '/sign-in', answerSignIn],
])('%s keeps a session that was just refreshed, also when it fails', async (_, path, answer) => {
  const { dependencies, administrators, browser, clock, table } = await createSignInBench();
  const user = await signInUser(dependencies, proven(1));
  await administrators(user);
  const ann = browser();
  const signedIn = await ann.signIn(user);
  clock.time += 6 * minute;
  const fail = () => Promise.reject(new Error('the table is gone'));
  const failing = {
    ...dependencies,
    table: { ...table, query: fail },
    integrations: fail,
    registryBaseUrl: 'https://packages.example.com',
  } as unknown as Parameters<typeof answerPage>[0] & Parameters<typeof answerSignIn>[0];
  const { status, cookies = [] } = await answer(failing, {
    method: 'GET',
    path,
    parameters: {},
    query: new URLSearchParams(),
    headers: { 'x-repertoire-viewer': '192.0.2.7' },
    cookies: ann.cookies(),
    body: Buffer.alloc(0),
  });
  expect(status).toBe(500);
  ann.keep(cookies);
  clock.time += 6 * minute;
  expect(await ann.read()).toEqual(signedIn);
});
