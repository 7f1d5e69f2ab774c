import { GUEST } from './levels.ts';
import type { AccessToken, GitLabState, Group, Project, Scope, User } from './state.ts';

export interface TokenDeps {
  readonly state: GitLabState;
  /** Milliseconds. */
  now(): number;
  random(bytes: number): Uint8Array;
}

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Of group and project tokens: the level of the bot. */
  readonly level?: number;
  readonly expiresAt?: string | undefined;
}

/** "The maximum is 365 days": https://docs.gitlab.com/user/profile/personal_access_tokens/ */
const mostDays = 365;
const dayMs = 24 * 60 * 60 * 1000;

const dayAfter = (now: number, days: number): string =>
  new Date(now + days * dayMs).toISOString().slice(0, 10);

function createToken(
  { state, now, random }: TokenDeps,
  token: Omit<AccessToken, 'id' | 'value' | 'createdAt' | 'revoked' | 'familyId' | 'expiresAt'>,
  expiresAt: string | undefined,
  familyId?: number,
): AccessToken {
  const id = state.nextId++;
  const created: AccessToken = {
    ...token,
    id,
    value: `glpat-${Buffer.from(random(15)).toString('base64url')}`,
    createdAt: new Date(now()).toISOString(),
    expiresAt: expiresAt ?? dayAfter(now(), mostDays),
    revoked: false,
    familyId: familyId ?? id,
  };
  state.tokens.set(id, created);
  return created;
}

export function createPersonalToken(
  deps: TokenDeps,
  user: User,
  { name, scopes, expiresAt }: NewToken,
): AccessToken {
  return createToken(deps, { kind: 'personal', userId: user.id, name, scopes }, expiresAt);
}

/** Creates a token of a group or project, whose bot becomes a member. https://docs.gitlab.com/user/group/settings/group_access_tokens/ */
export function createSourceToken(deps: TokenDeps, source: Group | Project, wanted: NewToken): AccessToken {
  const { state, now, random } = deps;
  const userId = state.nextId++;
  const username = `${source.kind}_${source.id}_bot_${Buffer.from(random(16)).toString('hex')}`;
  const createdAt = new Date(now()).toISOString();
  state.users.set(userId, {
    ...{ id: userId, username, name: wanted.name, email: `${username}@noreply.gitlab.example` },
    ...{ state: 'active', external: false, admin: false, kind: 'project_bot', createdAt },
  });
  source.members.set(userId, { level: wanted.level ?? GUEST, createdAt });
  const { name, scopes, expiresAt } = wanted;
  return createToken(deps, { kind: source.kind, userId, sourceId: source.id, name, scopes }, expiresAt);
}

/** Whether a token may live until then: app/models/personal_access_token.rb, `expires_at_before_instance_max_expiry_date`. */
export const isTooLate = (now: number, expiresAt: string): boolean => expiresAt > dayAfter(now, mostDays);

/** Revokes a token and issues its successor, by default for a week. https://docs.gitlab.com/api/personal_access_tokens/ */
export function rotateToken(deps: TokenDeps, old: AccessToken, expiresAt: string | undefined): AccessToken {
  old.revoked = true;
  const { kind, userId, sourceId, name, scopes, familyId } = old;
  const successor = { kind, userId, name, scopes, ...(sourceId !== undefined && { sourceId }) };
  return createToken(deps, successor, expiresAt ?? dayAfter(deps.now(), 7), familyId);
}
