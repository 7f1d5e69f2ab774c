/** Which tokens the list shows, and in what order. */
import type { Schemas } from '../../../api/client.ts';
import type { TokensSearch } from './search.ts';

type Token = Schemas['Token'];

const dayMs = 86_400_000;

export const isWorking = ({ state }: Pick<Token, 'state'>): boolean =>
  state !== 'revoked' && state !== 'expired';

/** Those that fit the address, in its order. */
export function listed<Row extends Token>(
  tokens: readonly Row[],
  { name = '', kind, show, sort }: TokensSearch,
): readonly Row[] {
  const text = name.toLowerCase();
  const fitting = tokens.filter(
    (token) =>
      (show === 'all' || isWorking(token) !== (show === 'ended')) &&
      (kind === undefined || token.kind === kind) &&
      `${token.description}\n${token.holder ?? ''}`.toLowerCase().includes(text),
  );
  return fitting.toSorted((one, other) => orders[sort ?? 'name'](one, other));
}

const endOf = ({ expiresAt }: Token): number =>
  expiresAt === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(expiresAt);
const useOf = ({ lastInstallAt }: Token): number =>
  lastInstallAt === undefined ? 0 : Date.parse(lastInstallAt);

const orders = {
  name: (one: Token, other: Token) => one.description.localeCompare(other.description),
  ends: (one: Token, other: Token) => endOf(one) - endOf(other),
  used: (one: Token, other: Token) => useOf(other) - useOf(one),
} as const;

/** Those that live longer than the settings allow new ones to. @param now milliseconds since the epoch */
export const longLived = (tokens: readonly Token[], longestDays: number, now: number): readonly Token[] =>
  tokens.filter((token) => isWorking(token) && endOf(token) > now + longestDays * dayMs);
