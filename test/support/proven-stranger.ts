/** The member signs in with the stranger's account too, which is how two users turn out to be one person. */
import { pendingMerge } from '../../shared/sign-in/pending-sign-in.ts';
import { type ApiWorld, userOf } from './api-world.ts';

export async function proveStranger(world: ApiWorld): Promise<void> {
  const { body } = await world.ask('member', { path: '/me/sessions' });
  const { id: session } = body.items.find(({ isCurrent }: { readonly isCurrent: boolean }) => isCurrent);
  const proof = { merged: userOf('stranger'), provenMerged: world.now(), session };
  world.keepCookies('member', [await pendingMerge.sealed(world.dependencies, proof)]);
}
