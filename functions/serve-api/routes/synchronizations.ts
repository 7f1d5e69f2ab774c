import { z } from 'zod';
import { Id, optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import { connectionNotes } from '../../../shared/console-api/forges.ts';
import { ForgeChoice } from '../../../shared/console-api/organizations.ts';
import {
  Caution,
  CautionChange,
  EndedSynchronization,
  SynchronizationEnd,
  Synchronization as SynchronizationSchema,
} from '../../../shared/console-api/synchronizations.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type SynchronizationId } from '../../../shared/domain/ids.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import { primaryFirst } from '../../../shared/domain/primary.ts';
import type { Synchronization } from '../../../shared/domain/synchronization.ts';
import { findModule } from '../../../shared/forge/modules.ts';
import { addSynchronizationTo } from '../../../shared/organizations/create-organization.ts';
import { disconnectSynchronization } from '../../../shared/organizations/disconnect-synchronization.ts';
import {
  type ImportProgress,
  importProgressOf,
  type OlderVersions,
} from '../../../shared/organizations/import-progress.ts';
import { setArchives } from '../../../shared/organizations/set-archives.ts';
import { changeCaution } from '../../../shared/organizations/set-caution.ts';
import { setPrimary } from '../../../shared/organizations/set-primary.ts';
import { hasViewers, setViewers } from '../../../shared/organizations/set-viewers.ts';
import { isPrimary } from '../../../shared/store/owner-store.ts';
import { synchronizationsOf } from '../../../shared/store/synchronization-store.ts';
import type { Table } from '../../../shared/store/table.ts';
import { rightsAsOf } from '../../../shared/sync/run/suspension.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { checkUnchanged, taggedAs } from '../frame/etag.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const tag = 'Synchronizations';
const path = '/organizations/{slug}/synchronizations';
const params = z.object({ synchronization: Id });
const owners = { tag, access: 'owner', scope: 'synchronizations' } as const;
const dangerous = {
  tag,
  access: 'owner',
  scope: 'danger',
  params,
  isDangerous: true,
  idempotency: 'natural',
} as const;

function stateOf(
  one: Synchronization,
  progress: ImportProgress | undefined,
): 'importing' | 'working' | 'credential-problem' | 'suspended' {
  if (one.rightsSuspendedAt !== undefined) {
    return 'suspended';
  }
  if (one.credentialState !== 'working') {
    return 'credential-problem';
  }
  return progress === undefined ? 'working' : 'importing';
}

export async function shownSynchronization(
  { table, clock }: Pick<ApiDependencies, 'table' | 'clock'>,
  organization: Organization,
  all: readonly Synchronization[],
  one: Synchronization,
) {
  const progress = await importProgressOf(table, one, clock.now());
  return {
    ...{ id: one.id, forge: one.forge, baseUrl: one.baseUrl, login: one.login },
    isPrimary: isPrimary(organization, all, one.id),
    createdAt: timeOf(one.createdAt),
    state: stateOf(one, progress),
    importProgress: progress && { ...progress, older: progress.older && withTime(progress.older) },
    credentialState: one.credentialState,
    rightsAsOf: optionalTimeOf(rightsAsOf(findModule(one.forge)?.traits.scopes ?? [], one)),
    rightsSuspendedAt: optionalTimeOf(one.rightsSuspendedAt),
    repositories: one.choice,
    caution: one.caution,
    storesArchives: one.storesArchives,
    ...(hasViewers(one) && { viewersInstall: one.viewersInstall }),
  };
}

const withTime = ({ unread, until }: OlderVersions) => ({ unread, until: timeOf(until) });

/** @throws CallerError when the organization has no such synchronization */
async function synchronizationIn(table: Table, { id }: Organization, name: string) {
  const all = await synchronizationsOf(table, id);
  const one = all.find((candidate) => candidate.id === name);
  if (one === undefined) {
    throw new CallerError('not-found', 'the organization has no such synchronization');
  }
  return { all, one };
}

const list = defineRoute(
  {
    name: 'listSynchronizations',
    method: 'get',
    path,
    tag,
    summary: 'The code hosts that the organization is kept in step with',
    access: 'member',
    scope: 'read',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(SynchronizationSchema) }),
      description: 'Synchronizations.',
    },
  },
  async (dependencies, { organization }) => {
    const all = await synchronizationsOf(dependencies.table, organization.id);
    return {
      body: {
        items: await Promise.all(
          primaryFirst(organization, all).map((one) =>
            shownSynchronization(dependencies, organization, all, one),
          ),
        ),
      },
    };
  },
);

const read = defineRoute(
  {
    name: 'readSynchronization',
    method: 'get',
    path: `${path}/{synchronization}`,
    tag,
    summary: 'One synchronization',
    access: 'member',
    scope: 'read',
    params,
    answer: { status: 200, schema: SynchronizationSchema, description: 'The synchronization.' },
  },
  async (dependencies, { organization, params: { synchronization: id } }) => {
    const { all, one } = await synchronizationIn(dependencies.table, organization, id);
    return { body: await shownSynchronization(dependencies, organization, all, one) };
  },
);

const add = defineRoute(
  {
    ...owners,
    scope: 'none',
    name: 'addSynchronization',
    method: 'post',
    path,
    summary: 'Keep the organization in step with one that you own on a code host',
    description:
      'The code host is asked whether you own it; the operator is asked nothing. The first synchronization is the primary one: 409 with the names of owners who do not own it there.',
    body: ForgeChoice,
    act: 'add-synchronization',
    isDangerous: false,
    idempotency: 'key',
    answer: {
      status: 201,
      schema: z.object({ id: z.string(), ...connectionNotes }),
      description: 'It is being read for the first time.',
    },
  },
  async (dependencies, { organization, caller, body, accountable }) => {
    const user = caller.kind === 'user' ? caller.user : undefined;
    const who = await accountable();
    const added = await addSynchronizationTo(dependencies, organization, user, body, who);
    return { body: { id: added.synchronization, ...added.notes } };
  },
);

