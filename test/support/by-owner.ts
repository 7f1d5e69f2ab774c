import type { Accountable } from '../../shared/organizations/owner-act.ts';

/** An owner who gives a reason. */
export const byOwner: Accountable = { by: 'olga', why: 'a test' };
