import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { LoggedRequest } from '../../control/request-log.ts';
import { type RequestFaults, strikeRequest } from '../../faults/strike-request.ts';
import { sendArchive } from '../../git/archive.ts';
import type { GitObjects } from '../../git/objects.ts';
import { readRefs } from '../../git/refs.ts';
import { resolveCommit } from '../../git/resolve.ts';
import { forgePage, type PageReply } from '../../server/page.ts';
import { RefusalError } from '../../server/reply.ts';
import { authenticate, type Credential, permissionOf } from '../api/credentials.ts';
import type { Limits } from '../api/limits.ts';
import { findRepository, findWorkspace } from '../find.ts';
import type { BitbucketState, Repository } from '../state.ts';
import { differences } from '../variants.ts';

export interface ArchiveDependencies extends RequestFaults {
  readonly state: BitbucketState;
  readonly objects: GitObjects;
  readonly limits: Limits;
  now(): number;
  recordRequest?(entry: LoggedRequest): void;
}

const pattern = /^\/([^/]+)\/([^/]+)\/get\/(.+)\.zip$/;

export const isArchivePath = (pathname: string): boolean => pattern.test(pathname);

/** What a person without rights sees: a page, with a status that says nothing. composer/composer (Util/RemoteFilesystem.php) */
const signInPage: PageReply = forgePage('Bitbucket', 'Log in to continue', '');
const notFoundPage: PageReply = forgePage('Bitbucket', 'Resource not found', '', 404);
const limitPage = (status = 429): PageReply => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: 'Rate limit for this resource has been exceeded\n',
});

/** Takes what the API takes; tokens of OAuth consumers perhaps not. */
function credentialOf(deps: ArchiveDependencies, request: IncomingMessage): Credential | undefined {
  const { state, now } = deps;
  try {
    const found = authenticate(state, request.headers, now());
    const isRefused = found?.kind === 'oauth2' && !differences.archivesTakeOAuth(state.variant);
    return isRefused ? undefined : found;
  } catch (error) {
    if (error instanceof RefusalError) return undefined;
    throw error;
  }
}

interface Found {
  readonly repository: Repository;
  readonly commit: string;
  readonly name: string;
}

async function find(
  deps: ArchiveDependencies,
  pathname: string,
  credential: Credential | undefined,
): Promise<Found | PageReply> {
  const { state, objects } = deps;
  const [, slug = '', repositorySlug = '', revision = ''] = (pattern.exec(pathname) ?? []).map(
    decodeURIComponent,
  );
  const workspace = findWorkspace(state, slug);
  const repository = workspace && findRepository(state, workspace, repositorySlug);
  if (repository === undefined || permissionOf(state, credential, repository) === undefined) {
    return credential === undefined ? signInPage : notFoundPage;
  }
  const commit = await resolveCommit(objects, repository, readRefs(repository.gitDirectory), revision);
  if (commit === undefined) return notFoundPage;
  const name = `${slug}-${repository.slug}-${commit.oid.slice(0, 12)}`;
  return { repository, commit: commit.oid, name };
}

/** `GET bitbucket.org/{workspace}/{repository}/get/{revision}.zip` */
export function createArchives(deps: ArchiveDependencies): RequestListener {
  const { faults, limits, state } = deps;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<number> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const match = { surface: 'archive', method: request.method ?? 'GET', path: pathname, group: 'archives' };
    const strike = await strikeRequest(deps, match);
    const breaks = strike.kind === 'break';
    const credential = credentialOf(deps, request);
    const reply = await (async (): Promise<Found | PageReply> => {
      if (strike.kind === 'server-error') return forgePage('Bitbucket', 'Server error', '', strike.status);
      const spent = faults.take('rate-limit', match);
      if (spent !== undefined || limits.charge(credential, 'archives', state.variant).isRefused) {
        return limitPage(spent?.status);
      }
      if (faults.take('archive-page', match) !== undefined) return signInPage;
      return find(deps, pathname, credential);
    })();
    await strike.interception?.act?.();
    if (breaks || strike.interception !== undefined) {
      response.destroy();
      return 0;
    }
    if ('body' in reply) {
      response.writeHead(reply.status, reply.headers).end(reply.body);
      return reply.status;
    }
    await sendArchive(response, {
      ...{ gitDirectory: reply.repository.gitDirectory, commit: reply.commit, name: reply.name },
      truncated: faults.take('truncated-archive', match) !== undefined,
      otherBytes: faults.take('other-archive-bytes', match) !== undefined,
    });
    return 200;
  }

  return (request, response) => {
    const at = deps.now();
    serve(request, response)
      .then((status) =>
        deps.recordRequest?.({
          ...{ at, surface: 'archive', method: request.method ?? 'GET', status, cost: 1 },
          path: request.url ?? '/',
          durationMs: Math.round(deps.now() - at),
        }),
      )
      .catch((error: unknown) => {
        process.emitWarning(error instanceof Error ? error : `${error}`);
        response.destroy();
      });
  };
}
