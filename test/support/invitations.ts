import type { OrganizationId, UserId } from '../../shared/domain/ids.ts';
import { changeInvitation, type Offer } from '../../shared/store/invitation-store.ts';
import type { Operation } from '../../shared/store/table.ts';

/** Invites somebody whom nobody invites yet. */
export const invitedBy = (organization: OrganizationId, user: UserId, offer: Offer): readonly Operation[] =>
  changeInvitation(organization, user, [offer], undefined);
