import { z } from 'zod';
import { askedTime, Id, optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import {
  MadeToken,
  NewToken,
  ShortenedTokens,
  Token,
  TokenRotation,
  TokenShortening,
} from '../../../shared/console-api/tokens.ts';
import { asId, parsePrincipal, type TokenId } from '../../../shared/domain/ids.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import { holderNames } from '../../../shared/organizations/holder-names.ts';
import {
  makeTokenFor,
  revokeTokenOf,
  rotateToken,
  tokenIn,
} from '../../../shared/organizations/owners-tokens.ts';
import { shortenTokens } from '../../../shared/organizations/shorten-tokens.ts';
import type { Table } from '../../../shared/store/table.ts';
import { type Token as StoredToken, tokenPage } from '../../../shared/store/token-store.ts';
import { type Caller, mayReadPeople } from '../frame/access.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = { tag: 'Tokens', access: 'owner', scope: 'tokens' } as const;
const path = '/organizations/{slug}/tokens';
const params = z.object({ id: Id });

/** Members' tokens of earlier versions are called after users. */
const kindOf = ({ kind, personal }: StoredToken) =>
  kind === 'user' && personal === undefined ? 'member' : kind;

/** @param holders names, as `holderNames` gives them */
const shown = (caller: Caller, token: StoredToken, holders: ReadonlyMap<string, string>) => ({
  id: token.id,
  kind: kindOf(token),
  principal:
    parsePrincipal(token.principal).kind === 'user' && !mayReadPeople(caller) ? undefined : token.principal,
  holder: holders.get(token.principal),
  description: token.description,
  state: token.state,
  madeBy: mayReadPeople(caller) ? token.madeBy : undefined,
  isShared: token.shared !== undefined,
  createdAt: timeOf(token.createdAt),
  expiresAt: optionalTimeOf(token.expiry === 0 ? undefined : token.expiry * 1000),
  lastInstallAt: optionalTimeOf(token.lastInstallAt),
});

interface Asked {
  readonly organization: Organization;
  readonly caller: Caller;
}

/** One read. */
async function shownAll(table: Table, { organization, caller }: Asked, tokens: readonly StoredToken[]) {
  const principals = tokens.map(({ principal }) => principal);
  const holders = await holderNames(table, organization, principals);
  return tokens.map((token) => shown(caller, token, holders));
}

async function shownOne(table: Table, { organization, caller }: Asked, token: StoredToken) {
  return shown(caller, token, await holderNames(table, organization, [token.principal]));
}

const made = async (
  { table, registryBaseUrl }: ApiDependencies,
  asked: Asked,
  token: StoredToken,
  secret: string,
) => ({
  ...(await shownOne(table, asked, token)),
  secret,
  url: `${registryBaseUrl}/${asked.organization.slug}`,
});

const listTokens = defineRoute(
  {
    ...common,
    name: 'listTokens',
    method: 'get',
    path,
    summary: 'Every token that reads packages of the organization',
    description: 'Revoked and expired ones too. By whom they speak for.',
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(Token), description: 'A page of tokens, without their secrets.' },
  },
  async ({ table }, { organization, caller, query: { cursor, ...asked } }) => {
    const list = { route: 'listTokens', filter: organization.id };
    const { tokens, next } = await tokenPage(table, organization.id, {
      limit: limitOf(asked),
      after: placeOf(list, cursor),
    });
    const items = await shownAll(table, { organization, caller }, tokens);
    return { body: { items, next: cursorFor(list, next) } };
  },
);

const createToken = defineRoute(
  {
    ...common,
    name: 'createToken',
    method: 'post',
    path,
    summary: 'Make a token for a member, a team or the organization',
    description:
      'A token of the organization reads every package, secret ones of later times too, as long as the person who made it owns the organization. It may read several organizations, all of which its maker owns.',
    body: NewToken,
    act: 'create-token',
    isDangerous: true,
    idempotency: 'key',
    answer: { status: 201, schema: MadeToken, description: 'The token, with its secret.' },
  },
  async (dependencies, { organization, caller, body, accountable }) => {
    const { description, expiresAt } = body;
    const { id, token: secret } = await makeTokenFor(
      dependencies,
      organization,
      body.for,
      { description, expiresAt: askedTime(expiresAt) },
      await accountable(),
    );
    const token = await tokenIn(dependencies, organization, id);
    return { body: await made(dependencies, { organization, caller }, token, secret) };
  },
);

const readToken = defineRoute(
  {
    ...common,
    name: 'readToken',
    method: 'get',
    path: `${path}/{id}`,
    summary: 'One token',
    params,
    answer: { status: 200, schema: Token, description: 'The token, without its secret.' },
  },
  async (dependencies, { organization, caller, params: { id } }) => {
    const token = await tokenIn(dependencies, organization, asId<TokenId>(id));
    return { body: await shownOne(dependencies.table, { organization, caller }, token) };
  },
);

const rotate = defineRoute(
  {
    ...common,
    name: 'rotateToken',
    method: 'post',
    path: `${path}/{id}/rotate`,
    summary: 'Give a token another secret',
    description: 'The old one is refused at once.',
    params,
    body: TokenRotation,
    act: 'rotate-token',
    isDangerous: true,
    idempotency: 'key',
    answer: { status: 201, schema: MadeToken, description: 'The token, with its new secret.' },
  },
  async (dependencies, { organization, caller, params: { id }, body, accountable }) => {
    const { token, secret } = await rotateToken(
      dependencies,
      organization,
      asId<TokenId>(id),
      askedTime(body.expiresAt),
      await accountable(),
    );
    return { body: await made(dependencies, { organization, caller }, token, secret) };
  },
);

const revoke = defineRoute(
  {
    ...common,
    name: 'revokeToken',
    method: 'delete',
    path: `${path}/{id}`,
    summary: 'Revoke a token',
    params,
    act: 'revoke-token',
    isDangerous: false,
    idempotency: 'natural',
    answer: { status: 204, description: 'It is refused from now on, at the edge within seconds.' },
  },
  async (dependencies, { organization, params: { id }, accountable }) => {
    await revokeTokenOf(dependencies, organization, asId<TokenId>(id), await accountable());
    return {};
  },
);

const shownMax = 100;

const shorten = defineRoute(
  {
    ...common,
    name: 'shortenTokens',
    method: 'post',
    path: `${path}/shorten`,
    summary: 'Bring older tokens within the longest life that the settings allow',
    description:
      "Each token that lives longer ends so many days from now, none before. People's own tokens, and those that read further organizations, are taken out of this organization at once, and live on elsewhere. Without `confirm` it changes nothing and says which tokens these are.",
    body: TokenShortening,
    act: 'shorten-tokens',
    isDangerous: true,
    idempotency: 'natural',
    answer: { status: 200, schema: ShortenedTokens, description: 'The tokens that end earlier, or would.' },
  },
  async (dependencies, { organization, caller, body: { confirm, why }, accountable }) => {
    const confirmation = { ...(await accountable(why)), confirm };
    const { tokens, endsAt, ...rest } = await shortenTokens(dependencies, organization, confirmation);
    const asked = { organization, caller };
    const listed = await shownAll(dependencies.table, asked, tokens.slice(0, shownMax));
    return { body: { ...rest, endsAt: timeOf(endsAt), count: tokens.length, tokens: listed } };
  },
);

export const tokenRoutes: readonly Route[] = [listTokens, createToken, shorten, readToken, rotate, revoke];
