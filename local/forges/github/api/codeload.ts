import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GitHubState, Repository } from '../state.ts';
import { parseTag } from './git-formats.ts';
import { readInNetwork } from './git-network.ts';
import { createGitObjects, type GitObjects } from './git-objects.ts';
import { gitEnvironment } from './git-process.ts';
import type { Faults, Intercept, Interception, RequestEntry } from './ports.ts';
import { fullName } from './rights.ts';
import { readArchivePath } from './signed-links.ts';

export interface CodeloadDependencies {
  readonly state: GitHubState;
  readonly faults: Faults;
  /** Milliseconds. */
  now(): number;
  /** Resolves when so many milliseconds have passed on the simulator's clock. */
  sleep(ms: number): Promise<void>;
  readonly objects?: GitObjects;
  recordRequest?(entry: RequestEntry): void;
  readonly intercept?: Intercept;
}

/**
 * The simulated `codeload.github.com`, as a request listener: archives as zip behind links that the API signs.
 *
 * Any commit of the repository's fork network is served, reachable or not, as GitHub does. A request that carries an `Authorization` header is refused with 400, so that a client which takes its credential
 * along to another host shows.
 */
export function createCodeload(
  deps: CodeloadDependencies,
): (request: IncomingMessage, response: ServerResponse) => void {
  const objects = deps.objects ?? createGitObjects();

  async function commitOf(
    repository: Repository,
    ref: string,
  ): Promise<{ commit: string; gitDirectory: string } | undefined> {
    const found = /^[0-9a-f]{40}$/.test(ref)
      ? await readInNetwork({ state: deps.state, objects }, repository, ref)
      : undefined;
    const gitDirectory = found?.gitDirectory ?? repository.gitDirectory;
    let object = found?.object ?? (await objects.resolve(gitDirectory, ref));
    while (object?.type === 'tag') object = await objects.read(gitDirectory, parseTag(object.body).target);
    return object?.type === 'commit' ? { commit: object.oid, gitDirectory } : undefined;
  }

  function stream(
    response: ServerResponse,
    gitDirectory: string,
    prefix: string,
    commit: string,
    match: Record<string, string>,
    interception: Interception | undefined,
  ) {
    const truncated = deps.faults.take('truncated-archive', match) !== undefined;
    const level = deps.faults.take('other-archive-bytes', match) === undefined ? [] : ['-0'];
    const child = spawn(
      'git',
      [`--git-dir=${gitDirectory}`, 'archive', '--format=zip', ...level, `--prefix=${prefix}/`, commit],
      { env: gitEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] },
    );
    response.writeHead(200, {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename=${prefix}.zip`,
      'x-content-type-options': 'nosniff',
    });
    return new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (truncated) {
          // Half of what came first, and then the connection breaks.
          response.write(chunk.subarray(0, chunk.length >> 1), () => response.destroy());
          child.kill();
        } else if (!response.write(chunk)) {
          child.stdout.pause();
          response.once('drain', () => child.stdout.resume());
        }
      });
      response.on('close', () => child.kill());
      child.on('error', () => response.destroy());
      child.on('close', (code) => {
        if (code !== 0 || truncated) response.destroy();
        else if (interception === undefined) response.end();
        else void breakOff(response, interception);
        resolve();
      });
    });
  }

  async function breakOff(response: ServerResponse, { act }: Interception): Promise<void> {
    await act?.();
    response.destroy();
  }

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<number> {
    const refuse = (status: number, text: string) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(text);
      return status;
    };
    const match = { surface: 'codeload', method: request.method ?? 'GET', path: url.pathname };
    const interception = deps.intercept?.(match);
    if (interception?.when === 'before') {
      await breakOff(response, interception);
      return 0;
    }
    if (deps.faults.take('drop-connection', match)) {
      request.socket.destroy();
      return 0;
    }
    const slow = deps.faults.take('slow', match);
    if (slow !== undefined) await deps.sleep(slow.delayMs ?? 1000);
    const broken = deps.faults.take('server-error', match);
    if (broken !== undefined) return refuse(broken.status ?? 502, 'Server Error');
    if (request.headers.authorization !== undefined) return refuse(400, '400: Invalid request');
    if (request.method !== 'GET') return refuse(404, '404: Not Found');
    const link = readArchivePath(deps.state.app, url, deps.now());
    const repository = link && deps.state.repositories.get(link.repositoryId);
    if (link === undefined || repository === undefined) return refuse(404, '404: Not Found');
    const found = await commitOf(repository, link.ref);
    if (found === undefined) return refuse(404, '404: Not Found');
    const { commit, gitDirectory } = found;
    const prefix = `${fullName(deps.state, repository).replace('/', '-')}-${commit.slice(0, 7)}`;
    await stream(response, gitDirectory, prefix, commit, match, interception);
    return 200;
  }

  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://codeload');
    const at = deps.now();
    answer(request, response, url)
      .then((status) =>
        deps.recordRequest?.({
          at,
          surface: 'codeload',
          method: request.method ?? 'GET',
          // The query is a credential of its own, for five minutes.
          path: url.pathname,
          status,
          durationMs: Math.round(deps.now() - at),
          cost: 0,
        }),
      )
      .catch((error: unknown) => {
        process.emitWarning(error instanceof Error ? error : `${error}`);
        response.destroy();
      });
  };
}
