import { z } from 'zod';
import { optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import {
  NewVcsRepository,
  VcsHook,
  VcsHookRequest,
  VcsRepository,
  VcsRepositoryChange,
  VcsRepositoryId,
} from '../../../shared/console-api/vcs.ts';
import { asPrincipal } from '../../../shared/domain/ids.ts';
import { repositoryKey } from '../../../shared/domain/repository-key.ts';
import { vcsSynchronization } from '../../../shared/domain/vcs-repository.ts';
import {
  type DescribedVcsRepository,
  describeVcs,
  listVcs,
  vcsRepositoryCalled,
} from '../../../shared/organizations/describe-vcs-repositories.ts';
import { reasonsOf } from '../../../shared/organizations/list-repositories.ts';
import { pushPath, renewHook } from '../../../shared/organizations/vcs-hooks.ts';
import {
  addRepository,
  changeRepository,
  type GivenCredential,
  removeRepository,
} from '../../../shared/organizations/vcs-repositories.ts';
import { Secret } from '../../../shared/runtime/secret.ts';
import { monitoredAt } from '../frame/base-path.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = { tag: 'Repositories at a URL', access: 'owner' } as const;
const path = '/organizations/{slug}/vcs-repositories';
const params = z.object({ id: VcsRepositoryId });

/** @param consoleBaseUrl where its server finds us */
function shown(
  { consoleBaseUrl }: Pick<ApiDependencies, 'consoleBaseUrl'>,
  { stored, listed, teams, state, nextReadAt }: DescribedVcsRepository,
) {
  const { scan } = listed;
  const failure = scan?.lastFailure;
  return {
    id: repositoryKey(listed),
    name: listed.fact.fullName,
    ...{ url: stored.url, kind: stored.kind, credential: stored.credentialKind, publicKey: stored.publicKey },
    hostKey: stored.hostKey?.fingerprint,
    offeredHostKey: stored.offeredHostKey?.fingerprint,
    ...{ layout: stored.layout, allowsPrivate: stored.allowsPrivate, allowsHttp: stored.allowsHttp },
    readers: { everyone: stored.readers.everyone, teams: teams.map(({ id, name }) => ({ id, name })) },
    state,
    lastReadAt: optionalTimeOf(scan?.lastScannedAt),
    nextReadAt: optionalTimeOf(nextReadAt),
    lastFailure: failure && { ...failure, at: timeOf(failure.at) },
    hook:
      stored.hookSource === undefined
        ? undefined
        : {
            url: `${consoleBaseUrl}${pushPath(stored.hookSource)}`,
            pushedAt: optionalTimeOf(stored.pushedAt),
          },
    packages: [...listed.packages],
    reason: reasonsOf(listed)[0]?.reason,
    waiting: (scan?.waiting ?? []).map(({ name, reason }) => ({ name, reason })),
  };
}

/** What the use cases need beside what every route has. */
const vcsOf = ({ vcs, ...dependencies }: ApiDependencies) => ({ ...dependencies, ...vcs });

const readersOf = ({ everyone, teams }: z.output<typeof NewVcsRepository>['readers']) => ({
  everyone,
  teams: [...new Set(teams)].map(asPrincipal),
});

function credentialOf(given: z.output<typeof NewVcsRepository>['credential']): GivenCredential {
  switch (given.kind) {
    case 'basic':
      return { ...given, password: new Secret(given.password) };
    case 'token-header':
      return { ...given, value: new Secret(given.value) };
    case 'client-certificate':
      return { ...given, key: new Secret(given.key) };
    default:
      return given;
  }
}

const list = defineRoute(
  {
    ...common,
    name: 'listVcsRepositories',
    method: 'get',
    path,
    scope: 'read',
    summary: 'Repositories that are on no code host',
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(VcsRepository), description: 'A page of repositories.' },
  },
  async (dependencies, { organization, query }) => {
    const paged = { route: 'listVcsRepositories', filter: [organization.id] };
    const page = { limit: limitOf(query), after: placeOf(paged, query.cursor) };
    const { repositories, next } = await listVcs(dependencies.table, organization, page);
    return {
      body: { items: repositories.map((one) => shown(dependencies, one)), next: cursorFor(paged, next) },
    };
  },
);

const read = defineRoute(
  {
    ...common,
    name: 'readVcsRepository',
    method: 'get',
    path: `${path}/{id}`,
    scope: 'read',
    orScopes: ['settings'],
    summary: 'One repository at a URL, and how far its reading is',
    params,
    answer: { status: 200, schema: VcsRepository, description: 'The repository.' },
  },
  async (dependencies, { organization, params: { id } }) => ({
    body: shown(dependencies, await describeVcs(dependencies.table, organization, id)),
  }),
);

