/** Branded id types that say whose they are. A forge's names, logins and slugs are attributes and never one of these. */

declare const owner: unique symbol;
type Id<Owner extends string> = string & { readonly [owner]: Owner };

/** Ours: one registry organization. */
export type OrganizationId = Id<'organization'>;
/** Ours: the link between an organization and one forge organization. */
export type SynchronizationId = Id<'synchronization'>;
/** Ours: one connection of a synchronization to its forge. */
export type ConnectionId = Id<'connection'>;
/** Ours: one person. */
export type UserId = Id<'user'>;
/** Ours: one session of a person in one browser. */
export type SessionId = Id<'session'>;
/** Ours: what a person granted at a forge at one sign-in. */
export type PersonGrantId = Id<'person-grant'>;
/** Ours: one token, not its secret. */
export type TokenId = Id<'token'>;
/** Ours: one team that an organization has by hand. */
export type OwnTeamId = Id<'own-team'>;
/** Ours: one key of a machine for the API, not its secret. */
export type ApiKeyId = Id<'api-key'>;
/** Ours: one entry of an organization's audit log. */
export type AuditEntryId = Id<'audit-entry'>;
/** Ours: one hook on a forge, part of the address that it delivers to. */
export type HookSourceId = Id<'hook-source'>;
/**
 * The forge's immutable ids, strings in the forge's own form: numbers (GitHub, GitLab), UUIDs in braces (Bitbucket). Only its
 * adapter interprets them.
 */
export type ForgeOrganizationId = Id<'forge-organization'>;
export type ForgeRepositoryId = Id<'forge-repository'>;
export type ForgeTeamId = Id<'forge-team'>;
export type ForgeAccountId = Id<'forge-account'>;
/** A role that is an object on the forge, like GitHub's organization roles. */
export type ForgeRoleId = Id<'forge-role'>;
/** The forge's id of one installation of our App. */
export type InstallationId = Id<'installation'>;

type AnyId =
  | OrganizationId
  | SynchronizationId
  | ConnectionId
  | UserId
  | SessionId
  | PersonGrantId
  | TokenId
  | OwnTeamId
  | ApiKeyId
  | AuditEntryId
  | HookSourceId
  | ForgeOrganizationId
  | ForgeRepositoryId
  | ForgeTeamId
  | ForgeAccountId
  | ForgeRoleId
  | InstallationId;

/** Whether the text may be an id: not empty, and without the characters that separate parts of our keys. */
export const isId = (text: string): boolean => /^[A-Za-z0-9{}_-]+$/.test(text);

/**
 * Brands a string, or a forge's number, as the kind of id that the caller names. Nothing else sets the brand.
 *
 * @throws RangeError when it is empty or contains a character that separates parts of our keys
 */
export function asId<Kind extends AnyId>(raw: string | number): Kind {
  const text = String(raw);
  if (!isId(text)) {
    throw new RangeError(`not an id: ${JSON.stringify(text)}`);
  }
  return text as Kind;
}

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A new id of ours: 16 characters from an alphabet of 32, so 80 random bits. */
export function newId<
  Kind extends
    | OrganizationId
    | SynchronizationId
    | ConnectionId
    | UserId
    | SessionId
    | PersonGrantId
    | TokenId
    | OwnTeamId
    | ApiKeyId
    | AuditEntryId
    | HookSourceId,
>(randomBytes: (count: number) => Uint8Array): Kind {
  let text = '';
  for (const byte of randomBytes(16)) {
    text += alphabet[byte & 31];
  }
  return asId<Kind>(text);
}

/** Whom a grant, a token or a root file speaks for; the string is part of keys, object names and values at the edge. */
export type Principal = Id<'principal'>;

export const userPrincipal = (user: UserId): Principal => `u.${user}` as Principal;
export const teamPrincipal = (synchronization: SynchronizationId, team: ForgeTeamId): Principal =>
  `t.${synchronization}.${escapeId(team)}` as Principal;
/** `own` is no id of a synchronization: ours have 16 characters. */
export const ownTeamPrincipal = (team: OwnTeamId): Principal => `t.own.${team}` as Principal;
export const organizationPrincipal = (organization: OrganizationId): Principal =>
  `o.${organization}` as Principal;

/**
 * A forge's id as part of a principal, which contains only characters that addresses and object keys allow: `{` becomes `_7b`,
 * `}` `_7d` and `_` itself `_5f`.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html lists braces among the characters to avoid.
 */
const escapeId = (id: string): string =>
  id.replace(/[{}_]/g, (character) => `_${character.charCodeAt(0).toString(16)}`);

const unescapeId = (text: string): string =>
  text.replace(/_(7b|7d|5f)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

export type PrincipalParts =
  | { kind: 'user'; user: UserId }
  | { kind: 'team'; synchronization: SynchronizationId; team: ForgeTeamId }
  | { kind: 'own-team'; team: OwnTeamId }
  | { kind: 'organization'; organization: OrganizationId };

/**
 * Parses a principal.
 *
 * @throws RangeError when the text is not a principal
 */
export function parsePrincipal(text: string): PrincipalParts {
  const [kind, first, second, rest] = text.split('.');
  if (kind === 'u' && first && second === undefined) {
    return { kind: 'user', user: asId<UserId>(first) };
  }
  if (kind === 't' && first === 'own' && second && rest === undefined) {
    return { kind: 'own-team', team: asId<OwnTeamId>(second) };
  }
  if (kind === 't' && first && second && rest === undefined) {
    const synchronization = asId<SynchronizationId>(first);
    const team = asId<ForgeTeamId>(unescapeId(second));
    // Each team must have exactly one principal, since the string is a key.
    if (teamPrincipal(synchronization, team) === text) {
      return { kind: 'team', synchronization, team };
    }
  }
  if (kind === 'o' && first && second === undefined) {
    return { kind: 'organization', organization: asId<OrganizationId>(first) };
  }
  throw new RangeError(`not a principal: ${JSON.stringify(text)}`);
}

/** Checks that text from outside is a principal. */
export function asPrincipal(text: string): Principal {
  parsePrincipal(text);
  return text as Principal;
}
