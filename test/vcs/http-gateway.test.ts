/** The gateway between programs and servers of HTTP, with a real server of TLS. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../shared/runtime/secret.ts';
import { type Gateway, openGateway, programUrl } from '../../shared/vcs/http-gateway.ts';
import type { VcsCredential } from '../../shared/vcs/vcs.ts';
import { areInstalled } from './servers/programs.ts';

describe.skipIf(!areInstalled('openssl'))('the gateway', () => {
  let folder: string;
  let server: https.Server;
  let url: URL;
  const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-'));
    const forHost = (name: string, host: string) =>
      openssl(
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
        ...[
          '-keyout',
          `${name}.key`,
          '-out',
          `${name}.pem`,
          '-subj',
          `/CN=${host}`,
          '-addext',
          `subjectAltName=DNS:${host}`,
        ],
      );
    forHost('server', 'vcs.example');
    forHost('client', 'ann');
    const settings = {
      key: file('server.key'),
      cert: file('server.pem'),
      ca: file('client.pem'),
      requestCert: true,
      rejectUnauthorized: false,
    };
    server = https.createServer(settings, (request, response) => {
      const isKnown = (request.socket as TLSSocket).authorized;
      let body = '';
      request.on('data', (bytes) => (body += bytes));
      request.on('end', () =>
        response.end(JSON.stringify({ isKnown, body, host: request.headers.host, path: request.url })),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`https://vcs.example:${(server.address() as AddressInfo).port}/repo`);
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const policy = {
    allowsPrivate: () => true,
    allowsHttp: () => false,
    allowsFile: false,
    lookUp: async () => ['127.0.0.1'],
  };
  async function through<Result>(
    act: (gateway: Gateway) => Promise<Result>,
    { credential = { kind: 'none' } as VcsCredential, authorities = file('server.pem'), at = url } = {},
  ): Promise<Result> {
    const gateway = await openGateway(at, { credential, policy, authorities });
    try {
      return await act(gateway);
    } finally {
      await gateway.close();
    }
  }
  function ask(
    gateway: Gateway,
    { at = programUrl(url), password = gateway.password.reveal(), method = 'GET', body = '' } = {},
  ): Promise<{ status: number | undefined; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        'proxy-authorization': `Basic ${Buffer.from(`${gateway.user}:${password}`).toString('base64')}`,
        ...(body !== '' && { 'transfer-encoding': 'chunked' }),
      };
      const request = http.request({ host: '127.0.0.1', port: gateway.port, path: at, method, headers });
      request.on('response', (response) => {
        let text = '';
        response.on('data', (bytes) => (text += bytes));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  it('speaks TLS for the program, with a body of any method and the name of the host', async () => {
    const answer = await through((gateway) => ask(gateway, { method: 'OPTIONS', body: '<options/>' }));
    expect(JSON.parse(answer.text)).toEqual({
      isKnown: false,
      body: '<options/>',
      host: url.host,
      path: '/repo',
    });
  });

  it('shows the certificate of the client', async () => {
    const credential: VcsCredential = {
      kind: 'client-certificate',
      certificate: file('client.pem'),
      key: new Secret(file('client.key')),
    };
    const answer = await through((gateway) => ask(gateway), { credential });
    expect(JSON.parse(answer.text)).toMatchObject({ isKnown: true });
  });

  it('trusts no certificate that nobody has signed, and none for another name', async () => {
    const failureAt = (options: Parameters<typeof through>[1]) =>
      through(async (gateway) => {
        const { status } = await ask(gateway, { at: programUrl(options?.at ?? url) });
        return [status, gateway.failure()?.code, gateway.failure()?.message];
      }, options);
    expect(await failureAt({ authorities: file('client.pem') })).toEqual([
      502,
      'unavailable',
      expect.stringMatching(/no valid certificate/),
    ]);
    const other = new URL(url.href.replace('vcs.example', 'other.example'));
    expect(await failureAt({ at: other })).toEqual([
      502,
      'unavailable',
      expect.stringMatching(/no valid certificate/),
    ]);
  });

  it('serves nobody but the program, and leads nowhere but to the server', async () => {
    await through(async (gateway) => {
      expect((await ask(gateway, { password: 'guess' })).status).toBe(407);
      for (const at of ['http://127.0.0.1:1/', 'http://vcs.example/repo', '/repo', 'ftp://vcs.example/']) {
        expect((await ask(gateway, { at })).status).toBe(502);
      }
      const tunnel = http.request({
        host: '127.0.0.1',
        port: gateway.port,
        method: 'CONNECT',
        path: '127.0.0.1:22',
      });
      const status = await new Promise((resolve) => {
        tunnel.on('connect', (response, socket) => {
          socket.destroy();
          resolve(response.statusCode);
        });
        tunnel.end();
      });
      expect(status).toBe(405);
    });
    await expect(
      openGateway(url, { credential: { kind: 'ssh-key', privateKey: new Secret('k') }, policy }),
    ).rejects.toThrow(/SSH key/);
  });
});
