/** Servers of Subversion: svnserve, and Apache with mod_dav_svn. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort, type Started, startServer } from './programs.ts';
import { run } from './run.ts';

export interface SubversionServer extends Started {
  readonly port: number;
}

export const login = { username: 'ann', password: 's3cret $HOME "pass"' } as const;

/** All repositories in a folder. Their own configuration says who may read. */
export async function serveSubversion(folder: string): Promise<SubversionServer> {
  const port = await freePort();
  const where = ['--listen-host', '127.0.0.1', '--listen-port', `${port}`];
  const started = await startServer('svnserve', ['--daemon', '--foreground', '--root', folder, ...where], {
    port,
  });
  return { ...started, port };
}

/** Has svnserve want the login. */
export function wantLogin(repository: string): void {
  const conf = join(repository, 'conf');
  writeFileSync(
    join(conf, 'svnserve.conf'),
    '[general]\nanon-access = none\nauth-access = read\npassword-db = passwd\n',
  );
  writeFileSync(join(conf, 'passwd'), `[users]\n${login.username} = ${login.password}\n`);
}

/** All repositories in a folder, at `/svn/` and for the login alone. */
export async function serveDav(folder: string, repositories: string): Promise<SubversionServer> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  // https://httpd.apache.org/docs/2.4/misc/password_encryptions.html
  const hash = createHash('sha1').update(login.password).digest('base64');
  writeFileSync(join(folder, 'passwords'), `${login.username}:{SHA}${hash}\n`);
  const isRoot = process.getuid?.() === 0;
  const modules = [
    'mpm_event',
    'authn_core',
    'authn_file',
    'authz_core',
    'authz_user',
    'auth_basic',
    'dav',
    'dav_svn',
  ];
  const config = [
    ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    ...[
      `Listen 127.0.0.1:${port}`,
      'ServerName vcs.example',
      `ServerRoot ${folder}`,
      `DocumentRoot ${folder}`,
    ],
    ...[`PidFile ${folder}/pid`, `DefaultRuntimeDir ${folder}`, `ErrorLog ${folder}/error.log`],
    ...(isRoot ? ['User www-data', 'Group www-data'] : []),
    ...['<Location /svn>', 'DAV svn', `SVNParentPath ${repositories}`],
    ...[
      'AuthType Basic',
      'AuthName vcs',
      `AuthUserFile ${folder}/passwords`,
      'Require valid-user',
      '</Location>',
    ],
  ];
  writeFileSync(join(folder, 'apache.conf'), `${config.join('\n')}\n`);
  if (isRoot) {
    run(folder, ['chmod', '-R', 'a+rwX', repositories, folder]);
    for (let path = folder; path.startsWith('/tmp/') && path !== '/tmp'; path = dirname(path))
      chmodSync(path, 0o755);
  }
  const started = await startServer('apache2', ['-DFOREGROUND', '-f', join(folder, 'apache.conf')], { port });
  return { ...started, port };
}
