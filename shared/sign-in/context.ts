/** A request below `/sign-in`, and answers that several routes give. */
import type { HttpAnswer, HttpRequest } from '../runtime/http-message.ts';
import type { Page } from '../runtime/page.ts';
import type { SignedIn } from '../sessions/access-token.ts';
import { formTokenFor, isFormToken } from '../sessions/form-token.ts';
import type { RequestOrigin } from '../store/session-store.ts';
import { readUser } from '../store/user-store.ts';
import type { SignInDependencies } from './dependencies.ts';
import { offeredIntegrations } from './offered.ts';
import { againPage, codeHostOf, messagePage, notFoundPage } from './pages.ts';
import { refusalLog } from './refusal-log.ts';

export interface Context {
  readonly dependencies: SignInDependencies;
  readonly request: HttpRequest;
  readonly origin: RequestOrigin;
  readonly current: SignedIn | undefined;
  /** What stands behind the route's name. */
  readonly key: string;
  /** Of a form. */
  readonly form: URLSearchParams;
}

export type Route = (context: Context) => Promise<HttpAnswer>;

/** One that it is not of leaves an entry in the history. */
export async function hasFormToken(context: Context, current: SignedIn): Promise<boolean> {
  const { dependencies, form } = context;
  const has = await isFormToken(dependencies, current.session, form.get('form-token') ?? '');
  if (!has) {
    await noteRefusedForm(context, current, {
      code: 'cross-site',
      why: 'The form is of no page that this session was shown.',
    });
  }
  return has;
}

/** In the history of the installation. */
async function noteRefusedForm(
  { dependencies, request, origin: { address } }: Context,
  { user: id, session }: SignedIn,
  { code, why }: { readonly code: string; readonly why: string },
): Promise<void> {
  const [, , name] = request.path.split('/');
  try {
    await refusalLog(dependencies)({
      ...{ caller: `user ${id}`, concerned: 'installation', subject: `form /sign-in/${name}`, code, why },
      async accountable(text) {
        const user = await readUser(dependencies.table, id);
        const by = user?.name ?? user?.login ?? id;
        return { by, why: text, actor: { kind: 'user', id, name: by }, from: { address, session } };
      },
    });
  } catch (error) {
    dependencies.logger.warn('a refused request could not be noted in the history', { error });
  }
}

/** Asks who is signed in to prove it again. */
export async function provenAgain(context: Context, current: SignedIn, returnTo: string): Promise<Page> {
  const { dependencies } = context;
  const { session } = current;
  await noteRefusedForm(context, current, {
    code: 'reauthentication-required',
    why: 'The sign-in was more than 15 minutes ago.',
  });
  const { offered } = await offeredIntegrations(dependencies);
  return againPage(offered.map(codeHostOf), {
    returnTo,
    formToken: await formTokenFor(dependencies, session),
  });
}

export const unknownIntegration: Page = notFoundPage('Nobody can sign in with this code host here.');
export const beginAgain: Page = messagePage(
  'The sign-in was not completed',
  'This browser began no such sign-in, or it took too long. Begin again.',
  400,
);
export const outdatedForm: Page = messagePage(
  'That did not work',
  'You were signed out, or signed in anew, since this page was opened. Open it again.',
  403,
);
