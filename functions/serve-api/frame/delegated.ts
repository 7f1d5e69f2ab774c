/**
 * Whether a delegated right counts on what the request is about. The one place where that is decided, before any handler runs: a route says
 * only where in the request its objects are.
 */
import type { OrganizationId } from '../../../shared/domain/ids.ts';
import { parseRepositoryKey, type RepositoryOf } from '../../../shared/domain/repository-key.ts';
import type { HeldRights } from '../../../shared/organizations/delegated-rights.ts';
import { ProblemError } from '../../../shared/runtime/problem-details.ts';
import { findPackageByName, isOfSource } from '../../../shared/store/package-store.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { OrRight } from './access.ts';
import { notFoundProblem, refusalProblems } from './problems.ts';

interface Parts {
  readonly params: unknown;
  readonly body: unknown;
}

/**
 * One read where a package is named.
 *
 * @throws ProblemError 403 for what the person may read, and 404 like what does not exist for everything else
 */
export async function checkObjects(
  table: Table,
  organization: OrganizationId,
  { rights, on }: OrRight,
  parts: Parts,
  held: HeldRights,
): Promise<void> {
  if (on === 'list') {
    return;
  }
  const { vendor, name, id } = parts.params as Readonly<Record<string, string>>;
  const { repository, repositories } = (parts.body ?? {}) as Readonly<Record<string, unknown>>;
  const named: (RepositoryOf | undefined)[] = [];
  switch (on) {
    case 'package':
      named.push(await packageNamed(table, organization, `${vendor}/${name}`));
      break;
    case 'package-and-repository':
      named.push(
        await packageNamed(table, organization, `${vendor}/${name}`),
        parseRepositoryKey(String(repository)),
      );
      break;
    case 'repository':
      named.push(parseRepositoryKey(String(id)));
      break;
    case 'repositories':
      if (!Array.isArray(repositories)) {
        throw new ProblemError({
          ...refusalProblems.forbidden,
          detail: 'Your right counts only on repositories that you name.',
        });
      }
      named.push(...repositories.map((key) => parseRepositoryKey(String(key))));
      break;
  }
  for (const one of named) {
    if (one === undefined || !held.mayRead(one)) {
      throw new ProblemError(notFoundProblem);
    }
    if (!held.mayActOn(rights, one)) {
      throw new ProblemError(refusalProblems.forbidden);
    }
  }
}

async function packageNamed(
  table: Table,
  organization: OrganizationId,
  name: string,
): Promise<RepositoryOf | undefined> {
  const found = await findPackageByName(table, organization, name);
  return found !== undefined && isOfSource(found) ? found : undefined;
}
