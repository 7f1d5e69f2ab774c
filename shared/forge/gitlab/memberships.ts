/** Reads the direct members of groups and projects: of many at once by GraphQL where that works, else of each by REST. */
import { z } from 'zod';
import type { ForgeRepositoryId, ForgeTeamId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import { expectSame } from '../http.ts';
import type { ListReading, UncountedPage } from '../pages.ts';
import type { Reading } from '../reading.ts';
import { viewingLevels } from './levels.ts';
import { type Membership, unended } from './organization.ts';
import { type MembersQueries, membersQueries } from './queries.ts';
import type { Requests } from './requests.ts';
import {
  type Member,
  type MembershipPage,
  memberSchema,
  membershipPage,
  type Pending,
  pendingSchema,
} from './schema.ts';

/** The group whose hierarchy is read. */
export interface Top {
  readonly id: ForgeTeamId;
  readonly path: string;
}

type Kind = 'groups' | 'projects';
type Owner = ForgeTeamId | ForgeRepositoryId;

const groupsPerPage = 50;
const projectsPerPage = 100;

/** Any other state is no access: https://docs.gitlab.com/administration/moderate_users/ */
const isActive = (state: string): boolean => state === 'active';

/**
 * The memberships that count: those of active accounts, which wait for nothing.
 *
 * @param viewers whether custom roles that view code count
 */
export const membershipsOf = (
  members: readonly Member[],
  now: number,
  viewers: boolean,
): readonly Membership[] =>
  unended(
    members
      .filter(({ state, membership_state: waits = 'active' }) => isActive(state) && isActive(waits))
      .map(({ id, username, access_level: level, expires_at: expiresAt, member_role: role }) => ({
        ...{ account: id, login: username, level, expiresAt: expiresAt ?? undefined },
        ...(viewers && role?.read_code === true && viewingLevels.has(level) && { views: true }),
      })),
    now,
  );

/** The list of direct members of one group or project. */
export const directMembers = (requests: Requests, kind: Kind, id: Owner): ListReading<Member> =>
  requests.list(`members of ${kind}`, { route: `/${kind}/:id/members`, path: { id } }, memberSchema);

/**
 * The members of a group that is not ours, which we may be unable to see.
 *
 * @returns undefined when GitLab does not show the group
 */
export async function unlessHidden<Value>(read: Promise<Value>): Promise<Value | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ForgeError && (error.code === 'not-found' || error.code === 'insufficient-scope')) {
      return undefined;
    }
    throw error;
  }
}

/** The list, or an empty one where GitLab does not show it. Its reading goes on from there in the next step. */
export const orEmpty = <Item>(list: ListReading<Item>, hidden: readonly Item[] = []): ListReading<Item> => ({
  ...list,
  read: async (size, after) =>
    (await unlessHidden(list.read(size, after))) ?? {
      pageInfo: { hasNextPage: false, endCursor: null },
      items: hidden,
    },
});

/** Many owners' members as one page of GraphQL gives them. `failed` ends the list: GraphQL does not work here. */
const ownerSchema = z.object({ id: z.string(), members: membershipPage, failed: z.literal(true).optional() });
type OwnerMembers = z.infer<typeof ownerSchema>;

const noMembers: MembershipPage = { pageInfo: { hasNextPage: false }, nodes: [] };
const failure: UncountedPage<OwnerMembers> = {
  pageInfo: { hasNextPage: false, endCursor: null },
  items: [{ id: '0', members: noMembers, failed: true }],
};

/** What each query leads to: the members of a page of owners. */
const pages = {
  async groups(requests: Requests, queries: MembersQueries, top: Top, size: number, after?: string) {
    const { group } = await requests.query(queries.groups, { path: top.path, size, after });
    expectSame(group.id, top.id);
    const { pageInfo, nodes } = group.descendantGroups;
    const own = after === undefined ? [{ id: group.id, members: group.groupMembers }] : [];
    return { pageInfo, items: [...own, ...nodes.map(({ id, groupMembers: members }) => ({ id, members }))] };
  },
  async projects(requests: Requests, queries: MembersQueries, top: Top, size: number, after?: string) {
    const { group } = await requests.query(queries.projects, { path: top.path, size, after });
    expectSame(group.id, top.id);
    const { pageInfo, nodes } = group.projects;
    return { pageInfo, items: nodes.map(({ id, projectMembers: members }) => ({ id, members })) };
  },
} as const;

/**
 * The members of all groups or projects of the hierarchy, as far as GraphQL shows them.
 *
 * @returns by the owner's id; those that are left out have to be read by REST. undefined: GraphQL does not show them
 */
