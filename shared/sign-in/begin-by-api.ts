/** Begins what a person proves at a code host, for a page of the console host that asks by the API. */
import { CallerError } from '../domain/caller-error.ts';
import type { SignedIn } from '../sessions/access-token.ts';
import type { RequestOrigin } from '../store/session-store.ts';
import type { SignInEntry } from '../store/sign-in-log.ts';
import type { Table } from '../store/table.ts';
import {
  type BeginningDependencies,
  findOffered,
  type OfferedDependencies,
  prepareSignIn,
} from './offered.ts';
import type { PendingSignIn } from './pending-sign-in.ts';
import { isPage } from './return-path.ts';
import { entry } from './user-accounts.ts';

/** What can be begun, each with what the log of sign-ins has of it. */
export const begunActs = {
  link: 'account-link-begun',
  'authenticate-again': 'authentication-begun',
  'choose-organization': 'organization-choice-begun',
} as const satisfies Partial<Record<PendingSignIn['purpose'], SignInEntry['act']>>;

export interface Asked {
  readonly purpose: keyof typeof begunActs;
  /** The key of the code host. */
  readonly integration: string;
  /** A page, which is told the outcome. */
  readonly returnTo: string;
  /** Whether what is granted is kept for choosing an organization, whatever the purpose. */
  readonly keepsGrant?: boolean | undefined;
}

/**
 * @returns where the browser has to go, and the cookie that binds the answer to it
 * @throws CallerError `invalid` when nobody can sign in with the code host, or there is no such page
 */
export async function beginByApi(
  dependencies: OfferedDependencies & BeginningDependencies & { readonly table: Table },
  current: SignedIn,
  { integration: key, ...asked }: Asked,
  origin: RequestOrigin,
): Promise<{ readonly authorizeUrl: string; readonly setCookie: string }> {
  if (!isPage(asked.returnTo)) {
    throw invalid('/returnTo', 'is no page of this registry that people can be led back to');
  }
  const offered = await findOffered(dependencies, key);
  if (offered === undefined) {
    throw invalid('/integration', 'people cannot sign in with that code host here');
  }
  const about = { user: current.user, session: current.session, why: `at ${key}`, ...origin };
  await dependencies.table.transact([entry(dependencies, begunActs[asked.purpose], about)]);
  return prepareSignIn(dependencies, offered, { ...asked, tellsOutcome: true, current });
}

const invalid = (pointer: string, detail: string): CallerError =>
  new CallerError('invalid', 'The body is not valid.', { errors: [{ pointer, detail }] });
