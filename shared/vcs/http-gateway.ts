/**
 * The one way of a program to an HTTP server: a proxy of ours on this machine that speaks TLS and signs in for it. So the program has no
 * credential and no choice. The proxy connects to the addresses that were checked, asks for nothing but the repository's server, and refuses
 * redirects, which programs would follow to any host and protocol.
 *
 * Programs are given the address with `http:` (`programUrl`), since nobody can look into a tunnel of theirs.
 */
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { ForgeError } from '../forge/errors.ts';
import { isSameSecret } from '../runtime/constant-time.ts';
import { Secret } from '../runtime/secret.ts';
import { checkedAddresses } from './hosts.ts';
import type { HostPolicy, VcsCredential } from './vcs.ts';

export interface Gateway {
  /** Of 127.0.0.1. */
  readonly port: number;
  /** What the program shows, so that nobody else on this machine reads with our credential. */
  readonly user: string;
  readonly password: Secret<string>;
  /** Why the server could not be read, if it is to blame for a failure of the program. */
  failure(): ForgeError | undefined;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly credential: VcsCredential;
  readonly policy: HostPolicy;
  /** Certificates, as PEM, that servers may be signed by, in place of Node's own. */
  readonly authorities?: string | undefined;
}

/** Of a connection, and of a silent server; milliseconds. */
const silenceMsMax = 120_000;

/** The address for programs. */
export const programUrl = (url: URL): string => url.href.replace(/^https:/, 'http:');

/** @throws ForgeError when the host may not be connected to, or the credential is none for HTTP */
export async function openGateway(url: URL, options: GatewayOptions): Promise<Gateway> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const [address] = await checkedAddresses(host, options.policy);
  const upstream = upstreamOf(url, { host, address }, options);
  const password = new Secret(randomBytes(24).toString('base64url'));
  const expected = `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
  const state: State = { failure: undefined };
  const server = http.createServer((request, response) => {
    if (!isSameSecret(request.headers['proxy-authorization'] ?? '', expected)) {
      response.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="gateway"' }).end();
      return;
    }
    forward(request, response, upstream, state);
  });
  // A CONNECT would be a tunnel that nobody looks into.
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 405 Method Not Allowed\r\n\r\n'));
  server.requestTimeout = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: portOf(server.address()),
    ...{ user, password },
    failure: () => state.failure,
    close: () =>
      new Promise((resolve) => {
        upstream.agent.destroy();
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const user = 'repertoire';

interface State {
  failure: ForgeError | undefined;
}

interface Upstream {
  readonly url: URL;
  readonly agent: http.Agent;
  readonly options: https.RequestOptions;
  readonly headers: Readonly<Record<string, string>>;
}

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === 'string') throw new Error('the gateway has no port');
  return address.port;
};

function upstreamOf(
  url: URL,
  { host, address }: { readonly host: string; readonly address: string },
  { credential, authorities }: GatewayOptions,
): Upstream {
  const isTls = url.protocol === 'https:';
  const keepAlive = { keepAlive: true, maxSockets: 4 };
  const certificate =
    credential.kind === 'client-certificate'
      ? { cert: credential.certificate, key: credential.key.reveal() }
      : {};
  return {
    url,
    agent: isTls ? new https.Agent(keepAlive) : new http.Agent(keepAlive),
    options: {
      ...{ host: address, port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port) },
      ...(isTls && { servername: isIP(host) === 0 ? host : '', ...certificate }),
      ...(authorities !== undefined && { ca: authorities }),
    },
    headers: headersOf(credential),
  };
}

function headersOf(credential: VcsCredential): Record<string, string> {
  switch (credential.kind) {
    case 'basic': {
      const { username, password } = credential;
      return { authorization: `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}` };
    }
    case 'token-header':
      return { [credential.header.toLowerCase()]: credential.value.reveal() };
    case 'ssh-key':
      throw new ForgeError(
        'credential-rejected',
        'an SSH key is no credential for an address with http or https',
      );
    default:
      return {};
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const ofOneConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'host', 'authorization'],
]);

const passedOn = (headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneConnection.has(name)));

function forward(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  upstream: Upstream,
  state: State,
): void {
  const asked = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : undefined;
  const refuse = (failure: ForgeError): void => {
    state.failure = failure;
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { 'Content-Type': 'text/plain' }).end(failure.message);
  };
  if (asked?.protocol !== 'http:' || asked.host !== new URL(programUrl(upstream.url)).host) {
    refuse(new ForgeError('unexpected', 'the server sends its readers to another server, which is refused'));
    return;
  }
  const onward = (upstream.url.protocol === 'https:' ? https : http).request({
    ...upstream.options,
    agent: upstream.agent,
    method: request.method,
    path: `${asked.pathname}${asked.search}`,
    headers: {
      ...passedOn(request.headers),
      // Node frames a body by itself for some methods only.
      ...(request.headers['transfer-encoding'] !== undefined && { 'transfer-encoding': 'chunked' }),
      ...{ host: upstream.url.host, ...upstream.headers },
    },
    timeout: silenceMsMax,
  });
  onward.on('timeout', () => onward.destroy(new Error('timeout')));
  onward.on('error', (error) => refuse(unreachable(upstream.url, error)));
  onward.on('response', (answer) => {
    const { statusCode: status = 0 } = answer;
    if (status >= 300 && status < 400) {
      answer.destroy();
      refuse(redirected(upstream.url, answer.headers.location));
      return;
    }
    state.failure = failureOfStatus(upstream.url, status);
    response.writeHead(status, passedOn(answer.headers));
    pipeline(answer, response, () => {});
  });
  response.on('close', () => onward.destroy());
  pipeline(request, onward, () => {});
}

const redirected = ({ host }: URL, location: string | undefined): ForgeError => {
  const to = location !== undefined && URL.canParse(location) ? new URL(location) : undefined;
  const where = to === undefined ? 'elsewhere' : `to ${to.protocol}//${to.host}${to.pathname}`;
  return new ForgeError(
    'unexpected',
    `the server ${host} redirects ${where}, which is not followed; if that is right, enter it as the address`,
  );
};

function failureOfStatus({ host }: URL, status: number): ForgeError | undefined {
  if (status === 401) {
    return new ForgeError('credential-rejected', `the server ${host} does not accept the credential (401)`);
  }
  if (status === 403) {
    return new ForgeError('insufficient-scope', `the server ${host} does not let the credential read (403)`);
  }
  if (status === 429) {
    return new ForgeError('rate-limited', `the server ${host} wants fewer requests (429)`);
  }
  return status >= 500 ? new ForgeError('unavailable', `the server ${host} fails (${status})`) : undefined;
}

function unreachable({ host }: URL, error: Error & { readonly code?: string }): ForgeError {
  const code = error.code ?? error.message;
  const isOfTls = /CERT|SELF_SIGNED|UNABLE_TO|SSL|TLS|EPROTO/.test(code);
  const message = isOfTls
    ? `the server ${host} has no valid certificate for its name, or wants one of ours (${code})`
    : `the server ${host} cannot be reached (${code})`;
  return new ForgeError('unavailable', message, { cause: error });
}
