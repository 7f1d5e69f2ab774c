import { z } from 'zod';
import { Id, optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import { ApiKey, CreatedApiKey, NewApiKey } from '../../../shared/console-api/organizations.ts';
import { type ApiKeyId, asId } from '../../../shared/domain/ids.ts';
import { createApiKey, revokeApiKey } from '../../../shared/organizations/api-keys.ts';
import { apiKeysOf, type ApiKey as StoredKey } from '../../../shared/store/api-key-store.ts';
import { defineRoute, type Route } from '../frame/route.ts';

/** No key may make or revoke keys: one that leaks would go on living by them. */
const common = { tag: 'API keys', access: 'owner', scope: 'none' } as const;
const path = '/organizations/{slug}/api-keys';

const usualLifeMs = 90 * 24 * 3600_000;

const shown = ({ id, description, scopes, madeBy, createdAt, expiresAt, lastUsedAt }: StoredKey) => ({
  id,
  description,
  scopes,
  madeBy,
  createdAt: timeOf(createdAt),
  expiresAt: optionalTimeOf(expiresAt),
  lastUsedAt: optionalTimeOf(lastUsedAt),
});

const listApiKeys = defineRoute(
  {
    ...common,
    name: 'listApiKeys',
    method: 'get',
    path,
    summary: 'The keys of machines',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(ApiKey) }),
      description: 'Keys that were not revoked, the newest first.',
    },
  },
  async ({ table }, { organization }) => ({
    body: { items: (await apiKeysOf(table, organization.id)).map(shown) },
  }),
);

const create = defineRoute(
  {
    ...common,
    name: 'createApiKey',
    method: 'post',
    path,
    summary: 'Make a key for a machine',
    body: NewApiKey,
    act: 'create-api-key',
    isDangerous: true,
    idempotency: 'key',
    answer: { status: 201, schema: CreatedApiKey, description: 'The key, with its secret.' },
  },
  async (dependencies, { organization, body, accountable }) => {
    const { description, scopes, expiresAt } = body;
    const expiry = expiresAt === undefined ? dependencies.clock.now() + usualLifeMs : undefined;
    const { key, secret } = await createApiKey(
      dependencies,
      organization,
      { description, scopes, expiresAt: typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiry },
      await accountable(),
    );
    return { body: { ...shown(key), secret } };
  },
);

const revoke = defineRoute(
  {
    ...common,
    name: 'revokeApiKey',
    method: 'delete',
    path: `${path}/{id}`,
    summary: 'Revoke a key',
    params: z.object({ id: Id }),
    act: 'revoke-api-key',
    isDangerous: true,
    idempotency: 'natural',
    repeated: 404,
    answer: { status: 204, description: 'It is refused from now on.' },
  },
  async (dependencies, { organization, params, accountable }) => {
    await revokeApiKey(dependencies, organization, asId<ApiKeyId>(params.id), await accountable());
    return {};
  },
);

export const apiKeyRoutes: readonly Route[] = [listApiKeys, create, revoke];
