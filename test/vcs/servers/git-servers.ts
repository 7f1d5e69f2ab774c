/** Real servers of git repositories in a folder. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, programPath, startServer } from './programs.ts';

export interface GitServer {
  /** Without a slash at its end; repositories follow by their names. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** `git daemon` for all repositories in the folder. */
export async function startGitDaemon(folder: string): Promise<GitServer> {
  const port = await freePort();
  const args = [
    '--reuseaddr',
    '--export-all',
    '--listen=127.0.0.1',
    `--port=${port}`,
    `--base-path=${folder}`,
  ];
  const running = await startServer('git-daemon', args, { port });
  return { url: `git://127.0.0.1:${port}`, port, close: running.stop };
}

export interface GitHttpServer extends GitServer {
  /** The same over TLS, for clients with the certificate. */
  readonly tlsUrl: string;
  /** Files of the authority that made the server's certificate, and of the client's. */
  readonly authorities: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  /** What nginx was asked for, a line for each request: method, path, status, bytes of the body. */
  requests(): readonly string[];
}

/**
 * nginx with `git http-backend`: `/open` for everyone, `/basic` with a user name and password, `/token` with the header Private-Token, `/dumb` the
 * files alone, `/moved` redirects to `/open`, `/private` to an address of the link-local network.
 */
export async function startGitHttp(
  folder: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<GitHttpServer> {
  const at = await mkdtemp(join(tmpdir(), 'git-http-'));
  const [port, tlsPort, backendPort] = [await freePort(), await freePort(), await freePort()];
  const hash = execFileSync('openssl', ['passwd', '-apr1', password], { encoding: 'utf8' }).trim();
  writeFileSync(join(at, 'users'), `${username}:${hash}\n`);
  const certificates = makeCertificates(at);
  mkdirSync(join(at, 'temp'));
  writeFileSync(join(at, 'nginx.conf'), configOf({ at, folder, port, tlsPort, backendPort, password }));
  const backend = await startServer('fcgiwrap', ['-c', '4', '-s', `tcp:127.0.0.1:${backendPort}`], {
    port: backendPort,
    env: { PATH: process.env.PATH, HOME: at, GIT_CONFIG_NOSYSTEM: '1' },
  });
  const nginx = await startServer(
    'nginx',
    ['-e', join(at, 'error.log'), '-p', at, '-c', join(at, 'nginx.conf')],
    {
      port,
    },
  );
  return {
    ...{ url: `http://127.0.0.1:${port}`, tlsUrl: `https://localhost:${tlsPort}`, port, ...certificates },
    requests: () => readFileSync(join(at, 'access.log'), 'utf8').trim().split('\n'),
    async close() {
      await Promise.all([nginx.stop(), backend.stop()]);
      await rm(at, { recursive: true, force: true });
    },
  };
}

function makeCertificates(at: string) {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: at, stdio: 'ignore' });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca', '-days', '2');
  for (const name of ['server', 'client']) {
    openssl('req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(join(at, 'san'), 'subjectAltName=DNS:localhost');
    const issuer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'san', '-days', '2'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...issuer, '-out', `${name}.pem`);
  }
  return {
    ...{ authorities: join(at, 'ca.pem'), clientCertificate: join(at, 'client.pem') },
    clientKey: join(at, 'client.key'),
  };
}

interface Settings {
  readonly at: string;
  readonly folder: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly backendPort: number;
  readonly password: string;
}

function configOf({ at, folder, port, tlsPort, backendPort, password }: Settings): string {
  const backend = (prefix: string, rules = ''): string => `
    location ~ ^/${prefix}(?<inner>/.*)$ {
      ${rules}
      include ${join(at, 'fastcgi.conf')};
      fastcgi_param PATH_INFO $inner;
      fastcgi_pass 127.0.0.1:${backendPort};
    }`;
  const params = {
    ...{
      SCRIPT_FILENAME: programPath('git-http-backend'),
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
    },
    ...{ QUERY_STRING: '$query_string', REQUEST_METHOD: '$request_method', CONTENT_TYPE: '$content_type' },
    ...{ CONTENT_LENGTH: '$content_length', GIT_PROTOCOL: '$http_git_protocol', REMOTE_ADDR: '$remote_addr' },
    HTTP_CONTENT_ENCODING: '$http_content_encoding',
  };
  const lines = Object.entries(params).map(([name, value]) => `fastcgi_param ${name} ${value};\n`);
  writeFileSync(join(at, 'fastcgi.conf'), lines.join(''));
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(at, 'temp', name)};`)
    .join(' ');
  const isRoot = process.getuid?.() === 0;
  return `
${isRoot ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${join(at, 'nginx.pid')};
events {}
http {
  log_format lines 'request $request_method $request_uri $status $body_bytes_sent';
  access_log ${join(at, 'access.log')} lines; ${temp}
  client_max_body_size 0; fastcgi_buffering off; fastcgi_request_buffering off;
  server {
    listen 127.0.0.1:${port};
    ${backend('open')}
    ${backend('basic', `auth_basic git; auth_basic_user_file ${join(at, 'users')};`)}
    ${backend('token', `if ($http_private_token != "${password}") { return 403; }`)}
    location /dumb/ { alias ${folder}/; }
    location ~ ^/moved(/.*)$ { return 302 http://127.0.0.1:${port}/open$1$is_args$args; }
    location ~ ^/private(/.*)$ { return 302 http://169.254.169.254$1$is_args$args; }
    location /failing/ { return 503; }
    location /busy/ { return 429; }
  }
  server {
    listen 127.0.0.1:${tlsPort} ssl;
    ssl_certificate ${join(at, 'server.pem')}; ssl_certificate_key ${join(at, 'server.key')};
    ssl_client_certificate ${join(at, 'ca.pem')}; ssl_verify_client optional;
    if ($ssl_client_verify != SUCCESS) { return 403; }
    ${backend('open')}
  }
}
`;
}
