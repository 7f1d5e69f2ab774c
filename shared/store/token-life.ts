/** How long tokens of an organization live: settings that its owners make. */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

const TokenLife = z
  .object({
    tokenDefaultDays: z.number().nullable().default(365),
    tokenLongestDays: z.number().nullable().default(null),
  })
  .transform(({ tokenDefaultDays, tokenLongestDays }) => ({
    /** Of a token whose maker does not say; null: for ever. */
    defaultDays: tokenDefaultDays,
    /** Null: for ever. */
    longestDays: tokenLongestDays,
  }));
export type TokenLife = Readonly<z.output<typeof TokenLife>>;

/** One read. */
export async function findTokenLife(table: Table, organization: OrganizationId): Promise<TokenLife> {
  return TokenLife.parse((await table.get(keys.organization(organization))) ?? {});
}
