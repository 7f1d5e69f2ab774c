/** A request for a page of somebody who is signed in, and what is checked of every form. */
import type { Integrations } from '../../../shared/forge/integrations.ts';
import { type PublicIntegration, publicIntegrations } from '../../../shared/organizations/granted-forge.ts';
import { organizationsOf } from '../../../shared/organizations/membership.ts';
import type { Accountable } from '../../../shared/organizations/owner-act.ts';
import type { HttpAnswer, HttpRequest } from '../../../shared/runtime/http-message.ts';
import type { Page } from '../../../shared/runtime/page.ts';
import type { SignedIn } from '../../../shared/sessions/access-token.ts';
import { formTokenFor, isFormToken } from '../../../shared/sessions/form-token.ts';
import { againPage, messagePage, toStartPage } from '../../../shared/sign-in/pages.ts';
import { refusalLog } from '../../../shared/sign-in/refusal-log.ts';
import { originOf } from '../../../shared/sign-in/request-checks.ts';
import { isConnectPath } from '../../../shared/sign-in/return-path.ts';
import { readUser } from '../../../shared/store/user-store.ts';
import { freshMs } from '../frame/access.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { tokensPath } from './token-pages.ts';

export interface PageContext {
  readonly dependencies: ApiDependencies;
  readonly request: HttpRequest;
  readonly current: SignedIn;
  /** What follows the name of the page in its path, decoded; empty if nothing does. */
  readonly key: string;
  /** Empty for a page that is only read. */
  readonly form: URLSearchParams;
}

export type PageRoute = (context: PageContext) => Promise<HttpAnswer>;

/** The code hosts that people can sign in with. */
export const hostsOf = async ({ dependencies }: PageContext): Promise<readonly PublicIntegration[]> =>
  offeredAmong(dependencies, await dependencies.forges.integrations());

const offeredAmong = (
  dependencies: PageContext['dependencies'],
  integrations: Integrations,
): readonly PublicIntegration[] =>
  publicIntegrations(dependencies, integrations).filter(({ isSignInOffered }) => isSignInOffered);

/** The code host of the page's key, also one that was added a moment ago. */
export async function hostOf(context: PageContext): Promise<PublicIntegration | undefined> {
  const { dependencies, key } = context;
  const named = (hosts: readonly PublicIntegration[]) => hosts.find((host) => host.key === key);
  return (
    named(await hostsOf(context)) ??
    named(offeredAmong(dependencies, await dependencies.forges.newestIntegrations()))
  );
}

/** Where a person goes on who confirmed to be it: the page of the form, as far as that has an address of its own. */
const pageOfForm = (path: string): string =>
  isConnectPath(path) ? path : path.startsWith(tokensPath) ? tokensPath : '/';

/**
 * Why a form is not carried out, as a page: it is of another session, or does something dangerous and the person signed in too long ago.
 */
export async function refusalOfForm(
  context: PageContext,
  { isDangerous = true }: { readonly isDangerous?: boolean } = {},
): Promise<Page | undefined> {
  const { dependencies, current, request, form } = context;
  const { session, authenticatedAt } = current;
  if (!(await isFormToken(dependencies, session, form.get('form-token') ?? ''))) {
    await noteRefusedForm(context, 'cross-site', 'The form is of no page that this session was shown.');
    return messagePage(
      'That did not work',
      'This form is out of date. Open its page again.',
      403,
      toStartPage,
    );
  }
  if (isDangerous && dependencies.clock.now() >= authenticatedAt + freshMs) {
    await noteRefusedForm(context, 'reauthentication-required', 'The sign-in was more than 15 minutes ago.');
    const returnTo = pageOfForm(request.path);
    const formToken = await formTokenFor(dependencies, session);
    return { ...againPage(await hostsOf(context), { returnTo, formToken }), status: 403 };
  }
  return undefined;
}

/** In the history of the organization whose page it is, if the person belongs to it; else of the installation. */
async function noteRefusedForm(context: PageContext, code: string, why: string): Promise<void> {
  const { dependencies, request, current, key } = context;
  const { table, clock, logger } = dependencies;
  const [, page = ''] = request.path.split('/');
  try {
    const places = page === 'connected' ? await organizationsOf(table, current.user, clock.now()) : [];
    const place = places.find(({ organization }) => organization.slug === key);
    await refusalLog(dependencies)({
      ...{ caller: `user ${current.user}`, concerned: place?.organization.id ?? 'installation' },
      ...{ subject: `form /${page}`, code, why },
      accountable: async (text) => ({ ...(await accountableFor(context)), why: text }),
    });
  } catch (error) {
    logger.warn('a refused request could not be noted in the history', { path: request.path, error });
  }
}

/** Who sent the form, for the history. One read. */
export async function accountableFor({ dependencies, request, current }: PageContext): Promise<Accountable> {
  const { user, session } = current;
  const found = await readUser(dependencies.table, user);
  const name = found?.name ?? found?.login ?? user;
  const { address } = originOf(request);
  return { by: name, why: '', actor: { kind: 'user', id: user, name }, from: { address, session } };
}
