import { branchesOf, tagsOf } from '../../git/resolve.ts';
import type { Repository } from '../state.ts';
import { type FoundRef, findRef, refShape } from './commit-shapes.ts';
import { type Context, type Route, repositoryAt } from './context.ts';
import { notFound } from './http.ts';
import { listPage, single } from './paging.ts';
import { shapingOf } from './shapes.ts';

type Kind = FoundRef['type'];

const namesOf = (context: Context, repository: Repository, kind: Kind) =>
  (kind === 'branch' ? branchesOf : tagsOf)(context.refs(repository)).map((ref) => ({ ref, kind }));

/** In the order of their names, branches first; sorting by name counts numbers. */
async function listRefs(context: Context, kinds: readonly Kind[]) {
  const repository = repositoryAt(context);
  const { objects } = context.services;
  const { searchParams } = context.url;
  const names = kinds.flatMap((kind) => namesOf(context, repository, kind));
  const shape = async ({ ref, kind }: (typeof names)[number]) => {
    const found = await findRef(objects, repository, ref, kind);
    return found && refShape(shapingOf(context), repository, found);
  };
  const options = { isFiltered: true, natural: 'name', shape };
  if (!searchParams.has('q') && !searchParams.has('sort')) return listPage(context, names, options);
  const found = await Promise.all(
    names.map(async (each) => ({ each, found: await findRef(objects, repository, each.ref, each.kind) })),
  );
  const withCommits = found.flatMap(({ each, found: ref }) => (ref === undefined ? [] : [each]));
  return listPage(context, withCommits, options);
}

async function showRef(context: Context, kind: Kind) {
  const repository = repositoryAt(context);
  const named = namesOf(context, repository, kind).find(({ ref }) => ref.name === context.params.name);
  const found = named && (await findRef(context.services.objects, repository, named.ref, kind));
  if (found === undefined) throw notFound(`${kind === 'branch' ? 'Branch' : 'Tag'} not found`);
  return single(context, refShape(shapingOf(context), repository, found));
}

const base = '/2.0/repositories/{workspace}/{repository}/refs';
const reads = { scopes: ['repository'], apiScopes: ['read:repository:bitbucket'], open: true } as const;

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-refs/ */
export const refRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', pattern: base, ...reads },
    handle: (context) => listRefs(context, ['branch', 'tag']),
  },
  {
    ...{ method: 'GET', pattern: `${base}/branches`, ...reads },
    handle: (context) => listRefs(context, ['branch']),
  },
  {
    ...{ method: 'GET', pattern: `${base}/tags`, ...reads },
    handle: (context) => listRefs(context, ['tag']),
  },
  {
    ...{ method: 'GET', pattern: `${base}/branches/{+name}`, ...reads },
    handle: (context) => showRef(context, 'branch'),
  },
  {
    ...{ method: 'GET', pattern: `${base}/tags/{+name}`, ...reads },
    handle: (context) => showRef(context, 'tag'),
  },
];
