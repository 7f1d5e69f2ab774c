/** Checks an access token that an owner enters. */
import { z } from 'zod';
import type { ForgeOrganizationId } from '../../domain/ids.ts';
import { Secret } from '../../runtime/secret.ts';
import type { CheckedToken } from '../connecting.ts';
import type { ForgeServices } from '../module.ts';
import { SignInError } from '../sign-in.ts';
import type { GitLabCredential } from './credential.ts';
import { get, ownsAs, type Person } from './person.ts';
import { userSchema } from './schema.ts';
import type { GitLabIntegration } from './settings.ts';

/** https://docs.gitlab.com/api/personal_access_tokens/#self-inform; for tokens of groups and projects too. */
const selfSchema = z.object({
  active: z.boolean(),
  scopes: z.array(z.string()),
  created_at: z.iso.datetime({ offset: true }),
  expires_at: z.iso.date().nullable(),
});

/** What those of these names allow is needed, or to be read only. The others change something, or are of administrators. */
const isNeeded = (scope: string): boolean => /^(api|self_rotate|openid|profile|email|read_.*)$/.test(scope);

const dayMs = 24 * 3600_000;
/** A token that cannot rotate itself should last longer than this. */
const shortMs = 7 * dayMs;

/** As `Connecting.checkToken`. */
export async function checkToken(
  integration: GitLabIntegration,
  accessToken: string,
  organization: ForgeOrganizationId,
  services: ForgeServices,
): Promise<CheckedToken<GitLabCredential>> {
  const person: Person = { integration, services, grant: { accessToken } };
  try {
    const { data: self } = await get(person, { route: '/personal_access_tokens/self' }, selfSchema);
    const validUntil = self.expires_at === null ? undefined : Date.parse(self.expires_at);
    const life = validUntil && Math.max(1, Math.ceil((validUntil - Date.parse(self.created_at)) / dayMs));
    const has = (...scopes: readonly string[]): boolean =>
      scopes.some((scope) => self.scopes.includes(scope));
    const rotates = has('api', 'self_rotate');
    const reads = self.active && has('api', 'read_api');
    const account = reads ? await accountOf(person, organization) : undefined;
    const missing = [
      ...(self.active ? [] : ['The token was revoked or has expired.']),
      ...(has('api', 'read_api') ? [] : ['The token needs the scope `read_api`, or `api`.']),
      ...(account?.isEnough === false
        ? [`The account ${account.username} of the token has to own the group.`]
        : []),
    ];
    const isShort = validUntil !== undefined && validUntil - services.clock.now() < shortMs;
    const limits = [
      ...(has('api')
        ? []
        : ['Without the scope `api` no webhooks are installed, so changes are found by the schedule.']),
      ...(isShort && !rotates
        ? ['The token ends within a week, and lacks the scope `self_rotate` to be renewed.']
        : []),
    ];
    const others = self.scopes.filter((scope) => !isNeeded(scope)).map((scope) => `\`${scope}\``);
    const unneeded = [
      ...(others.length === 0 ? [] : [`The token has scopes that are not needed: ${others.join(', ')}.`]),
      ...(account?.isAdmin === true
        ? [
            `The account ${account.username} of the token administers the whole instance; an owner of the group is enough.`,
          ]
        : []),
    ];
    return {
      credential: issued(accessToken, rotates, validUntil, life),
      ...{ missing, limits, unneeded, scopes: self.scopes },
    };
  } catch (error) {
    if (error instanceof SignInError && error.code === 'grant-ended') {
      const missing = ['GitLab does not accept the token.'];
      return { credential: issued(accessToken, false), missing, scopes: [], limits: [], unneeded: [] };
    }
    throw error;
  }
}

const issued = (accessToken: string, rotates: boolean, validUntil?: number, lifeDays?: number) => ({
  secret: new Secret<GitLabCredential>({
    kind: 'token',
    accessToken,
    rotates,
    ...(lifeDays && { lifeDays }),
  }),
  validUntil,
  renews: rotates,
});

/** Whose token it is. An administrator of an instance needs no membership. */
async function accountOf(person: Person, organization: ForgeOrganizationId) {
  const { data: user } = await get(person, { route: '/user' }, userSchema);
  const isAdmin = user.is_admin === true;
  const isEnough = isAdmin || (await ownsAs(person, organization, user.id));
  return { username: user.username, isAdmin, isEnough };
}
