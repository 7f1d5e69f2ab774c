import { z } from 'zod';
import type { GitHubSimulator } from '../forges/github/simulator.ts';
import type { Organization as SimulatedOrganization } from '../forges/github/state.ts';
import { type ApiAddress, createApiClient } from './api-client.ts';

export interface StartedPerson {
  readonly login: string;
  readonly role: 'owner' | 'member' | 'outside collaborator';
}

export interface StartedMember extends StartedPerson {
  readonly token: string;
}

const People = z.object({
  items: z.array(
    z.object({ login: z.string(), role: z.enum(['owner', 'member', 'outside']), state: z.string() }),
  ),
  next: z.string().optional(),
});
const ranks = ['owner', 'member', 'outside'] as const;

async function everybodyIn(api: ApiAddress, slug: string): Promise<z.infer<typeof People>['items']> {
  const client = createApiClient(api);
  const items: z.infer<typeof People>['items'] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
    const page = People.parse(
      await client.request({ path: `/organizations/${slug}/people?limit=100${cursor}` }),
    );
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

/** Logins of those who wait for an owner, or were switched off: the registry accepts no token of theirs. */
export async function loginsWithoutAccess(api: ApiAddress, slug: string): Promise<ReadonlySet<string>> {
  const everybody = await everybodyIn(api, slug);
  return new Set(everybody.filter(({ state }) => state !== 'active').map(({ login }) => login));
}

/** Who gets a token, in the same order, as the API lists them. */
export async function listedPeople(api: ApiAddress, slug: string): Promise<readonly StartedPerson[]> {
  const items = await everybodyIn(api, slug);
  return ranks.flatMap((rank) =>
    items
      .filter(({ role }) => role === rank)
      .map(({ login, role }) => ({ login, role: role === 'outside' ? 'outside collaborator' : role })),
  );
}

/** Who gets a token: owners, members, then outside collaborators. */
export function peopleOf(
  gitHub: GitHubSimulator,
  organization: SimulatedOrganization,
): readonly StartedPerson[] {
  const outside = new Set<number>();
  for (const repository of gitHub.state.repositories.values()) {
    if (repository.organizationId === organization.id) {
      for (const account of repository.collaborators.keys()) {
        outside.add(account);
      }
    }
  }
  const active = [...organization.members].filter(([, { state }]) => state === 'active');
  const ids: [number, StartedMember['role']][] = [
    ...active.filter(([, { role }]) => role === 'admin').map(([id]): [number, 'owner'] => [id, 'owner']),
    ...active.filter(([, { role }]) => role === 'member').map(([id]): [number, 'member'] => [id, 'member']),
    ...[...outside]
      .filter((id) => !organization.members.has(id))
      .map((id): [number, 'outside collaborator'] => [id, 'outside collaborator']),
  ];
  return ids.flatMap(([id, role]) => {
    const user = gitHub.state.users.get(id);
    return user && user.type === 'User' && !user.suspended ? [{ login: user.login, role }] : [];
  });
}
