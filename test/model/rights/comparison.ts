/**
 * What the product should decide for an organization, in its own terms: the rules' answers, without what the product cannot know or
 * ignores. Each of these differences has a name, and a case that still shows it.
 */

import {
  highestRole,
  type Reading,
  type Route,
  readingOfAccount,
  readingOfAnyone,
  readingOfTeam,
} from './github-rules.ts';
import type { DescribedAccount, DescribedOrganization, DescribedTeam } from './organization.ts';
import { roles } from './organization.ts';

/** Something that the rules apply and the product ignores: it decides as if the organization did not have it. */
export interface Difference {
  readonly name: string;
  readonly told: (organization: DescribedOrganization) => DescribedOrganization;
}

const everyAccount = (
  organization: DescribedOrganization,
  change: Partial<DescribedAccount>,
): DescribedOrganization => ({
  ...organization,
  accounts: organization.accounts.map((account) => ({ ...account, ...change })),
});

export const differences: readonly Difference[] = [
  {
    // The lists of one organization do not name the other members of its enterprise. They read less here than there.
    name: 'internal repositories are for members of the organization, not for others of the enterprise',
    told: (organization) => everyAccount(organization, { elsewhereInEnterprise: false }),
  },
];

/** The organization without all differences but one. */
export function asTold(organization: DescribedOrganization, but?: Difference): DescribedOrganization {
  return differences
    .filter((difference) => difference !== but)
    .reduce((told, difference) => difference.told(told), organization);
}

export type DescribedSubject =
  | { readonly kind: 'account'; readonly account: DescribedAccount }
  | { readonly kind: 'team'; readonly team: DescribedTeam }
  | { readonly kind: 'anyone' };

export function subjectsOf(organization: DescribedOrganization): readonly DescribedSubject[] {
  return [
    ...organization.accounts.map((account) => ({ kind: 'account', account }) as const),
    ...organization.teams.map((team) => ({ kind: 'team', team }) as const),
    { kind: 'anyone' },
  ];
}

/** One line, such as `apple: owner`, for each readable repository and each grant that the product names. */
export function expectedLines(organization: DescribedOrganization, subject: DescribedSubject): string[] {
  return [...readingOfSubject(organization, subject)]
    .flatMap(([name, routes]) => named(organization, routes).map((route) => `${name}: ${route}`))
    .sort();
}

function readingOfSubject(organization: DescribedOrganization, subject: DescribedSubject): Reading {
  switch (subject.kind) {
    case 'account':
      return readingOfAccount(organization, subject.account);
    case 'team':
      return readingOfTeam(organization, subject.team);
    case 'anyone':
      return readingOfAnyone(organization);
  }
}

function named(organization: DescribedOrganization, routes: readonly Route[]): string[] {
  return routes.flatMap((route) => {
    switch (route.through) {
      case 'team':
        return isNamed(organization, route, routes)
          ? `team ${route.of}, ${route.role} given to ${route.givenTo}`
          : [];
      case 'collaborator':
        // GitHub's list of direct collaborators says what each may do in the end: "The permission the user has on the repository."
        // https://docs.github.com/en/graphql/reference/objects#repositorycollaboratoredge
        return `collaborator, ${highestRole(routes)}`;
      case 'organization role': {
        const role = `the role ${route.name}, ${route.role}`;
        return route.of === undefined ? role : `${role}, through team ${route.of} given to ${route.givenTo}`;
      }
      case 'base permission':
        return `base permission, ${route.role}`;
      default:
        return route.through;
    }
  });
}

type TeamRoute = Extract<Route, { through: 'team' }>;

/**
 * A team has one row for a repository: its strongest role, and of the teams that give it the highest one. (GitHub's list of a team's
 * repositories may hold what the team inherits, so a weaker or equal role of its own cannot be told from an inherited one.)
 */
function isNamed(organization: DescribedOrganization, route: TeamRoute, routes: readonly Route[]): boolean {
  return routes
    .filter((other) => other.through === 'team')
    .filter((other) => other.of === route.of && other !== route)
    .every((other) => {
      const stronger = roles.indexOf(route.role) - roles.indexOf(other.role);
      return stronger > 0 || (stronger === 0 && isAbove(organization, route.givenTo, other.givenTo));
    });
}

function isAbove(organization: DescribedOrganization, upper: string, lower: string): boolean {
  const parent = organization.teams.find(({ name }) => name === lower)?.parent;
  return parent !== undefined && (parent === upper || isAbove(organization, upper, parent));
}
