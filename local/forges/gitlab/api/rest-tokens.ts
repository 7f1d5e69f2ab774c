import type { AccessTokenSchema, PersonalAccessTokenSchema } from '@gitbeaker/rest';
import type { Reply } from '../../server/reply.ts';
import { MAINTAINER, OWNER } from '../levels.ts';
import type { AccessToken, Group, Project } from '../state.ts';
import { isTooLate, rotateToken } from '../tokens.ts';
import { differences } from '../variants.ts';
import { type Context, groupAt, projectAt, type Route, requireLevel, requireUser } from './context.ts';
import type { Held } from './held.ts';
import { insufficientScope, invalid, refused, unauthorized } from './http.ts';
import { offsetPage } from './paging.ts';

const isActive = (token: AccessToken, now: number): boolean =>
  !token.revoked && (token.expiresAt === undefined || Date.parse(token.expiresAt) > now);

function tokenShape(context: Pick<Context, 'now'>, token: AccessToken) {
  return {
    id: token.id,
    name: token.name,
    revoked: token.revoked,
    created_at: token.createdAt,
    description: null,
    scopes: [...token.scopes],
    user_id: token.userId,
    last_used_at: token.lastUsedAt ?? null,
    active: isActive(token, context.now()),
    expires_at: token.expiresAt ?? null,
  } satisfies Held<PersonalAccessTokenSchema, 'token'>;
}

function sourceTokenShape(context: Context, source: Group | Project, token: AccessToken) {
  const shape = {
    ...tokenShape(context, token),
    access_level: source.members.get(token.userId)?.level ?? null,
    ...{ resource_type: source.kind, resource_id: source.id },
  };
  shape satisfies Held<AccessTokenSchema, 'scopes' | 'access_level'>;
  return shape;
}

/** @throws RefusalError for a request with another credential than an access token */
function ownToken(
  context: Context,
  otherwise = refused(
    400,
    '400 Bad request - This endpoint requires token type to be a personal access token',
  ),
): AccessToken {
  requireUser(context);
  const token = context.credential?.token;
  if (token === undefined) throw otherwise;
  return token;
}

/** With the scope `api`, or `self_rotate` where it exists. Who asks for more than the instance allows gets nothing, and keeps what he has. */
async function rotateOwn(context: Context, sourceId?: number): Promise<Reply> {
  const token = ownToken(context, refused(405, '405 Method Not Allowed'));
  if (sourceId !== undefined && token.kind === 'personal') throw refused(405, '405 Method Not Allowed');
  if (sourceId !== undefined && token.sourceId !== sourceId) throw unauthorized();
  const { scopes } = token;
  const mayRotate =
    scopes.includes('api') ||
    (differences.hasSelfRotateScope(context.state.variant) && scopes.includes('self_rotate'));
  if (!mayRotate) throw insufficientScope(['api', 'self_rotate']);
  const { expires_at: expiresAt } = context.body;
  if (expiresAt !== undefined && !/^\d{4}-\d\d-\d\d$/.test(`${expiresAt}`))
    throw invalid('expires_at is invalid');
  if (expiresAt !== undefined && isTooLate(context.now(), `${expiresAt}`))
    throw refused(400, '400 Bad request - Expiration date must be before a year has passed');
  const rotated = rotateToken(
    { state: context.state, now: context.now, random: context.services.random },
    token,
    expiresAt === undefined ? undefined : `${expiresAt}`,
  );
  await context.services.changed();
  return { status: 200, json: { ...tokenShape(context, rotated), token: rotated.value } };
}

type Owner = (context: Context) => Group | Project;

function routesOf(kind: 'groups' | 'projects', find: Owner, least: number): Route[] {
  const base = `/${kind}/{id}/access_tokens`;
  const tokensOf = (context: Context, source: Group | Project): AccessToken[] =>
    [...context.state.tokens.values()].filter(({ sourceId }) => sourceId === source.id);
  return [
    {
      method: 'GET',
      pattern: base,
      handle(context) {
        const source = find(context);
        requireLevel(context, source, least);
        return offsetPage(context, tokensOf(context, source), (token) =>
          sourceTokenShape(context, source, token),
        );
      },
    },
    {
      method: 'POST',
      pattern: `${base}/self/rotate`,
      anyScope: true,
      handle: (context) => rotateOwn(context, find(context).id),
    },
  ];
}

/** https://docs.gitlab.com/api/personal_access_tokens/, /api/group_access_tokens/ and /api/project_access_tokens/ */
export const tokenRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/personal_access_tokens/self',
    anyScope: true,
    handle: (context) => ({ status: 200, json: tokenShape(context, ownToken(context)) }),
  },
  {
    method: 'POST',
    pattern: '/personal_access_tokens/self/rotate',
    anyScope: true,
    handle: (context) => rotateOwn(context),
  },
  ...routesOf('groups', groupAt, OWNER),
  ...routesOf('projects', (context) => projectAt(context).project, MAINTAINER),
];
