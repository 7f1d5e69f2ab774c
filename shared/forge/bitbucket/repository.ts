/** A repository by its UUID, and what it is called now. */
import { z } from 'zod';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import type { RepositoryLinks } from '../../domain/repository-links.ts';
import type { RepositoryIds } from '../forge.ts';
import { expectSame } from '../http.ts';
import type { Requests } from './requests.ts';

export const repositoryRoute = '/2.0/repositories/:any/:repository';

/** With an empty workspace the UUID alone names the repository: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#uri-uuid */
export const pathOf = (repository: ForgeRepositoryId) => ({ any: '{}', repository });

/** What contents are read and linked with. */
export interface Head {
  /** `workspace/slug` */
  readonly fullName: string;
  /** Undefined for an empty repository. */
  readonly mainBranch: string | undefined;
}

const fullName = z.string().regex(/^[^/\s]+\/[^/\s]+$/);
const headSchema = z.object({
  uuid: z.string(),
  full_name: fullName,
  mainbranch: z.object({ name: z.string() }).nullish(),
});

/** The head as the handle of a repository's fact; neither part has a space. */
export const handleOf = ({ fullName: name, mainBranch = '' }: Head): string => `${name} ${mainBranch}`;

/** The head of a handle; undefined if it is none. */
export function headOf(handle: string | undefined): Head | undefined {
  const [name, mainBranch] = handle?.split(' ') ?? [];
  return fullName.safeParse(name).success && name !== undefined
    ? { fullName: name, mainBranch: mainBranch === '' ? undefined : mainBranch }
    : undefined;
}

/** Asks for it. @throws ForgeError `not-found` */
export async function readHead(requests: Requests, { repository }: RepositoryIds): Promise<Head> {
  const query = { fields: 'uuid,full_name,mainbranch.name' };
  const head = await requests.get({ route: repositoryRoute, path: pathOf(repository), query }, headSchema);
  expectSame(head.uuid, repository);
  return { fullName: head.full_name, mainBranch: head.mainbranch?.name };
}

/** The name as a path, below the web host. */
export const pathOnWeb = ({ fullName: name }: Head): string =>
  `/${name.split('/').map(encodeURIComponent).join('/')}`;

/**
 * The links of a repository. Composer clones private ones by HTTPS too, without the name of whoever asked for the address. Native issues
 * ended in 2026. The website that somebody has set for the repository would come before its page; it is not read.
 *
 * Source: composer/composer src/Composer/Repository/Vcs/GitBitbucketDriver.php@2.10.2, `parseCloneUrls`, `getSource`, `getComposerInformation`
 *
 * @param baseUrl of the web host
 */
export function linksOf(head: Head, baseUrl: string): RepositoryLinks {
  const page = `${baseUrl}${pathOnWeb(head)}`;
  return {
    source: { type: 'git', url: `${page}.git` },
    tree: `${page}/src/{commit}/?at={ref}`,
    homepage: page,
  };
}
