/** Keys that machines use the API with: an owner makes, lists and revokes them. */
import { type ApiKeyScope, isApiKey, makeApiKey } from '../domain/api-key.ts';
import { CallerError } from '../domain/caller-error.ts';
import { type ApiKeyId, asId, newId, type UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { tokenHash } from '../domain/token.ts';
import type { Clock } from '../runtime/clock.ts';
import {
  type ApiKey,
  addApiKey,
  apiKeysOf,
  findApiKey,
  findApiKeyById,
  removeApiKey,
} from '../store/api-key-store.ts';
import { inTurn } from '../store/creation-turn.ts';
import { keys } from '../store/keys.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface ApiKeyDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface NewApiKey {
  readonly description: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Milliseconds since the epoch; undefined: never. */
  readonly expiresAt: number | undefined;
}

/** An organization has no more keys than this at once. */
export const apiKeysMax = 100;

/**
 * Makes a key.
 *
 * @returns the key, and its secret, which is shown this once
 * @throws CallerError when the expiry has passed, or the organization has too many keys
 */
export async function createApiKey(
  dependencies: ApiKeyDependencies,
  organization: Organization,
  { description, scopes, expiresAt }: NewApiKey,
  accountable: Accountable,
): Promise<{ readonly key: ApiKey; readonly secret: string }> {
  const { table, clock, randomBytes } = dependencies;
  const now = clock.now();
  if (expiresAt !== undefined && expiresAt <= now) {
    throw new CallerError('invalid', 'the expiry has passed already');
  }
  const secret = makeApiKey(randomBytes);
  const { actor } = accountable;
  const key: ApiKey = {
    id: newId<ApiKeyId>(randomBytes),
    organization: organization.id,
    hash: tokenHash(secret),
    description,
    scopes: [...new Set(scopes)],
    madeBy: accountable.by,
    ...(actor?.kind === 'user' ? { makerId: asId<UserId>(actor.id) } : {}),
    createdAt: now,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  const after = { description, scopes: key.scopes, expiresAt };
  await inTurn(table, [keys.creationsIn(organization.id, 'api-keys')], async (turn) => {
    if ((await apiKeysOf(table, organization.id)).length >= apiKeysMax) {
      throw new CallerError('conflict', `an organization has at most ${apiKeysMax} keys; revoke one first`);
    }
    await table.transact([
      ...addApiKey(key),
      ownerAct(dependencies, organization.id, accountable, 'create-api-key', key.id, { after }),
      ...turn,
    ]);
  });
  return { key, secret };
}

/** @throws CallerError when the organization has no such key, or none any more */
export async function revokeApiKey(
  dependencies: ApiKeyDependencies,
  organization: Organization,
  id: ApiKeyId,
  accountable: Accountable,
): Promise<void> {
  const key = await findApiKeyById(dependencies.table, organization.id, id);
  if (key === undefined) {
    throw new CallerError('not-found', 'there is no such key');
  }
  const { description, scopes, expiresAt } = key;
  const before = { description, scopes, expiresAt };
  try {
    await dependencies.table.transact([
      ...removeApiKey(key),
      ownerAct(dependencies, organization.id, accountable, 'revoke-api-key', id, { before }),
    ]);
  } catch (error) {
    if (error instanceof ConflictError) {
      throw new CallerError('not-found', 'there is no such key any more', { cause: error });
    }
    throw error;
  }
}

/** The key that the secret is of, also one that has expired. One read, and none for what is formed like no key. */
export const apiKeyOf = async (table: Table, secret: string): Promise<ApiKey | undefined> =>
  isApiKey(secret) ? findApiKey(table, tokenHash(secret)) : undefined;

/** @param now milliseconds since the epoch */
export const isUsable = ({ expiresAt }: ApiKey, now: number): boolean =>
  expiresAt === undefined || now < expiresAt;
