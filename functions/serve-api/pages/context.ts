/** A request for a page of somebody who is signed in, and what is checked of every form. */
import type { Accountable } from '../../../shared/organizations/owner-act.ts';
import type { HttpAnswer, HttpRequest } from '../../../shared/runtime/http-message.ts';
import type { Page } from '../../../shared/runtime/page.ts';
import type { SignedIn } from '../../../shared/sessions/access-token.ts';
import { isFormToken } from '../../../shared/sessions/form-token.ts';
import { messagePage } from '../../../shared/sign-in/pages.ts';
import { originOf } from '../../../shared/sign-in/request-checks.ts';
import { readUser } from '../../../shared/store/user-store.ts';
import { freshMs } from '../frame/access.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';

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

/** Why a form is not carried out, as a page: it is of another session, or the person signed in too long ago. */
export async function refusalOfForm({
  dependencies,
  current: { session, authenticatedAt },
  form,
}: PageContext): Promise<Page | undefined> {
  if (!(await isFormToken(dependencies, session, form.get('form-token') ?? ''))) {
    return messagePage('That did not work', 'This form is out of date. Go back and send it again.', 403);
  }
  if (dependencies.clock.now() >= authenticatedAt + freshMs) {
    const text = 'You signed in a while ago. Sign in again, then send the form once more.';
    return messagePage('Confirm that it is you', text, 403);
  }
  return undefined;
}

/** Who sent the form, for the history. One read. */
export async function accountableFor({ dependencies, request, current }: PageContext): Promise<Accountable> {
  const { user, session } = current;
  const found = await readUser(dependencies.table, user);
  const name = found?.name ?? found?.login ?? user;
  const { address } = originOf(request);
  return { by: name, why: '', actor: { kind: 'user', id: user, name }, from: { address, session } };
}
