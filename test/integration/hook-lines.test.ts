/** The lines that are shown are run as they are, by the programs that they are for. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { hookScript, secretLine } from '../../console/pages/vcs-repositories/hook-lines.ts';

it('a push is told with the secret in its header, which stands in no argument', async () => {
  const asked: unknown[] = [];
  const server = http.createServer(({ method, url, headers }, response) => {
    asked.push({ method, url, secret: headers['x-repertoire-secret'] });
    response.writeHead(202).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const hooks = await mkdtemp(join(tmpdir(), 'hook lines '));
  try {
    const script = hookScript(`http://127.0.0.1:${port}/webhooks/vcs/abc`);
    expect(script).not.toContain('secret-of-the-hook');
    await writeFile(join(hooks, 'repertoire-secret'), `${secretLine('secret-of-the-hook')}\n`, {
      mode: 0o600,
    });
    await writeFile(join(hooks, 'post-receive'), script, { mode: 0o700 });
    await promisify(execFile)(join(hooks, 'post-receive'));
    expect(asked).toEqual([{ method: 'POST', url: '/webhooks/vcs/abc', secret: 'secret-of-the-hook' }]);
  } finally {
    server.close();
    await rm(hooks, { recursive: true });
  }
});