const add = defineRoute(
  {
    ...common,
    name: 'addVcsRepository',
    method: 'post',
    path,
    scope: 'settings',
    isDangerous: true,
    summary: 'Add a repository at a URL',
    description:
      'It is read at once; `state` and `lastFailure` at its `Location` say how that went. With a key that is made here it is not read yet: give `publicKey` to its server first, and have the repository scanned. 409 where this installation has no worker for such repositories, or the repository is there already.',
    problems: [409],
    body: NewVcsRepository,
    act: 'add-repository',
    idempotency: 'key',
    answer: { status: 202, schema: VcsRepository, description: 'The repository, which is being read.' },
  },
  async (dependencies, { organization, body, caller, accountable }) => {
    const { credential, readers, allowsPrivate = false, allowsHttp = false, ...place } = body;
    const { repository } = await addRepository(
      vcsOf(dependencies),
      organization,
      {
        ...{ ...place, allowsPrivate, allowsHttp },
        // Owners of an organization need not be those of the machine.
        allowsFile: dependencies.vcs.readsFolders && caller.kind === 'operator',
        ...{ credential: credentialOf(credential), readers: readersOf(readers) },
      },
      await accountable(),
    );
    const id = repositoryKey({ synchronization: vcsSynchronization(organization.id), repository });
    return {
      body: shown(dependencies, await describeVcs(dependencies.table, organization, id)),
      headers: monitoredAt(`/organizations/${organization.slug}/vcs-repositories/${id}`),
    };
  },
);

const change = defineRoute(
  {
    ...common,
    name: 'changeVcsRepository',
    method: 'patch',
    path: `${path}/{id}`,
    scope: 'settings',
    isDangerous: true,
    summary: 'Change who may install from a repository at a URL, and what it is read with',
    description:
      'Another credential is used from then on, and the repository is read at once. 409 where the server did not show the key that is to be accepted.',
    problems: [409],
    params,
    body: VcsRepositoryChange,
    act: 'change-repository',
    idempotency: 'natural',
    answer: { status: 200, schema: VcsRepository, description: 'The repository as it is now.' },
  },
  async (dependencies, { organization, params: { id }, body, accountable }) => {
    const { table } = dependencies;
    const { credential, readers, ...rest } = body;
    const wanted = {
      ...rest,
      credential: credential && credentialOf(credential),
      readers: readers && readersOf(readers),
    };
    const before = await vcsRepositoryCalled(table, organization, id);
    await changeRepository(vcsOf(dependencies), organization, before, wanted, await accountable());
    return { body: shown(dependencies, await describeVcs(table, organization, id)) };
  },
);

const remove = defineRoute(
  {
    ...common,
    name: 'removeVcsRepository',
    method: 'delete',
    path: `${path}/{id}`,
    scope: 'danger',
    isDangerous: true,
    summary: 'Remove a repository at a URL',
    description:
      'Its credential is deleted. Nobody installs its packages any more; they are kept for 90 days.',
    params,
    act: 'remove-repository',
    idempotency: 'natural',
    repeated: 404,
    answer: { status: 204, description: 'The repository is removed.' },
  },
  async (dependencies, { organization, params: { id }, accountable }) => {
    const { table } = dependencies;
    const found = await vcsRepositoryCalled(table, organization, id);
    await removeRepository(vcsOf(dependencies), organization, found, await accountable());
    return {};
  },
);

const renew = defineRoute(
  {
    ...common,
    name: 'renewVcsHook',
    method: 'post',
    path: `${path}/{id}/hook`,
    scope: 'settings',
    isDangerous: true,
    summary: 'Make the hook of a repository at a URL, or renew its secret',
    description:
      'Its server tells of pushes there, and the repository is read at once. The secret before is accepted for a day.',
    problems: [409],
    params,
    body: VcsHookRequest,
    act: 'renew-push-hook',
    idempotency: 'key',
    answer: { status: 201, schema: VcsHook, description: 'The hook, with its secret.' },
  },
  async (dependencies, { organization, params: { id }, body: { why }, accountable }) => {
    const before = await vcsRepositoryCalled(dependencies.table, organization, id);
    const { source, secret } = await renewHook(dependencies, organization, before, await accountable(why));
    return {
      body: { url: `${dependencies.consoleBaseUrl}${pushPath(source)}`, secret: secret.reveal() },
    };
  },
);

export const vcsRepositoryRoutes: readonly Route[] = [list, read, add, change, remove, renew];
