/** The traits that tests use unless they name others: GitHub's. */
import { gitHubTraits } from '../../shared/forge/github/traits.ts';
import { type Plan, type PlanInput, planScope as planOf } from '../../shared/sync/plan/plan.ts';

export const { scopes: layout, lagMs } = gitHubTraits;
export type GitHubScope = (typeof layout)[number]['name'];
export const gitHubScopes: readonly GitHubScope[] = layout.map(({ name }) => name);

/** Plans what to do with a read of GitHub. */
export const planScope = (input: Omit<PlanInput, 'traits'>): Plan =>
  planOf({ traits: gitHubTraits, ...input });
