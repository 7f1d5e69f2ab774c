/** What we take from the payloads of GitHub's deliveries. */
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
const takenBack = z.object({ repositories_removed: z.array(z.object({ id: repositoryId })) });
const edited = z.object({ changes: z.record(z.string(), z.unknown()) });

/** How one kind of event becomes hints, or removals, by what its payload holds. */
export type PayloadExtractor<What> = (payload: unknown) => readonly What[];

const look = (scope: AnyScope, id?: string): Hint => ({ look: 'scope', scope, handle: id });

export const whole =
  (...scopes: readonly ('settings' | 'members' | 'teams' | 'repositories')[]): PayloadExtractor<Hint> =>
  () =>
    scopes.map((scope) => look(scope));

/** The part that the payload names; its whole list where it does not. */
export const aTeam: PayloadExtractor<Hint> = (payload) => {
  const named = team.safeParse(payload).data?.team;
  return [named === undefined ? look('teams') : look(teamPart(named.id), named.node_id)];
};

export const aRepository: PayloadExtractor<Hint> = (payload) => {
  const named = repository.safeParse(payload).data?.repository;
  return [named === undefined ? look('repositories') : look(repositoryPart(named.id), named.node_id)];
};

export const aMember: PayloadExtractor<Hint> = (payload) => {
  const named = membership.safeParse(payload).data?.membership;
  return [look(named === undefined ? 'members' : memberPart(named.user.id))];
};

/** @throws ZodError when the payload names no repository: nothing else would stand for its contents */
export const content: PayloadExtractor<Hint> = (payload) => [
  { look: 'repository-content', repository: repository.parse(payload).repository.id },
];

/** Of what was edited only the default branch says which versions there are; where the payload does not tell, it may have been that. */
export const contentOfNewDefault: PayloadExtractor<Hint> = (payload) => {
  const changes = edited.safeParse(payload).data?.changes;
  return changes === undefined || 'default_branch' in changes ? content(payload) : [];
};

export const both =
  (...rules: readonly PayloadExtractor<Hint>[]): PayloadExtractor<Hint> =>
  (payload) =>
    rules.flatMap((rule) => rule(payload));

const gone = (key: string): Removal => ({ key, expect: 'gone' });

/** What has come is named as what is gone would be. */
export const come =
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
  (takenBack.safeParse(payload).data?.repositories_removed ?? []).map(({ id }) =>
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

/** @throws ZodError when the payload does not say whose the installation is */
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
