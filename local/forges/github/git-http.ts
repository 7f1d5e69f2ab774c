import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { cleanGitEnvironment } from '../world/run-git.ts';
import { effectivePermission, findRepository, fullName } from './api/rights.ts';
import type { GitRight } from './api/tokens.ts';
import type { Pushes } from './git-push.ts';
import { type GitHubState, nodeId, type Repository, type User, userOfPersonalToken } from './state.ts';

export interface GitHttpDeps {
  readonly state: GitHubState;
  readonly pushes: Pushes;
  /** What an installation token in an `Authorization` header may do. */
  readonly authorizeGit: (authorization: string | undefined, repositoryId: number) => GitRight;
  readonly log?: (line: string) => void;
}

type Service = 'git-upload-pack' | 'git-receive-pack';

/** Who asks, and what he may do. */
interface Access {
  readonly right: GitRight;
  readonly sender: User;
}

/** An id that no repository has. */
const noRepository = -1;

/**
 * Git over smart HTTP, as https://github.com serves it: `/<owner>/<name>.git/info/refs`, `git-upload-pack` and
 * `git-receive-pack`. https://git-scm.com/docs/http-protocol
 *
 * @returns a handler that answers false for paths that are none of git's.
 */
export function createGitHttp(
  deps: GitHttpDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const { state } = deps;

  const accessTo = (repository: Repository | undefined, authorization: string | undefined): Access => {
    const user = userOfPersonalToken(state, basicPassword(authorization));
    if (user === undefined) {
      return {
        right: deps.authorizeGit(authorization, repository?.id ?? noRepository),
        sender: appBot(state),
      };
    }
    if (repository === undefined) return { right: 'none', sender: user };
    const permission = effectivePermission(state, repository, user.id);
    if (permission === undefined)
      return { right: repository.visibility === 'public' ? 'read' : 'none', sender: user };
    return { right: permission === 'pull' || permission === 'triage' ? 'read' : 'write', sender: user };
  };

  const run = (
    service: Service,
    args: readonly string[],
    repository: Repository,
    request: IncomingMessage,
  ) => {
    const protocol = String(request.headers['git-protocol'] ?? '');
    const child = spawn(
      'git',
      [service.slice('git-'.length), '--stateless-rpc', ...args, repository.gitDirectory],
      {
        env: cleanGitEnvironment(/^version=[0-2]$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {}),
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    child.stderr.on('data', (text: Buffer) => deps.log?.(`${service}: ${text.toString('utf8').trim()}`));
    child.on('error', (error) => deps.log?.(`${service}: ${error.message}`));
    return child;
  };

  const advertise = async (
    service: Service,
    repository: Repository,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const child = run(service, ['--http-backend-info-refs'], repository, request);
    child.stdin.end();
    const refs = await collect(child.stdout);
    // Protocol 2 has no service line. https://git-scm.com/docs/protocol-v2#_http_transport
    const head =
      request.headers['git-protocol'] === 'version=2' ? '' : `${packetLine(`# service=${service}\n`)}0000`;
    answer(response, 200, Buffer.concat([Buffer.from(head), refs]), `application/x-${service}-advertisement`);
  };

  const upload = async (
    repository: Repository,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const child = run('git-upload-pack', [], repository, request);
    response.on('close', () => child.kill());
    response.writeHead(200, {
      'content-type': 'application/x-git-upload-pack-result',
      'cache-control': 'no-cache',
    });
    await Promise.all([pipeline(bodyOf(request), child.stdin), pipeline(child.stdout, response)]);
  };

  const receive = async (
    repository: Repository,
    sender: User,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    // Answered when the push has been noticed, so that whoever pushed finds it in the API.
    const result = await deps.pushes.receive(repository, sender, async () => {
      const child = run('git-receive-pack', [], repository, request);
      const [output] = await Promise.all([collect(child.stdout), pipeline(bodyOf(request), child.stdin)]);
      return output;
    });
    answer(response, 200, result, 'application/x-git-receive-pack-result');
  };

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const match = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
      url.pathname,
    );
    if (match === null) return false;
    const [, owner = '', name = '', endpoint = ''] = match;
    const service = endpoint === 'info/refs' ? url.searchParams.get('service') : endpoint;
    if (service !== 'git-upload-pack' && service !== 'git-receive-pack') {
      refuse(response, 403, 'Please upgrade your git client.');
      return true;
    }
    const found = findRepository(state, `${owner}/${name}`);
    const repository = found?.repository;
    const { authorization } = request.headers;
    const { right, sender } = accessTo(repository, authorization);
    const writes = service === 'git-receive-pack';
    const refusal = refusalOf({ repository, right, writes, anonymous: authorization === undefined });
    if (repository === undefined || refusal !== undefined) {
      const { status, message } = refusal ?? { status: 404, message: 'Repository not found.' };
      refuse(
        response,
        status,
        message.replace('{who}', sender.login).replace('{where}', `${owner}/${name}.git`),
      );
      return true;
    }
    if (found?.former) {
      const location = `/${fullName(state, repository)}.git/${endpoint}${url.search}`;
      response.writeHead(301, { location }).end();
      return true;
    }
    if (endpoint === 'info/refs' && request.method === 'GET')
      await advertise(service, repository, request, response);
    else if (endpoint === 'info/refs' || request.method !== 'POST')
      refuse(response, 405, 'Method not allowed.');
    else if (writes) await receive(repository, sender, request, response);
    else await upload(repository, request, response);
    return true;
  };
}

/** GitHub's answers: what may not be seen does not exist. */
function refusalOf(question: {
  repository: Repository | undefined;
  right: GitRight;
  writes: boolean;
  anonymous: boolean;
}): { status: number; message: string } | undefined {
  const { repository, right, writes, anonymous } = question;
  if (right === 'bad-credential') {
    return {
      status: 401,
      message: 'Invalid username or token. Password authentication is not supported for Git operations.',
    };
  }
  if (anonymous && (writes || right === 'none')) return { status: 401, message: 'No anonymous access.' };
  if (repository === undefined || right === 'none') return { status: 404, message: 'Repository not found.' };
  if (repository.disabled) {
    return { status: 403, message: 'Access to this repository has been disabled by GitHub staff.' };
  }
  if (!writes) return undefined;
  if (right === 'read') return { status: 403, message: 'Permission to {where} denied to {who}.' };
  if (repository.archived)
    return { status: 403, message: 'This repository was archived so it is read-only.' };
  return repository.locked ? { status: 403, message: 'This repository is locked.' } : undefined;
}

/** How the app appears as the author of what its tokens do. */
export function appBot({ app }: GitHubState): User {
  return { id: app.id, nodeId: nodeId('BOT', app.id), login: `${app.slug}[bot]`, type: 'Bot' };
}

function basicPassword(authorization: string | undefined): string {
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

function answer(response: ServerResponse, status: number, body: Buffer, contentType: string): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-cache' }).end(body);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      ...(status === 401 && { 'www-authenticate': 'Basic realm="GitHub"' }),
    })
    .end(`${message}\n`);
}
