import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RequestFaults, strikeRequest } from '../../faults/strike-request.ts';
import { sendArchive } from '../../git/archive.ts';
import { parseTag } from '../../git/object-formats.ts';
import { createGitObjects, type GitObjects } from '../../git/objects.ts';
import type { GitHubState, Repository } from '../state.ts';
import { readInNetwork } from './git-network.ts';
import type { RequestEntry } from './ports.ts';
import { fullName } from './rights.ts';
import { readArchivePath } from './signed-links.ts';

export interface CodeloadDependencies extends RequestFaults {
  readonly state: GitHubState;
  /** Milliseconds. */
  now(): number;
  readonly objects?: GitObjects;
  recordRequest?(entry: RequestEntry): void;
}

/**
 * The simulated `codeload.github.com`, as a request listener: zip archives behind links that the API signs. Serves any commit of the
 * repository's fork network, reachable or not, as GitHub does. Refuses a request with an `Authorization` header with 400, to reveal a
 * client that sends its credential to another host.
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

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<number> {
    const refuse = (status: number, text: string) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(text);
      return status;
    };
    const match = { surface: 'codeload', method: request.method ?? 'GET', path: url.pathname };
    const strike = await strikeRequest(deps, match);
    const { interception } = strike;
    const breakOff = async (): Promise<void> => {
      await interception?.act?.();
      response.destroy();
    };
    if (strike.kind === 'break') {
      await breakOff();
      return 0;
    }
    if (strike.kind === 'server-error') return refuse(strike.status, 'Server Error');
    if (request.headers.authorization !== undefined) return refuse(400, '400: Invalid request');
    if (request.method !== 'GET') return refuse(404, '404: Not Found');
    const link = readArchivePath(deps.state.app, url, deps.now());
    const repository = link && deps.state.repositories.get(link.repositoryId);
    if (link === undefined || repository === undefined) return refuse(404, '404: Not Found');
    const found = await commitOf(repository, link.ref);
    if (found === undefined) return refuse(404, '404: Not Found');
    const { commit, gitDirectory } = found;
    await sendArchive(response, {
      gitDirectory,
      commit,
      name: `${fullName(deps.state, repository).replace('/', '-')}-${commit.slice(0, 7)}`,
      truncated: deps.faults.take('truncated-archive', match) !== undefined,
      otherBytes: deps.faults.take('other-archive-bytes', match) !== undefined,
      ...(interception !== undefined && { end: () => void breakOff() }),
    });
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
          // Logged without the query, which is a credential for five minutes.
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
