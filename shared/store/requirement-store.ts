/** Which packages require which, by the required name. Rows of packages that are gone may be left: whoever reads checks the package. */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { keys } from './keys.ts';
import type { Operation, Table } from './table.ts';

export const RequirementItem = z.object({
  required: z.string(),
  /** Of the package that requires it. */
  number: z.int(),
  constraint: z.string(),
  isForDevelopment: z.boolean(),
});

/** A package with that number requires the name. */
export type RequirementRow = Readonly<z.infer<typeof RequirementItem>>;

export function putRequirement(organization: OrganizationId, row: RequirementRow): Operation {
  return { put: keys.requirement(organization, row.required, row.number), item: { ...row } };
}

export const removeRequirement = (
  organization: OrganizationId,
  { required, number }: Pick<RequirementRow, 'required' | 'number'>,
): Operation => ({ delete: keys.requirement(organization, required, number) });

/** A page of what requires the name, by number. One read. @param after the number of the last row of the page before */
export async function requirementPage(
  table: Table,
  organization: OrganizationId,
  required: string,
  { limit, after }: { readonly limit: number; readonly after?: number | undefined },
): Promise<readonly RequirementRow[]> {
  const { pk, sk } = keys.requirement(organization, required, 0);
  const prefix = sk.slice(0, sk.lastIndexOf('#') + 1);
  const start = after === undefined ? undefined : keys.requirement(organization, required, after).sk;
  return (await table.query(pk, prefix, { limit, after: start })).map((item) => RequirementItem.parse(item));
}
