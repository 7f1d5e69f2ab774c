import { z } from 'zod';
import { askedTime, Id, optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import { MadeOwnToken, NewOwnToken, OwnToken, TokenRotation } from '../../../shared/console-api/tokens.ts';
import { asId, type TokenId } from '../../../shared/domain/ids.ts';
import {
  type Asker,
  makeOwnToken,
  ownTokens,
  revokeOwnToken,
  rotateOwnToken,
  type OwnToken as StoredToken,
} from '../../../shared/organizations/personal-tokens.ts';
import { exclusionsOf, isExcludedFrom } from '../../../shared/store/personal-token-store.ts';
import type { RequestOrigin } from '../../../shared/store/session-store.ts';
import type { UserCaller } from '../frame/access.ts';
import { defineRoute, type Route } from '../frame/route.ts';

/** No key may: a token of a person's own is that person's to make. */
const common = { tag: 'Me', access: 'user', scope: 'none' } as const;
const path = '/me/tokens';
const params = z.object({ id: Id });

const askerOf = ({ user, session }: UserCaller, origin: RequestOrigin): Asker => ({ user, session, origin });

function shown({ token, entries }: StoredToken) {
  const installs = entries.map(({ lastInstallAt }) => lastInstallAt ?? 0);
  return {
    id: token.id,
    description: token.description,
    state: token.state,
    createdAt: timeOf(token.createdAt),
    expiresAt: optionalTimeOf(token.expiry === 0 ? undefined : token.expiry * 1000),
    lastInstallAt: optionalTimeOf(Math.max(0, ...installs) || undefined),
    organizations: [
      ...new Set([...entries.flatMap(({ personal }) => personal?.slug ?? []), ...exclusionsOf(token)]),
    ]
      .sort()
      .map((slug) => ({ slug, isExcluded: isExcludedFrom(token, slug) })),
  };
}

const listOwnTokens = defineRoute(
  {
    ...common,
    name: 'listOwnTokens',
    method: 'get',
    path,
    summary: 'Your own tokens',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(OwnToken) }),
      description: 'Tokens that have not ended, the newest first.',
    },
  },
  async ({ table, clock }, { caller: { user } }) => ({
    body: { items: (await ownTokens(table, user, clock.now())).map(shown) },
  }),
);

const createOwnToken = defineRoute(
  {
    ...common,
    name: 'createOwnToken',
    method: 'post',
    path,
    summary: 'Make a token of your own',
    description:
      'It reads what you may read, in every organization but those that you leave out, as long as you may. 422 where one that it would read does not let it live so long.',
    body: NewOwnToken,
    act: 'own-token-created',
    isDangerous: true,
    idempotency: 'key',
    answer: { status: 201, schema: MadeOwnToken, description: 'The token, with its secret.' },
  },
  async (dependencies, { caller, origin, body: { description, expiresAt, without } }) => {
    const asked = { description, expiresAt: askedTime(expiresAt), without };
    const made = await makeOwnToken(dependencies, askerOf(caller, origin), asked);
    return { body: { ...shown(made), secret: made.secret } };
  },
);

const rotate = defineRoute(
  {
    ...common,
    name: 'rotateOwnToken',
    method: 'post',
    path: `${path}/{id}/rotate`,
    summary: 'Give a token of your own another secret',
    description: 'The old one is refused at once.',
    params,
    body: TokenRotation,
    act: 'own-token-rotated',
    isDangerous: true,
    idempotency: 'key',
    answer: { status: 201, schema: MadeOwnToken, description: 'The token, with its new secret.' },
  },
  async (dependencies, { caller, origin, params: { id }, body }) => {
    const rotated = await rotateOwnToken(
      dependencies,
      askerOf(caller, origin),
      asId<TokenId>(id),
      askedTime(body.expiresAt),
    );
    return { body: { ...shown(rotated), secret: rotated.secret } };
  },
);

const revoke = defineRoute(
  {
    ...common,
    name: 'revokeOwnToken',
    method: 'delete',
    path: `${path}/{id}`,
    summary: 'Revoke a token of your own',
    params,
    act: 'own-token-revoked',
    isDangerous: false,
    idempotency: 'natural',
    answer: { status: 204, description: 'It is refused everywhere from now on, at the edge within seconds.' },
  },
  async (dependencies, { caller, origin, params: { id } }) => {
    await revokeOwnToken(dependencies, askerOf(caller, origin), asId<TokenId>(id));
    return {};
  },
);

export const ownTokenRoutes: readonly Route[] = [listOwnTokens, createOwnToken, rotate, revoke];
