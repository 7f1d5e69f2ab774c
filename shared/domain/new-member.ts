/** Whether somebody whom a synchronization brings waits until an owner activates him. */
import type { SynchronizationId } from './ids.ts';

/** Where one of a person's accounts is, as a code host says. */
export interface Appearance {
  readonly synchronization: SynchronizationId;
  readonly role: 'owner' | 'member' | 'outside';
}

/**
 * A person is new when no account of his was there when owners decided that new members wait. Owners by the primary synchronization are never
 * new: nobody is locked out. Somebody who appears nowhere is not brought by a synchronization.
 *
 * @param wait whether new members wait
 * @param primary whose owners own the organization
 */
export function isNewMember(
  { wait, primary }: { readonly wait: boolean; readonly primary: SynchronizationId | undefined },
  { isKnown, appearances }: { readonly isKnown: boolean; readonly appearances: readonly Appearance[] },
): boolean {
  const owns = appearances.some(
    ({ synchronization, role }) => role === 'owner' && synchronization === primary,
  );
  return wait && !isKnown && !owns && appearances.length > 0;
}
