import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardedFetch, hostsIn } from '../../runtime/guarded-fetch.ts';
import { readArchiveStream } from './archive.ts';
import { errorOf, startTestApi, type TestApi, testApp } from './test-api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

test('an archive at an address that is refused says so, and nothing of the rest of the address', async () => {
  const fetch = guardedFetch({ permittedHosts: hostsIn('none'), lookUp: async () => ['10.0.0.5'] });
  const address = new URL('https://codeload.github.example.com/acme/lib?token=secret');
  const error = await errorOf(
    readArchiveStream({ ...testApp(api), fetch }, address, AbortSignal.timeout(1000)),
  );
  expect(error.code).toBe('unavailable');
  expect(error.message).toContain(
    'codeload.github.example.com is in a private network; the operator has to permit it',
  );
  expect(error.message).not.toContain('secret');
});
