/** Who sends a request, how often, and whether a page of ours sent it. */
import type { Context, MiddlewareHandler } from 'hono';
import { apiKeyOf, isUsable } from '../../../shared/organizations/api-keys.ts';
import { cookiesOf } from '../../../shared/runtime/http-handler.ts';
import { refuse } from '../../../shared/runtime/problem-details.ts';
import { addressBlock } from '../../../shared/runtime/viewer.ts';
import { readSession } from '../../../shared/sessions/session.ts';
import { refusalOfUser } from '../../../shared/sign-in/admission.ts';
import { noteApiKeyUse } from '../../../shared/store/api-key-store.ts';
import { countRequest, rateWindowMs, secondsToNextWindow } from '../../../shared/store/rate-store.ts';
import type { Caller } from './access.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { ApiEnvironment } from './environment.ts';
import { isChange, type RouteDefinition } from './route.ts';

type Middleware = MiddlewareHandler<ApiEnvironment>;

/** Finds out who asks. A request with `Authorization` is a machine's: cookies beside it count for nothing. */
export const authenticated =
  (dependencies: ApiDependencies, definition: RouteDefinition): Middleware =>
  async (c, next) => {
    if (definition.access === 'public') {
      return next();
    }
    const authorization = c.req.header('authorization');
    if (authorization !== undefined) {
      const { caller, former } = await machineOf(dependencies, authorization);
      c.set('caller', caller);
      c.set('former', former);
      return next();
    }
    const { signedIn, ended, setCookies } = await readSession(
      dependencies,
      cookiesOf(c.env.event.cookies ?? []),
      {
        isChange: isChange(definition),
        origin: c.get('origin'),
        findRefusal: refusalOfUser(dependencies),
      },
    );
    c.set('caller', signedIn && { kind: 'user', ...signedIn });
    c.set('former', ended && { kind: 'user', ...ended });
    await next();
    for (const cookie of setCookies) {
      c.res.headers.append('set-cookie', cookie);
    }
  };

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
async function machineOf(
  { table, clock, isOperatorKey }: ApiDependencies,
  authorization: string,
): Promise<{ readonly caller?: Caller; readonly former?: Caller }> {
  const [, secret] = /^bearer +([\w~+/.-]+=*)$/i.exec(authorization) ?? [];
  if (secret === undefined) {
    return {};
  }
  const key = await apiKeyOf(table, secret);
  if (key !== undefined) {
    return { [isUsable(key, clock.now()) ? 'caller' : 'former']: { kind: 'key', key } };
  }
  return (await isOperatorKey(secret)) ? { caller: { kind: 'operator' } } : {};
}

/** The header that only a script of our own origin can send: others would need our consent by CORS, which nobody gets. */
const requestHeader = 'x-repertoire-request';

/**
 * A change that a browser's cookies speak for comes from a page of ours.
 *
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export const sentByOurPage =
  ({ consoleBaseUrl }: ApiDependencies, definition: RouteDefinition): Middleware =>
  async (c, next) => {
    if (isChange(definition) && c.get('caller')?.kind === 'user') {
      const ours = new URL(consoleBaseUrl).origin;
      const wrong = [
        ...(c.req.header('origin') === ours ? [] : [`Origin: ${ours}`]),
        ...(c.req.header(requestHeader) === '1' ? [] : ['X-Repertoire-Request: 1']),
      ];
      if (wrong.length > 0) {
        refuse('cross-site', `A change with a session needs the header ${wrong.join(' and the header ')}.`);
      }
    }
    await next();
  };

/** Requests in a minute. A page of the console makes about ten; an operator's program waits for work by asking again and again; whoever shows nothing is counted by his address, with all who share it. */
const quotas = { user: 300, key: 600, operator: 3000, address: 120 } as const;

function countedAs(c: Context<ApiEnvironment>): {
  readonly policy: keyof typeof quotas;
  readonly name: string;
} {
  const caller = c.get('caller');
  switch (caller?.kind) {
    case 'user':
      return { policy: 'user', name: `user.${caller.user}` };
    case 'key':
      return { policy: 'key', name: `key.${caller.key.id}` };
    case 'operator':
      return { policy: 'operator', name: 'operator' };
    case undefined:
      return { policy: 'address', name: `address.${addressBlock(c.get('origin').address)}` };
  }
}

/**
 * Nobody asks too often. Headers as in https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/10/
 */
export const withinRate =
  ({ table, clock }: ApiDependencies): Middleware =>
  async (c, next) => {
    const now = clock.now();
    const { policy, name } = countedAs(c);
    const quota = quotas[policy];
    const count = await countRequest(table, name, now);
    const resetSeconds = secondsToNextWindow(now);
    const headers = {
      'ratelimit-policy': `"${policy}";q=${quota};w=${rateWindowMs / 1000}`,
      ratelimit: `"${policy}";r=${Math.max(0, quota - count)};t=${resetSeconds}`,
    };
    if (count > quota) {
      refuse('rate-limited', `More than ${quota} requests in a minute.`, {
        headers,
        retryAfter: resetSeconds,
      });
    }
    await next();
    for (const [field, value] of Object.entries(headers)) {
      c.res.headers.set(field, value);
    }
  };

/** After the key was let through, so that a refused one leaves no trace. */
export async function noteUse({ table, clock }: ApiDependencies, caller: Caller | undefined): Promise<void> {
  if (caller?.kind === 'key') {
    await noteApiKeyUse(table, caller.key, clock.now());
  }
}
