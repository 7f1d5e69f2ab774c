/** Reads the contents of a repository: refs with their manifests, and archives. */
import { compareBytes } from '../../composer/php-text.ts';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import type { RepositoryLinks } from '../../domain/repository-links.ts';
import type { CommitFinder } from '../containment.ts';
import { ForgeError } from '../errors.ts';
import type { ContentReader, ForgeRef, RepositoryIds, UnusableRef } from '../forge.ts';
import { expectSame } from '../http.ts';
import { createPageSize, type PageSize, readList } from '../pages.ts';
import type { Readme } from '../readme.ts';
import type { GitHubApp } from './app.ts';
import { readArchiveStream } from './archive.ts';
import { type PeeledRef, type PeeledRefs, peelRefs } from './commits.ts';
import { findContainment } from './containment.ts';
import { createFolderReader } from './folders.ts';
import { readManifests } from './manifests.ts';
import { refsQuery, repositoryNameQuery } from './queries.ts';
import { firstReadme, readReadme } from './readme.ts';
import type { Requests } from './requests.ts';
import { type Ref, type RepositoryHead, repositoryNodeSchema } from './schema.ts';

export interface ContentReaderOptions {
  readonly app: GitHubApp;
  readonly requests: Requests;
}

const refsPerPage = 100;

/** Leaves out `gh-pages`, as composer/composer `GitHubDriver::getBranches` at tag 2.10.2 does. */
const withoutPages = (branch: ForgeRef): ForgeRef =>
  branch.name === 'gh-pages'
    ? {
        ...branch,
        leftOut: `Composer takes no version from "${branch.name}", GitHub's branch for web pages.`,
      }
    : branch;

/** As in GitHub's list of tags by REST, which Composer's driver reads. */
const lastNameFirst = (one: ForgeRef, other: ForgeRef): number => compareBytes(other.name, one.name);

interface RefList {
  readonly nameWithOwner: string;
  readonly defaultBranch: string | undefined;
  readonly archived: boolean;
  readonly links: RepositoryLinks;
  readonly refs: readonly Ref[];
}

export function createContentReader({ app, requests }: ContentReaderOptions): ContentReader & CommitFinder {
  const nodeIds = new Map<ForgeRepositoryId, string>();
  /** The readme that came with the refs read last. */
  let tip: { repository: ForgeRepositoryId; commit: string; readme: Readme | undefined } | undefined;

  /**
   * The node id that GraphQL needs, from the repository's fact. For a caller that has only the number one request finds it, at the
   * undocumented URL that GitHub's redirects of renamed repositories lead to. Names cannot be used, since they pass to other repositories.
   */
  async function nodeIdOf({ repository, handle }: RepositoryIds): Promise<string> {
    const known = handle ?? nodeIds.get(repository);
    if (known !== undefined) {
      return known;
    }
    const answer = await requests.get('GET /repositories/{id}', { id: repository }, repositoryNodeSchema);
    expectSame(answer.id, repository);
    nodeIds.set(repository, answer.node_id);
    return answer.node_id;
  }

  async function readPrefix(
    repository: ForgeRepositoryId,
    nodeId: string,
    prefix: 'refs/tags/' | 'refs/heads/',
    size: PageSize,
  ): Promise<RefList> {
    let head: Omit<RefList, 'refs'> | undefined;
    const refs = await readList<Ref>({
      what: prefix,
      size,
      key: (ref) => ref.name,
      read: async (count, after) => {
        const readme = prefix === 'refs/heads/' && after === undefined;
        const variables = { repository: nodeId, prefix, size: count, after, readme };
        const { node } = await requests.query(refsQuery, variables);
        expectSame(node.databaseId, repository);
        const target = node.defaultBranchRef?.target;
        if (target) {
          tip = { repository, commit: target.oid, readme: firstReadme([target.r0, target.r1, target.r2]) };
        }
        head = {
          nameWithOwner: node.nameWithOwner,
          defaultBranch: node.defaultBranchRef?.name,
          archived: node.isArchived,
          links: linksOf(node),
        };
        if (node.refs === null && node.isEmpty) {
          return { totalCount: 0, pageInfo: { hasNextPage: false, endCursor: null }, items: [] };
        }
        if (node.refs === null) {
          throw new ForgeError('incomplete', `GitHub returns no ${prefix} for a repository that has some`);
        }
        return node.refs;
      },
    });
    if (head === undefined) {
      throw new ForgeError('incomplete', 'GitHub returned no page of refs');
    }
    return { ...head, refs };
  }

  return {
    async readRefs(ids) {
      const nodeId = await nodeIdOf(ids);
      // One size for both, since commits of branches have the same files as those of tags.
      const size = createPageSize(refsPerPage);
      const tagList = await readPrefix(ids.repository, nodeId, 'refs/tags/', size);
      const {
        refs: heads,
        nameWithOwner,
        ...about
      } = await readPrefix(ids.repository, nodeId, 'refs/heads/', size);
      const repository = { id: ids.repository, nodeId, nameWithOwner };
      const tags = await peelRefs(requests, repository, tagList.refs);
      const branches = await peelRefs(requests, repository, heads);
      const commits = [...tags.refs, ...branches.refs].map(({ commit }) => commit);
      const manifests = await readManifests(requests, repository, commits);
      const withManifest = ({ name, commit }: PeeledRef): ForgeRef => ({
        name,
        commit: commit.oid,
        date: commit.committedDate,
        manifest: undefined,
        ...manifests.get(commit.oid),
      });
      return {
        ...about,
        tags: tags.refs.map(withManifest).sort(lastNameFirst),
        branches: branches.refs.map(withManifest).map(withoutPages),
        unusable: [...unusable('tag', tags), ...unusable('branch', branches)],
      };
    },

    async readReadme(ids, place) {
      if (tip?.repository === ids.repository && tip.commit === place.commit && place.directory === '') {
        return tip.readme;
      }
      return readReadme(requests, { id: ids.repository, nodeId: await nodeIdOf(ids) }, place);
    },

    folders: createFolderReader(requests, nodeIdOf),

    contains: findContainment.bind(undefined, requests, nodeIdOf),

    async readArchive(ids, commit, signal) {
      signal.throwIfAborted();
      const nodeId = await nodeIdOf(ids);
      // Archives are documented by name only, so the name is looked up by id first. If it passes to another repository in between, the
      // commit's hash still identifies the content.
      const { node } = await requests.query(repositoryNameQuery, { repository: nodeId });
      expectSame(node.databaseId, ids.repository);
      const [owner, repo] = node.nameWithOwner.split('/');
      const address = await requests.getLocation(
        'GET /repos/{owner}/{repo}/zipball/{ref}',
        { owner, repo, ref: commit },
        signal,
      );
      return readArchiveStream(app, address, signal);
    },
  };
}

/**
 * The links of a repository. Private ones are cloned by SSH, since that is what people have keys for.
 *
 * Source: composer/composer src/Composer/Repository/Vcs/GitHubDriver.php@2.10.2, `getSource`, `getComposerInformation`
 */
function linksOf({ url, sshUrl, isPrivate, hasIssuesEnabled }: RepositoryHead): RepositoryLinks {
  return {
    source: { type: 'git', url: isPrivate ? sshUrl : `${url}.git` },
    tree: `${url}/tree/{ref}`,
    ...(hasIssuesEnabled ? { issues: `${url}/issues` } : {}),
  };
}

const unusable = (kind: UnusableRef['kind'], refs: PeeledRefs): readonly UnusableRef[] =>
  refs.unusable.map((one) => ({ kind, ...one }));
