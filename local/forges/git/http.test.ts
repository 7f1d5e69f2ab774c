import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Listener, listen } from '../server/listen.ts';
import { basicPassword, createGitHttp } from './http.ts';
import { runGit } from './run-git.ts';
import { commitText, gitIn, importRepository, removeRepository } from './test-repository.ts';

let listener: Listener;
let gitDirectory: string;
let checkout: string;
let pushes = 0;

beforeAll(async () => {
  gitDirectory = await importRepository(commitText('refs/heads/main', 1_700_000_000, { a: 'b' }));
  checkout = await mkdtemp(join(tmpdir(), 'checkout-'));
  listener = await listen(0);
  listener.serve(
    createGitHttp({
      realm: 'Somewhere',
      answer({ path, authorization, writes }) {
        if (path === 'old/money') return { kind: 'moved', path: 'labs/web/money' };
        if (path !== 'labs/web/money') return undefined;
        if (writes && basicPassword(authorization) !== 'secret') {
          return { kind: 'refused', status: 401, message: 'Who are you?' };
        }
        const receive = async <Result>(write: () => Promise<Result>): Promise<Result> => {
          pushes += 1;
          return write();
        };
        return { kind: 'served', gitDirectory, receive };
      },
    }),
  );
});
afterAll(async () => {
  await listener.close();
  await removeRepository(gitDirectory);
  await rm(checkout, { recursive: true });
});

it('serves a repository at a path of any depth and through its former path, and accepts pushes', async () => {
  const folder = join(checkout, 'money');
  await runGit(['clone', '--quiet', `${listener.address}/old/money.git`, folder]);
  const work = join(folder, '.git');
  await gitIn(work, 'tag', '1.0.0');
  const remote = `${listener.address.replace('://', '://ann:secret@')}/labs/web/money`;
  await gitIn(work, 'push', '--quiet', remote, '1.0.0');
  expect(pushes).toBe(1);
  expect(await gitIn(gitDirectory, 'rev-parse', '1.0.0')).toBe(await gitIn(work, 'rev-parse', 'HEAD'));
});

it('serves nothing to a web page whose host name was made to lead here', async () => {
  const url = new URL('/labs/web/money.git/info/refs?service=git-upload-pack', listener.address);
  const statusFor = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      get(url, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  expect(await statusFor(`evil.example:${url.port}`)).toBe(403);
  expect(await statusFor(url.host)).toBe(200);
  expect(await statusFor(`localhost:${url.port}`)).toBe(200);
});

it("refuses with the forge's own message, and answers 404 to anything else", async () => {
  const ask = async (path: string) => {
    const response = await fetch(`${listener.address}${path}`, { redirect: 'manual' });
    const header = response.headers.get('www-authenticate') ?? response.headers.get('location');
    return [response.status, await response.text(), header];
  };
  const refs = 'info/refs?service=git-receive-pack';
  expect(await ask(`/labs/web/money.git/${refs}`)).toEqual([
    401,
    'Who are you?\n',
    'Basic realm="Somewhere"',
  ]);
  expect(await ask(`/old/money.git/${refs}`)).toEqual([301, '', `/labs/web/money.git/${refs}`]);
  expect((await ask(`/labs/money.git/${refs}`))[0]).toBe(404);
  expect((await ask('/labs/web/money.git/HEAD'))[0]).toBe(404);
  expect((await ask('/labs/web/money.git/info/refs'))[0]).toBe(403);
});
