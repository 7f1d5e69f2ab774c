/**
 * Requests work on every principal with a root file, because rights or packages of the organization changed. Those of organizations come first:
 * their tokens read everything, and end with their maker's ownership.
 */
import {
  asPrincipal,
  type OrganizationId,
  type Principal,
  parsePrincipal,
  userPrincipal,
} from '../domain/ids.ts';
import { loadFacts } from '../store/fact-store.ts';
import { keys, nameInKey } from '../store/keys.ts';
import { usersWithTokens } from '../store/personal-token-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { accountsOf } from '../store/user-store.ts';
import { grantsWork, principalWork } from '../store/work-items.ts';
import type { PublisherDependencies } from './publish-under-lease.ts';
import { requestEach } from './request-each.ts';

export function requestPrincipals(
  dependencies: PublisherDependencies,
  organization: OrganizationId,
): Promise<'done' | 'idle' | 'busy' | 'again'> {
  return requestEach(dependencies, grantsWork(organization), async () => {
    const { pk, sk } = keys.principal(organization, '');
    const items = await dependencies.table.query(pk, sk);
    const known = items.map((item) => asPrincipal(nameInKey(item.sk)));
    const added = await personalPrincipals(dependencies.table, organization, new Set(known));
    return [...known.filter(isOrganization), ...known.filter((one) => !isOrganization(one)), ...added].map(
      (principal) => principalWork(organization, principal),
    );
  });
}

const isOrganization = (principal: Principal): boolean => parsePrincipal(principal).kind === 'organization';

/** Users with tokens of their own who have come to the organization since, and have no view of it yet. */
async function personalPrincipals(
  table: Table,
  organization: OrganizationId,
  known: ReadonlySet<Principal>,
): Promise<readonly Principal[]> {
  const users = (await usersWithTokens(table)).filter((user) => !known.has(userPrincipal(user)));
  if (users.length === 0) {
    return [];
  }
  const here = new Set<string>();
  for (const { id, forge, baseUrl } of await synchronizationsOf(table, organization)) {
    for (const kind of ['member', 'collaborator'] as const) {
      for (const { account } of await loadFacts(table, id, kind)) {
        here.add(`${forge} ${baseUrl} ${account}`);
      }
    }
  }
  const found: Principal[] = [];
  for (const user of users) {
    const accounts = await accountsOf(table, user);
    if (accounts.some(({ forge, baseUrl, account }) => here.has(`${forge} ${baseUrl} ${account}`))) {
      found.push(userPrincipal(user));
    }
  }
  return found;
}
