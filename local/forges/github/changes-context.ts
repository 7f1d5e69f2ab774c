import { z } from 'zod';
import { ChangeError, changesOf } from '../control/change.ts';
import { findOrganization, findRepository, findUser } from './api/rights.ts';
import type { Pushes } from './git-push.ts';
import type { Payloads } from './payloads.ts';
import type { GitHubState, Organization, Repository, Team, User } from './state.ts';
import type { GitHubEvent } from './webhooks.ts';

/** What changes work with. */
export interface ChangeContext {
  readonly state: GitHubState;
  readonly payloads: Payloads;
  readonly pushes: Pushes;
  /** Folder of the bare repositories. */
  readonly gitRoot: string;
  readonly now: () => number;
  readonly emit: (event: GitHubEvent) => void;
  /** Ends the app's tokens of a person. */
  readonly endGrants: (userId: number) => void;
}

/** Defines a change. `as` names who makes it: by default an owner of the organization. */
export const defineChange = changesOf<ChangeContext>();

/** The organization's login; by default that of the first one. */
export const organizationField = { organization: z.string().exactOptional() };
export const permissionField = z.enum(['pull', 'triage', 'push', 'maintain', 'admin']);

export function resolveOrganization({ state }: ChangeContext, login: string | undefined): Organization {
  const logins = [...state.organizations.values()].map((organization) => organization.login);
  const organization = findOrganization(state, login ?? logins[0] ?? '');
  if (organization === undefined) {
    throw new ChangeError(`there is no organization "${login}"; there are: ${some(logins)}`);
  }
  return organization;
}

export function resolveUser({ state }: ChangeContext, login: string): User {
  const user = findUser(state, login);
  if (user === undefined) {
    const logins = [...state.users.values()].map((other) => other.login);
    throw new ChangeError(`there is no user "${login}"; there are: ${some(logins)}`);
  }
  return user;
}

/** Finds a team by slug or name. */
export function resolveTeam(context: ChangeContext, organization: Organization, name: string): Team {
  const teams = [...context.state.teams.values()].filter((team) => team.organizationId === organization.id);
  const team =
    teams.find(({ slug }) => slug === name.toLowerCase()) ?? teams.find((other) => other.name === name);
  if (team === undefined) {
    throw new ChangeError(
      `there is no team "${name}" in ${organization.login}; there are: ${some(teams.map(({ slug }) => slug))}`,
    );
  }
  return team;
}

/** Finds a repository by full name, or by name alone if only one organization has it. */
export function resolveRepository({ state }: ChangeContext, name: string): Repository {
  const named = name.includes('/')
    ? [findRepository(state, name)].flatMap((found) =>
        found === undefined || found.former ? [] : [found.repository],
      )
    : [...state.repositories.values()].filter(
        (repository) => repository.name.toLowerCase() === name.toLowerCase(),
      );
  const [repository, ...others] = named;
  if (others.length > 0)
    throw new ChangeError(`several organizations have a repository "${name}"; give the full name`);
  if (repository === undefined) {
    const names = [...state.repositories.values()].map((other) => other.name);
    throw new ChangeError(`there is no repository "${name}"; there are: ${some(names)}`);
  }
  return repository;
}

/** Who makes the change. @param login - undefined means the first owner of the organization. */
export function resolveActor(
  context: ChangeContext,
  organization: Organization,
  login: string | undefined,
): User {
  if (login !== undefined) return resolveUser(context, login);
  const [owner] = [...organization.members].filter(([, { role }]) => role === 'admin');
  const user = owner && context.state.users.get(owner[0]);
  if (user === undefined)
    throw new ChangeError(`${organization.login} has no owner; say who does it with "as"`);
  return user;
}

export function organizationOf(
  { state }: ChangeContext,
  { organizationId }: { organizationId: number },
): Organization {
  const organization = state.organizations.get(organizationId);
  if (organization === undefined)
    throw new ChangeError(`there is no organization with the id ${organizationId}`);
  return organization;
}

export function requireFreeName({ state }: ChangeContext, organizationId: number, name: string): void {
  const taken = [...state.repositories.values()].some(
    (other) => other.organizationId === organizationId && other.name.toLowerCase() === name.toLowerCase(),
  );
  if (taken) throw new ChangeError(`there is a repository "${name}" already`);
}

function some(names: readonly string[]): string {
  return names.length > 20 ? `${names.slice(0, 20).join(', ')}, ...` : names.join(', ') || 'none';
}
