/** A merge of two users that the person has proved, and not confirmed yet: what the browser keeps of it. */
import type { SignedIn } from '../sessions/access-token.ts';
import type { SessionDependencies } from '../sessions/session-keys.ts';
import type { Merge } from './merge-users.ts';
import { type PendingMerge, pendingMerge } from './pending-sign-in.ts';

/** @returns undefined where there is none, or another session proved it */
export async function provenMerge(
  dependencies: SessionDependencies,
  cookies: ReadonlyMap<string, string>,
  current: SignedIn | undefined,
): Promise<PendingMerge | undefined> {
  const proof = await pendingMerge.opened(dependencies, cookies);
  return proof !== undefined && proof.session === current?.session ? proof : undefined;
}

/** What the person confirms, signed in as the one who stays. */
export const mergeOf = (current: SignedIn, { merged, provenMerged }: PendingMerge): Merge => ({
  into: current.user,
  merged,
  provenInto: current.authenticatedAt,
  provenMerged,
});
