/** Invitations on the first page, each with the buttons that accept and decline it. */
import { html } from 'hono/html';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import {
  acceptInvitation,
  declineInvitation,
  type OwnInvitation,
} from '../../../shared/organizations/invitations.ts';
import type { HttpAnswer } from '../../../shared/runtime/http-message.ts';
import { type Html, pageAnswer, redirectAnswer } from '../../../shared/runtime/page.ts';
import { bestEffortQueue } from '../../../shared/store/best-effort-queue.ts';
import { accountableFor, type PageContext, refusalOfForm } from './context.ts';

export const invitationItem = (
  formToken: string,
  { organization: { name, slug }, role, endsAt }: OwnInvitation,
): Html => html`<form method="post" action="/invitations/${slug}"><input type="hidden" name="form-token" value="${formToken}">
<p><strong>${name}</strong> invites you as ${role === 'owner' ? 'an owner' : 'a member'}, until ${new Date(endsAt).toISOString().slice(0, 10)}. If you accept, its owners see which tokens you have, and limit how long new ones live.</p>
<p><button type="submit" name="answer" value="accept">Accept</button> <button class="second" type="submit" name="answer" value="decline">Decline</button></p></form>`;

const answers = new Map([
  ['accept', acceptInvitation],
  ['decline', declineInvitation],
]);

/** Accepts or declines the invitation of the organization in the path. */
export async function answerInvitation(context: PageContext): Promise<HttpAnswer> {
  const { dependencies, current, key, form } = context;
  const refusal = await refusalOfForm(context);
  if (refusal !== undefined) {
    return pageAnswer(refusal);
  }
  const answer = answers.get(form.get('answer') ?? '');
  if (answer === undefined) {
    throw new CallerError('invalid', 'An invitation is accepted or declined.');
  }
  const making = { ...dependencies, workQueue: bestEffortQueue(dependencies) };
  await answer(making, current.user, key, await accountableFor(context));
  return redirectAnswer('/');
}
