/** Extracts hints, removals and arrivals from the payloads of GitHub's deliveries. */
import { z } from 'zod';
import { factKey } from '../../domain/facts.ts';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import { type AnyScope, mainKeyOf, memberPart, repositoryPart, teamPart } from '../../domain/scopes.ts';
import type { Arrival, Hint, Removal } from '../forge.ts';
import { accountId, organizationId, repositoryId, teamId } from './schema.ts';

const nodeId = z.string().min(1).optional().catch(undefined);
const team = z.object({ team: z.object({ id: teamId, node_id: nodeId }) });
const repository = z.object({ repository: z.object({ id: repositoryId, node_id: nodeId }) });
const person = z.object({ member: z.object({ id: accountId }) });
const membership = z.object({ membership: z.object({ user: z.object({ id: accountId }) }) });
const removedRepositories = z.object({ repositories_removed: z.array(z.object({ id: repositoryId })) });
const edited = z.object({ changes: z.record(z.string(), z.unknown()) });

/** Extracts hints, removals or arrivals from the payload of one kind of event. */
export type PayloadExtractor<What> = (payload: unknown) => readonly What[];

const scopeHint = (scope: AnyScope, id?: string): Hint => ({ look: 'scope', scope, handle: id });

export const whole =
  (...scopes: readonly ('settings' | 'members' | 'teams' | 'repositories')[]): PayloadExtractor<Hint> =>
  () =>
    scopes.map((scope) => scopeHint(scope));

/** The part that the payload names, or its whole list if it names none. */
export const teamHint: PayloadExtractor<Hint> = (payload) => {
  const named = team.safeParse(payload).data?.team;
  return [named === undefined ? scopeHint('teams') : scopeHint(teamPart(named.id), named.node_id)];
};

export const repositoryHint: PayloadExtractor<Hint> = (payload) => {
  const named = repository.safeParse(payload).data?.repository;
  return [
    named === undefined ? scopeHint('repositories') : scopeHint(repositoryPart(named.id), named.node_id),
  ];
};

export const memberHint: PayloadExtractor<Hint> = (payload) => {
  const named = membership.safeParse(payload).data?.membership;
  return [scopeHint(named === undefined ? 'members' : memberPart(named.user.id))];
};

/** @throws ZodError when the payload names no repository: there is no larger scope for contents */
export const content: PayloadExtractor<Hint> = (payload) => [
  { look: 'repository-content', repository: repository.parse(payload).repository.id },
];

/** Requests a scan if the default branch was edited, which affects versions, or if the payload does not say what was edited. */
export const contentOfNewDefault: PayloadExtractor<Hint> = (payload) => {
  const changes = edited.safeParse(payload).data?.changes;
  return changes === undefined || 'default_branch' in changes ? content(payload) : [];
};

export const both =
  (...rules: readonly PayloadExtractor<Hint>[]): PayloadExtractor<Hint> =>
  (payload) =>
    rules.flatMap((rule) => rule(payload));

const gone = (key: string): Removal => ({ key, expect: 'gone' });

/** The arrival of a fact, extracted like its removal. */
export const arrivalOf =
  (named: PayloadExtractor<Removal>): PayloadExtractor<Arrival> =>
  (payload) =>
    named(payload).map(({ key }) => ({ key, expect: 'there' }));

export const teamGone: PayloadExtractor<Removal> = (payload) => {
  const named = team.safeParse(payload).data?.team;
  return named === undefined ? [] : [gone(mainKeyOf(teamPart(named.id)))];
};

export const repositoryGone: PayloadExtractor<Removal> = (payload) => {
  const named = repository.safeParse(payload).data?.repository;
  return named === undefined ? [] : [gone(mainKeyOf(repositoryPart(named.id)))];
};

export const repositoryDeleted: PayloadExtractor<ForgeRepositoryId> = (payload) => {
  const named = repository.safeParse(payload).data?.repository;
  return named === undefined ? [] : [named.id];
};

export const repositoriesGone: PayloadExtractor<Removal> = (payload) =>
  (removedRepositories.safeParse(payload).data?.repositories_removed ?? []).map(({ id }) =>
    gone(mainKeyOf(repositoryPart(id))),
  );

export const repositoryHidden: PayloadExtractor<Removal> = (payload) =>
  repositoryGone(payload).map(({ key }) => ({ key, expect: 'not-public' }));

export const repositoryShown: PayloadExtractor<Arrival> = (payload) =>
  repositoryGone(payload).map(({ key }) => ({ key, expect: 'public' }));

export const memberGone: PayloadExtractor<Removal> = (payload) => {
  const named = membership.safeParse(payload).data?.membership;
  return named === undefined ? [] : [gone(mainKeyOf(memberPart(named.user.id)))];
};

export const teamMemberGone: PayloadExtractor<Removal> = (payload) => {
  const named = team.extend(person.shape).safeParse(payload).data;
  return named === undefined
    ? []
    : [gone(factKey({ kind: 'team-member', team: named.team.id, account: named.member.id, login: '' }))];
};

export const teamRepositoryGone: PayloadExtractor<Removal> = (payload) => {
  const named = team.extend(repository.shape).safeParse(payload).data;
  if (named === undefined) {
    return [];
  }
  const { id } = named.team;
  const fact = { team: id, repository: named.repository.id, permission: '', via: id };
  return [gone(factKey({ kind: 'team-repository', ...fact }))];
};

export const collaboratorGone: PayloadExtractor<Removal> = (payload) => {
  const named = repository.extend(person.shape).safeParse(payload).data;
  if (named === undefined) {
    return [];
  }
  const fact = { repository: named.repository.id, account: named.member.id, login: '', permission: '' };
  return [gone(factKey({ kind: 'collaborator', ...fact }))];
};

const account = z.object({
  installation: z.object({ account: z.object({ type: z.string().optional() }) }),
});
const installed = z.object({
  installation: z.object({
    suspended_at: z.union([z.string(), z.number()]).nullish(),
    account: z.object({ id: organizationId, login: z.string().min(1) }),
  }),
});

/** @throws ZodError when the payload does not say whom the installation belongs to */
export const installation =
  (action: 'created' | 'changed' | 'removed'): PayloadExtractor<Hint> =>
  (payload) => {
    if (account.parse(payload).installation.account.type !== 'Organization') {
      return [];
    }
    const { account: whose, suspended_at } = installed.parse(payload).installation;
    const suspended = suspended_at !== undefined && suspended_at !== null;
    return [{ look: 'installation', action, organization: { id: whose.id, login: whose.login, suspended } }];
  };
