/** The same packages as static files of Satis behind nginx, the way that most private Composer repositories are served. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startServer } from '../../test/vcs/servers/programs.ts';

export interface SatisServer {
  readonly url: string;
  /** Milliseconds that the build took. */
  readonly builtMs: number;
  close(): Promise<void>;
}

/**
 * Builds with archives of all tags and minified metadata, which is what costs its clients least.
 *
 * @param script runs Satis @param gitDirectories bare repositories
 */
export async function startSatis(script: string, gitDirectories: readonly string[]): Promise<SatisServer> {
  const at = await mkdtemp(join(tmpdir(), 'bench-satis-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const files = join(at, 'files');
  await Promise.all(['temp', 'home'].map((name) => mkdir(join(at, name))));
  await writeFile(
    join(at, 'satis.json'),
    JSON.stringify({
      ...{ name: 'acme/packages', homepage: url, 'require-all': true, 'output-html': false },
      repositories: gitDirectories.map((path) => ({ type: 'vcs', url: path })),
      archive: { directory: 'dist', format: 'zip', 'skip-dev': true },
    }),
  );
  const began = performance.now();
  await promisify(execFile)('php', [script, 'build', '--minify', '-n', join(at, 'satis.json'), files], {
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...{ PATH: process.env.PATH, HOME: join(at, 'home'), COMPOSER_HOME: join(at, 'home') },
      COMPOSER_ALLOW_SUPERUSER: '1',
    },
  });
  const builtMs = performance.now() - began;
  await writeFile(join(at, 'nginx.conf'), configOf(at, files, port));
  const nginx = await startServer(
    'nginx',
    ['-e', join(at, 'error.log'), '-p', at, '-c', join(at, 'nginx.conf')],
    { port },
  );
  return {
    url,
    builtMs,
    async close() {
      await nginx.stop();
      await rm(at, { recursive: true, force: true });
    },
  };
}

/** Files as they are, JSON compressed on the way. */
function configOf(at: string, files: string, port: number): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(at, 'temp', name)};`)
    .join(' ');
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${join(at, 'nginx.pid')};
events {}
http {
  access_log off; ${temp}
  types { application/json json; application/zip zip; }
  gzip on; gzip_types application/json; gzip_min_length 1000; gzip_proxied any;
  server { listen 127.0.0.1:${port}; root ${files}; }
}
`;
}
