import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client.ts';

export type OwnToken = Schemas['OwnToken'];
export type MadeOwnToken = Schemas['MadeOwnToken'];

export const ownTokensQuery = queryOptions({
  queryKey: ['own-tokens'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/me/tokens', { signal })),
});

/** How long a token lives: `usual` is what the organizations' owners set. */
export const lives = ['usual', '30', '90', '365', 'never'] as const;
export type Life = (typeof lives)[number];

const dayMs = 86_400_000;

/** @param now milliseconds since the epoch */
export function expiryOf(life: Life, now: number): { readonly expiresAt?: string | null } {
  switch (life) {
    case 'usual':
      return {};
    case 'never':
      return { expiresAt: null };
    default:
      return { expiresAt: new Date(now + Number(life) * dayMs).toISOString() };
  }
}

/** The slugs of organizations that a token reads. */
export const readsOf = ({ organizations }: Pick<OwnToken, 'organizations'>): readonly string[] =>
  organizations.filter(({ isExcluded }) => !isExcluded).map(({ slug }) => slug);