async function readMany(
  requests: Requests,
  reading: Reading,
  top: Top,
  kind: Kind,
  queries: MembersQueries,
): Promise<ReadonlyMap<string, MembershipPage> | undefined> {
  const owners = await reading.list<OwnerMembers>(`members of all ${kind}`, ownerSchema, {
    what: `members of all ${kind}`,
    size: reading.size(kind, kind === 'groups' ? groupsPerPage : projectsPerPage),
    key: ({ id }) => id,
    read: (size, after) =>
      pages[kind](requests, queries, top, size, after).catch((error: unknown) => {
        // An older version lacks a field, or shows less than REST. What passes is not taken for that.
        if (error instanceof ForgeError && /^(incomplete|unexpected|gone)$/.test(error.code)) {
          return failure;
        }
        throw error;
      }),
  });
  return owners.some(({ failed }) => failed)
    ? undefined
    : new Map(
        owners.filter(({ members }) => !members.pageInfo.hasNextPage).map(({ id, members }) => [id, members]),
      );
}

const notTold: Pending = { id: '0' };

/** Reads a list once for all scopes of a run that need it within moments. */
export type Once = <Item>(name: string, read: () => Promise<readonly Item[]>) => Promise<readonly Item[]>;

interface MembersContext {
  readonly requests: Requests;
  readonly once: Once;
}

/**
 * Who waits for a seat or an approval somewhere in the hierarchy. GraphQL lists their memberships like all others, and this list has only one of
 * each person: gitlabhq: ee/app/models/ee/member.rb, `distinct_awaiting_or_invited_for_group`. So it does not say which of them wait.
 *
 * @returns usernames; undefined when GitLab does not tell, so that GraphQL must not be used
 */
async function readPending(
  { requests, once }: MembersContext,
  reading: Reading,
  top: Top,
  isEnterprise: boolean,
): Promise<ReadonlySet<string> | undefined> {
  if (!isEnterprise) {
    return new Set();
  }
  const route = { route: '/groups/:id/pending_members', path: { id: top.id } };
  const list = requests.list('pending members', route, pendingSchema);
  const pending = await once('pending members', () =>
    reading.list('pending members', pendingSchema, orEmpty(list, [notTold])),
  );
  return pending.some(({ id }) => id === notTold.id)
    ? undefined
    : new Set(pending.flatMap(({ username }) => username ?? []));
}

export interface MembersWanted<Id extends Owner> {
  readonly kind: Kind;
  readonly ids: readonly Id[];
  /** Whether it is the Enterprise Edition, in which memberships may wait for something. */
  readonly isEnterprise: boolean;
  /** Whether custom roles that view code count. */
  readonly viewersInstall: boolean;
  readonly now: number;
  /** Those that need not be read where each costs a request of its own. */
  readonly spared?: () => Promise<ReadonlySet<Id>>;
}

/** The list of direct members. */
export interface DirectMembers {
  /** Those that count. */
  readonly members: readonly Membership[];
  /** Whether nobody is in it, nor anybody who counts for nothing now. */
  readonly isEmpty: boolean;
  /** Whether it was checked against a total. */
  readonly isCounted: boolean;
}

/** The direct members of the groups or projects of the hierarchy with these ids, but for those that are spared. */
export async function readMembers<Id extends Owner>(
  context: MembersContext,
  reading: Reading,
  top: Top,
  { kind, ids, isEnterprise, viewersInstall, now, spared }: MembersWanted<Id>,
): Promise<ReadonlyMap<Id, DirectMembers>> {
  const { requests } = context;
  const pending = await readPending(context, reading, top, isEnterprise);
  const many = pending && (await readMany(requests, reading, top, kind, membersQueries(viewersInstall)));
  const left = many === undefined ? await spared?.() : undefined;
  const found = new Map<Id, DirectMembers>();
  for (const id of ids.filter((one) => left?.has(one) !== true)) {
    const page = many?.get(id);
    // What a custom role allows is only in the list by REST.
    const isClear = page?.nodes.every(
      ({ user, memberRole = null }) =>
        user === null || (pending?.has(user.username) === false && memberRole === null),
    );
    const rows = page !== undefined && isClear === true ? page : undefined;
    const members =
      rows === undefined
        ? await reading.list(`members of ${kind} ${id}`, memberSchema, directMembers(requests, kind, id))
        : fromGraphql(rows);
    found.set(id, {
      members: membershipsOf(members, now, viewersInstall),
      isEmpty: (rows?.nodes ?? members).length === 0,
      isCounted: rows === undefined,
    });
  }
  return found;
}

const fromGraphql = ({ nodes }: MembershipPage): readonly Member[] =>
  nodes.flatMap(({ accessLevel, expiresAt, user }) =>
    user === null ? [] : { ...user, access_level: accessLevel.integerValue, expires_at: expiresAt },
  );
