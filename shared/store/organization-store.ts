/** Organizations and the slugs that they hold for ever. */
import { z } from 'zod';
import { asId, type OrganizationId } from '../domain/ids.ts';
import type { Organization, PublishingSettings } from '../domain/organization.ts';
import { absent, present } from './condition.ts';
import { keys } from './keys.ts';
import type { Operation, Table } from './table.ts';

const organizationId = z.string().transform((text) => asId<OrganizationId>(text));

const OrganizationItem = z.object({
  id: organizationId,
  slug: z.string(),
  name: z.string(),
  ownedVendors: z.array(z.string()),
});

/** Further attributes of the organization's item. */
const PublishingAttributes = z
  .object({ publishesSource: z.boolean().default(true), publishesOutsideCode: z.boolean().default(true) })
  .transform(
    ({ publishesSource, publishesOutsideCode }): PublishingSettings => ({
      source: publishesSource,
      outsideCode: publishesOutsideCode,
    }),
  );

const SlugItem = z.object({ organization: organizationId });

export async function findOrganization(table: Table, id: OrganizationId): Promise<Organization | undefined> {
  const item = await table.get(keys.organization(id));
  return item === undefined ? undefined : OrganizationItem.parse(item);
}

export async function findOrganizationBySlug(table: Table, slug: string): Promise<Organization | undefined> {
  const item = await table.get(keys.slug(slug));
  return item === undefined ? undefined : findOrganization(table, SlugItem.parse(item).organization);
}

/**
 * A new organization and its slug, which nobody may ever have had. `lastPackageNumber` is the counter that the numbers of its packages
 * are drawn from.
 */
export function addOrganization(organization: Organization): readonly Operation[] {
  return [
    {
      put: keys.slug(organization.slug),
      item: { slug: organization.slug, organization: organization.id },
      when: absent,
    },
    {
      put: keys.organization(organization.id),
      item: { ...organization, lastPackageNumber: 0 },
      when: absent,
    },
  ];
}

export function setOwnedVendors(id: OrganizationId, ownedVendors: readonly string[]): Operation {
  return { update: { key: keys.organization(id), set: { ownedVendors } }, when: present };
}

export async function findPublishingSettings(table: Table, id: OrganizationId): Promise<PublishingSettings> {
  return PublishingAttributes.parse((await table.get(keys.organization(id))) ?? {});
}

/** Those that are left out stay as they are. */
export function setPublishingSettings(
  id: OrganizationId,
  { source, outsideCode }: Partial<PublishingSettings>,
): Operation {
  const set = {
    ...(source === undefined ? {} : { publishesSource: source }),
    ...(outsideCode === undefined ? {} : { publishesOutsideCode: outsideCode }),
  };
  return { update: { key: keys.organization(id), set }, when: present };
}

/** Reads slugs, each once: a slug never changes. Throws for an organization that is not there. */
export function createSlugReader(table: Table): (id: OrganizationId) => Promise<string> {
  const known = new Map<OrganizationId, string>();
  return async (id) => {
    const slug = known.get(id) ?? (await findOrganization(table, id))?.slug;
    if (slug === undefined) {
      throw new Error(`there is no organization ${id}`);
    }
    known.set(id, slug);
    return slug;
  };
}
