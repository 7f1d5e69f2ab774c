/** What the address of the list says besides the path. */
import { oneOf, textOf } from '../../../routes/search.ts';

export const tokenKinds = ['organization', 'team', 'member', 'user'] as const;
/** Working ones if there is none. */
export const shownTokens = ['ended', 'all'] as const;
/** By the description if there is none. */
export const tokenOrders = ['ends', 'used'] as const;

export interface TokensSearch {
  readonly name?: string | undefined;
  readonly kind?: (typeof tokenKinds)[number] | undefined;
  readonly show?: (typeof shownTokens)[number] | undefined;
  readonly sort?: (typeof tokenOrders)[number] | undefined;
}

export const tokensSearch = (search: Record<string, unknown>): TokensSearch => ({
  name: textOf(search.name),
  kind: oneOf(tokenKinds, search.kind),
  show: oneOf(shownTokens, search.show),
  sort: oneOf(tokenOrders, search.sort),
});
