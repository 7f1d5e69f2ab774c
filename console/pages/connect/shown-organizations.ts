import type { Schemas } from '../../api/client.ts';

export type ForgeOrganization = Schemas['ForgeOrganization'];

/** So many are in the page: others are found by a part of their names. */
export const shownMax = 50;

const order = [
  'ready',
  'needs-access',
  'connected',
  'personal-account',
] as const satisfies readonly ForgeOrganization['state'][];

/** Those with the part in their names, what can be connected first. @returns the first of them, and how many there are */
export function shownOf(
  items: readonly ForgeOrganization[],
  searched: string | undefined,
): { readonly shown: readonly ForgeOrganization[]; readonly count: number } {
  const part = searched?.toLowerCase() ?? '';
  const found = items
    .filter(({ login, name }) => [login, name].some((text) => text.toLowerCase().includes(part)))
    .toSorted(
      (one, other) =>
        order.indexOf(one.state) - order.indexOf(other.state) || one.login.localeCompare(other.login),
    );
  return { shown: found.slice(0, shownMax), count: found.length };
}
