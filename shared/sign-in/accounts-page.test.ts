import { expect, it } from 'vitest';
import { createInstallationBench } from '../../test/support/sign-in-bench.ts';
import { sessionsOf } from '../sessions/end-sessions.ts';
import { programOf } from './accounts-page.ts';

async function setUpBench() {
  const bench = await createInstallationBench();
  const [ann, elsewhere] = [bench.visitor(), bench.visitor()];
  await elsewhere.signIn('1');
  await ann.signIn('1');
  return { ...bench, ann, elsewhere };
}

it('names the accounts, and the sessions with the place of each', async () => {
  const { ann } = await setUpBench();
  await ann.get(await ann.toForge('link', '3'));
  const { body = '' } = await ann.get('/sign-in');
  for (const login of ['user-1', 'user-3']) {
    expect(body).toContain(`<strong>${login}</strong> at GitHub`);
  }
  expect(body.match(/<strong>This browser<\/strong>: /g)).toHaveLength(1);
  expect(body.match(/Firefox, 192\.0\.2\.7/g)).toHaveLength(2);
});

it('signs out everywhere else, by a form of its own session', async () => {
  const { ann, elsewhere, dependencies } = await setUpBench();
  const { user = '' as never } = (await ann.who()) ?? {};
  for (const token of ['', await elsewhere.formToken()]) {
    expect((await ann.post('/sign-in/out-others', { 'form-token': token })).status).toBe(403);
  }
  expect(await sessionsOf(dependencies, user)).toHaveLength(2);
  expect((await ann.post('/sign-in/out-others', { 'form-token': await ann.formToken() })).status).toBe(303);
  expect([await ann.who(), await elsewhere.who()]).toEqual([expect.anything(), undefined]);
  expect((await ann.get('/sign-in')).body).not.toContain('out-others');
});

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  [`curl/8.14.1 ${'x'.repeat(100)}`, `curl/8.14.1 ${'x'.repeat(48)}`],
])('%s is %s', (userAgent, program) => {
  expect(programOf(userAgent)).toBe(program);
});
