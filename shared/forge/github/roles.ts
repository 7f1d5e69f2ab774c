/** Interprets GitHub's names for permissions. The names themselves are kept for display. */
import { ForgeError } from '../errors.ts';
import type { Member, Permission } from './schema.ts';

/**
 * Whether members may read every private repository of their organization, by its base permission.
 *
 * https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/setting-base-permissions-for-an-organization
 *
 * @throws ForgeError `incomplete` for an unknown name: neither answer would be safe
 */
export function membersRead(basePermission: string): boolean {
  switch (basePermission) {
    case 'read':
    case 'write':
    case 'admin':
      return true;
    case 'none':
      return false;
    default:
      throw new ForgeError('incomplete', `GitHub names an unknown base permission: ${basePermission}`);
  }
}

/** The member's role; an organization's administrators are its owners. */
export function memberRole(role: Member['role']): 'owner' | 'member' {
  return role === 'ADMIN' ? 'owner' : 'member';
}

/** Every level may read. The order says which of two rights is stronger. */
const levels: Readonly<Record<Permission, number>> = { READ: 1, TRIAGE: 2, WRITE: 3, MAINTAIN: 4, ADMIN: 5 };

export function isStronger(one: Permission, other: Permission): boolean {
  return levels[one] > levels[other];
}
