/** A person's own tokens without JavaScript: listed, made, rotated and revoked. */
import { enteredLine } from '../../../shared/console-api/common.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type TokenId } from '../../../shared/domain/ids.ts';
import { organizationsOf } from '../../../shared/organizations/membership.ts';
import {
  type Asker,
  makeOwnToken,
  type OwnToken,
  ownTokens,
  revokeOwnToken,
  rotateOwnToken,
} from '../../../shared/organizations/personal-tokens.ts';
import type { HttpAnswer } from '../../../shared/runtime/http-message.ts';
import { pageAnswer, redirectAnswer } from '../../../shared/runtime/page.ts';
import { formTokenFor } from '../../../shared/sessions/form-token.ts';
import { originOf } from '../../../shared/sign-in/request-checks.ts';
import { bestEffortQueue } from '../../../shared/store/best-effort-queue.ts';
import { isExcludedFrom } from '../../../shared/store/personal-token-store.ts';
import { type PageContext, refusalOfForm } from './context.ts';
import { exampleFor } from './example-package.ts';
import { tokenPage, tokensPage, tokensPath } from './token-pages.ts';

const descriptionMax = 100;

const askerOf = ({ request, current: { user, session } }: PageContext): Asker => ({
  user,
  session,
  origin: originOf(request),
});

const working = ({ dependencies }: PageContext) => ({
  ...dependencies,
  workQueue: bestEffortQueue(dependencies),
});

export async function showTokens({ dependencies, current }: PageContext): Promise<HttpAnswer> {
  const [tokens, formToken] = await Promise.all([
    ownTokens(dependencies.table, current.user, dependencies.clock.now()),
    formTokenFor(dependencies, current.session),
  ]);
  return pageAnswer(tokensPage(tokens, formToken));
}

export async function makeToken(context: PageContext): Promise<HttpAnswer> {
  const refusal = await refusalOfForm(context);
  if (refusal !== undefined) {
    return pageAnswer(refusal);
  }
  const description = enteredLine(context.form.get('description'), descriptionMax) || 'Composer';
  const asked = { description, expiresAt: undefined };
  return secretOf(context, await makeOwnToken(working(context), askerOf(context), asked));
}

/** Rotates or revokes the token in the path, by the button that was pressed. */
export async function changeToken(context: PageContext): Promise<HttpAnswer> {
  const change = context.form.get('change');
  // To refuse a token is never dangerous: whoever finds it lost does it in a session of any age.
  const refusal = await refusalOfForm(context, { isDangerous: change !== 'revoke' });
  if (refusal !== undefined) {
    return pageAnswer(refusal);
  }
  const id = asId<TokenId>(context.key);
  switch (change) {
    case 'rotate':
      return secretOf(context, await rotateOwnToken(working(context), askerOf(context), id, undefined));
    case 'revoke':
      await revokeOwnToken(working(context), askerOf(context), id);
      return redirectAnswer(tokensPath);
    default:
      throw new CallerError('invalid', 'A token is rotated or revoked.');
  }
}

async function secretOf(
  { dependencies, current: { user } }: PageContext,
  { token, secret }: OwnToken & { readonly secret: string },
): Promise<HttpAnswer> {
  const { table, clock, registryBaseUrl } = dependencies;
  const memberships = (await organizationsOf(table, user, clock.now())).filter(
    ({ organization }) => !isExcludedFrom(token, organization.slug),
  );
  const example = await exampleFor(dependencies, user, memberships);
  return pageAnswer(tokenPage(secret, { expiry: token.expiry, memberships, registryBaseUrl, example }));
}
