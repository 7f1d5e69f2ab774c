import { spawn } from 'node:child_process';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { cleanGitEnvironment } from './run-git.ts';

/** A forge's decision on one request of a git client. */
export type GitAnswer =
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  /** Answered with 301. @property path - where the repository is now, without `.git` and without a slash at the end. */
  | { readonly kind: 'moved'; readonly path: string }
  | {
      readonly kind: 'served';
      /** Bare repository on disk. */
      readonly gitDirectory: string;
      /** Runs `write`, which writes a push to the repository, and resolves once the forge has handled the push. */
      receive<Result>(write: () => Promise<Result>): Promise<Result>;
    };

export interface GitHttpForge {
  /** The realm in `www-authenticate`. */
  readonly realm: string;
  /**
   * Decides on a request.
   *
   * @param request.path - path of the repository without a leading slash and without `.git`
   * @returns undefined if no repository can have such a path
   */
  answer(request: {
    readonly path: string;
    readonly authorization: string | undefined;
    readonly writes: boolean;
  }): GitAnswer | undefined;
  readonly log?: (line: string) => void;
}

type Service = 'git-upload-pack' | 'git-receive-pack';

/**
 * Serves git over smart HTTP: `/<path>.git/info/refs`, `git-upload-pack` and `git-receive-pack`; all else is a 404.
 * https://git-scm.com/docs/http-protocol
 */
export function createGitHttp(forge: GitHttpForge): RequestListener {
  return (request, response) => {
    serve(forge, request, response).catch((error: unknown) => {
      forge.log?.(`git: ${error instanceof Error ? error.message : String(error)}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  };
}

async function serve(forge: GitHttpForge, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const match = /^\/(.+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(url.pathname);
  if (match === null) return notFound(response);
  const [, path = '', endpoint = ''] = match;
  const service = endpoint === 'info/refs' ? url.searchParams.get('service') : endpoint;
  const refuse = (status: number, message: string): void => {
    response
      .writeHead(status, {
        'content-type': 'text/plain; charset=utf-8',
        ...(status === 401 && { 'www-authenticate': `Basic realm="${forge.realm}"` }),
      })
      .end(`${message}\n`);
  };
  const { authorization } = request.headers;
  const writes = service === 'git-receive-pack';
  const answer = forge.answer({ path, authorization, writes });
  if (answer === undefined) return notFound(response);
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') {
    return refuse(403, 'Please upgrade your git client.');
  }
  if (answer.kind === 'refused') return refuse(answer.status, answer.message);
  if (answer.kind === 'moved') {
    response.writeHead(301, { location: `/${answer.path}.git/${endpoint}${url.search}` }).end();
    return;
  }
  const run: Run = (args) => startService(forge, service, [...args, answer.gitDirectory], request);
  if (endpoint === 'info/refs' && request.method === 'GET') await advertise(service, run, request, response);
  else if (endpoint === 'info/refs' || request.method !== 'POST') refuse(405, 'Method not allowed.');
  else if (writes) await receive(run, answer.receive, request, response);
  else await upload(run, request, response);
}

type Run = (args: readonly string[]) => ReturnType<typeof startService>;

function startService(
  { log }: GitHttpForge,
  service: Service,
  args: readonly string[],
  request: IncomingMessage,
) {
  const protocol = String(request.headers['git-protocol'] ?? '');
  const child = spawn('git', [service.slice('git-'.length), '--stateless-rpc', ...args], {
    env: cleanGitEnvironment(/^version=[0-2]$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {}),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stderr.on('data', (text: Buffer) => log?.(`${service}: ${text.toString('utf8').trim()}`));
  child.on('error', (error) => log?.(`${service}: ${error.message}`));
  return child;
}

async function advertise(
  service: Service,
  run: Run,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const child = run(['--http-backend-info-refs']);
  child.stdin.end();
  const refs = await collect(child.stdout);
  // Protocol 2 has no service line. https://git-scm.com/docs/protocol-v2#_http_transport
  const head =
    request.headers['git-protocol'] === 'version=2' ? '' : `${packetLine(`# service=${service}\n`)}0000`;
  send(response, Buffer.concat([Buffer.from(head), refs]), `application/x-${service}-advertisement`);
}

async function upload(run: Run, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const child = run([]);
  response.on('close', () => child.kill());
  response.writeHead(200, {
    'content-type': 'application/x-git-upload-pack-result',
    'cache-control': 'no-cache',
  });
  await Promise.all([pipeline(bodyOf(request), child.stdin), pipeline(child.stdout, response)]);
}

/** Answers once the forge has handled the push, so that the client that pushed finds it in the API. */
async function receive(
  run: Run,
  receivePush: (write: () => Promise<Buffer>) => Promise<Buffer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const result = await receivePush(async () => {
    const child = run([]);
    const [output] = await Promise.all([collect(child.stdout), pipeline(bodyOf(request), child.stdin)]);
    return output;
  });
  send(response, result, 'application/x-git-receive-pack-result');
}

/** The password of an `Authorization: Basic` header, where git clients put tokens; empty if there is none. */
export function basicPassword(authorization: string | undefined): string {
  const encoded = /^basic\s+(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

function bodyOf(request: IncomingMessage): Readable {
  return request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function packetLine(text: string): string {
  return (text.length + 4).toString(16).padStart(4, '0') + text;
}

function send(response: ServerResponse, body: Buffer, contentType: string): void {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache' }).end(body);
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found\n');
}
