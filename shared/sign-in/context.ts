/** A request below `/sign-in`, and answers that several routes give. */
import type { HttpAnswer, HttpRequest } from '../runtime/http-message.ts';
import type { Page } from '../runtime/page.ts';
import type { SignedIn } from '../sessions/access-token.ts';
import { formTokenFor, isFormToken } from '../sessions/form-token.ts';
import type { RequestOrigin } from '../store/session-store.ts';
import type { SignInDependencies } from './dependencies.ts';
import { offeredIntegrations } from './offered.ts';
import { againPage, codeHostOf, messagePage, notFoundPage } from './pages.ts';

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

export const hasFormToken = ({ dependencies, form }: Context, { session }: SignedIn): Promise<boolean> =>
  isFormToken(dependencies, session, form.get('form-token') ?? '');

/** Asks who is signed in to prove it again. */
export async function provenAgain(
  dependencies: SignInDependencies,
  { session }: SignedIn,
  returnTo: string,
): Promise<Page> {
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
