/** Keys that machines use the API with. The secret itself is never stored. */
import { z } from 'zod';
import { apiKeyScopes } from '../domain/api-key.ts';
import { type ApiKeyId, asId, type OrganizationId, type UserId } from '../domain/ids.ts';
import { absent, missingOrLess, present } from './condition.ts';
import { keys } from './keys.ts';
import { ConflictError, type Operation, type Table } from './table.ts';

const ApiKeyItem = z.object({
  id: z.string().transform((text) => asId<ApiKeyId>(text)),
  organization: z.string().transform((text) => asId<OrganizationId>(text)),
  hash: z.string(),
  description: z.string(),
  scopes: z.array(z.enum(apiKeyScopes)),
  /** Whoever made it, by name. */
  madeBy: z.string(),
  /** The person who made it, without whose ownership it counts for nothing. Missing in the operator's keys and those of older versions. */
  makerId: z
    .string()
    .transform((text) => asId<UserId>(text))
    .optional(),
  createdAt: z.number(),
  /** Undefined: never. */
  expiresAt: z.number().optional(),
  lastUsedAt: z.number().optional(),
});

/** Times in milliseconds since the epoch. */
export type ApiKey = Readonly<z.infer<typeof ApiKeyItem>>;

/** One read. Whether it has expired is for the caller to say. */
export async function findApiKey(table: Table, hash: string): Promise<ApiKey | undefined> {
  const item = await table.get(keys.apiKey(hash));
  return item === undefined ? undefined : ApiKeyItem.parse(item);
}

/** The organization's keys that were not revoked, the newest first. Two reads. */
export async function apiKeysOf(table: Table, organization: OrganizationId): Promise<readonly ApiKey[]> {
  const { pk, sk } = keys.apiKeyOf(organization, '');
  const listed = await table.query(pk, sk);
  const items = await table.getMany(listed.map(({ hash }) => keys.apiKey(String(hash))));
  return items
    .flatMap((item) => (item === undefined ? [] : [ApiKeyItem.parse(item)]))
    .sort((one, other) => other.createdAt - one.createdAt);
}

export async function findApiKeyById(
  table: Table,
  organization: OrganizationId,
  id: ApiKeyId,
): Promise<ApiKey | undefined> {
  const listed = await table.get(keys.apiKeyOf(organization, id));
  return listed === undefined ? undefined : findApiKey(table, String(listed.hash));
}

export function addApiKey(key: ApiKey): readonly Operation[] {
  return [
    { put: keys.apiKey(key.hash), item: { ...key }, when: absent },
    { put: keys.apiKeyOf(key.organization, key.id), item: { id: key.id, hash: key.hash }, when: absent },
  ];
}

/** Nothing is left of the key; the log knows of it. Fails when it is gone already. */
export function removeApiKey({ hash, organization, id }: ApiKey): readonly Operation[] {
  return [
    { delete: keys.apiKey(hash), when: present },
    { delete: keys.apiKeyOf(organization, id), when: present },
  ];
}

/** Shown to owners; so often is enough. Milliseconds. */
const usePrecisionMs = 10 * 60_000;

/** Notes that the key is used, with at most one write in ten minutes. @param now milliseconds since the epoch */
export async function noteApiKeyUse(table: Table, key: ApiKey, now: number): Promise<void> {
  if (key.lastUsedAt !== undefined && now < key.lastUsedAt + usePrecisionMs) {
    return;
  }
  try {
    await table.update(
      { key: keys.apiKey(key.hash), set: { lastUsedAt: now } },
      // Revoked at this moment: nothing may bring the item back.
      { is: 'all', of: [present, missingOrLess('lastUsedAt', now)] },
    );
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}