const primary = defineRoute(
  {
    ...dangerous,
    name: 'setPrimarySynchronization',
    method: 'put',
    path: `${path}/{synchronization}/primary`,
    summary: 'Let its owners be the owners here',
    description: '409 with the names of owners who would be locked out.',
    act: 'set-primary',
    answer: { status: 204, description: 'It is the primary one.' },
  },
  async (dependencies, { organization, params: { synchronization: id }, accountable }) => {
    await setPrimary(dependencies, organization, asId<SynchronizationId>(id), await accountable());
    return {};
  },
);

const cautionOf = {
  ...owners,
  path: `${path}/{synchronization}/caution`,
  params,
} as const;

const readCaution = defineRoute(
  {
    ...cautionOf,
    name: 'readCaution',
    method: 'get',
    scope: 'read',
    orScopes: ['synchronizations'],
    summary: 'When removals wait for an owner, and when rights are suspended',
    hasETag: true,
    answer: { status: 200, schema: Caution, description: 'The thresholds, with their ETag.' },
  },
  async (dependencies, { organization, params: { synchronization: id } }) => {
    const { one } = await synchronizationIn(dependencies.table, organization, id);
    return { body: one.caution, headers: taggedAs(one.caution) };
  },
);

const caution = defineRoute(
  {
    ...cautionOf,
    name: 'changeCaution',
    method: 'patch',
    summary: 'Change when removals wait for an owner, and when rights are suspended',
    ifMatch: 'optional',
    body: CautionChange,
    act: 'set-caution',
    isDangerous: false,
    idempotency: 'natural',
    answer: { status: 200, schema: Caution, description: 'The thresholds as they are now.' },
  },
  async (dependencies, { organization, params: { synchronization: id }, headers, body, accountable }) => {
    const { one } = await synchronizationIn(dependencies.table, organization, id);
    checkUnchanged(headers, one.caution);
    const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const changed = await changeCaution(dependencies, one, changes, await accountable());
    return { body: changed, headers: taggedAs(changed) };
  },
);

const viewers = defineRoute(
  {
    ...dangerous,
    name: 'setViewers',
    method: 'put',
    path: `${path}/{synchronization}/viewers`,
    summary: 'Let people who may view code there, but not download it, install packages',
    description:
      'Off unless an owner turns it on: such a role shows code in the browser, and the code host lets nobody download it. It counts where it was given, to a team or to a repository, and below, but not through teams that are invited. 422 where the code host has no such roles. Everything is read anew with it; a preview shows what that changes.',
    body: z.strictObject({ install: z.boolean() }),
    act: 'set-viewers',
    answer: { status: 204, description: 'It is set, and everything is being read.' },
  },
  async (dependencies, { organization, params: { synchronization: id }, body, accountable }) => {
    const { one } = await synchronizationIn(dependencies.table, organization, id);
    await setViewers(dependencies, one, body.install, await accountable());
    return {};
  },
);

const archives = defineRoute(
  {
    ...owners,
    params,
    name: 'setArchives',
    method: 'put',
    path: `${path}/{synchronization}/archives`,
    summary: 'Store archives of stable versions before anybody asks for them, or not',
    description:
      "On unless an owner turns it off. The highest versions come first, with what everything else leaves of the code host's limits. What is stored stays.",
    body: z.strictObject({ store: z.boolean() }),
    act: 'set-archives',
    isDangerous: false,
    idempotency: 'natural',
    answer: { status: 204, description: 'It is set.' },
  },
  async (dependencies, { organization, params: { synchronization: id }, body, accountable }) => {
    const { one } = await synchronizationIn(dependencies.table, organization, id);
    await setArchives(dependencies, one, body.store, await accountable());
    return {};
  },
);

const end = defineRoute(
  {
    ...dangerous,
    name: 'endSynchronization',
    method: 'delete',
    path: `${path}/{synchronization}`,
    summary: 'Disconnect a code host',
    description:
      'Without `confirm` it changes nothing and says what it would do. The primary one of several has to be replaced first, unless the operator asks. After the last one all who owned the organization by it go on owning it.',
    body: SynchronizationEnd,
    act: 'delete-synchronization',
    repeated: 404,
    answer: { status: 200, schema: EndedSynchronization, description: 'What is done, or would be.' },
  },
  async (dependencies, { organization, caller, params: { synchronization: id }, body, accountable }) => {
    const { one } = await synchronizationIn(dependencies.table, organization, id);
    const { packages, members, confirm, why } = body;
    const ended = await disconnectSynchronization(dependencies, organization, one, {
      ...{ packages, members },
      isOperator: caller.kind === 'operator',
      ...(await accountable(why)),
      ...(confirm === undefined ? {} : { confirm }),
    });
    const { done, login, teamTokens, members: kept } = ended;
    const [deleted, owners, endingOwners] = [[...ended.packages], [...ended.owners], [...ended.endingOwners]];
    return { body: { done, login, teamTokens, packages: deleted, owners, endingOwners, members: kept } };
  },
);

export const synchronizationRoutes: readonly Route[] = [
  list,
  read,
  add,
  primary,
  readCaution,
  caution,
  viewers,
  archives,
  end,
];
