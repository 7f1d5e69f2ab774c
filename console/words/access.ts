import { shownNumber } from './locale.ts';

/** How somebody comes to read a package: the words for a way of the API. */
export const accessWords = {
  through: {
    owner: 'Owner of the organization',
    'base-permission': 'What every member may do',
    everyone: 'Public: anybody with a token',
    members: 'Internal: every member',
    team: 'Team',
    role: 'Role',
    collaborator: 'Right of the account itself',
    organization: 'A token of the organization',
  },
  team: (name: string) => `Team ${name}`,
  role: (name: string) => `Role ${name}`,
  inherited: (text: string, above: string) => `${text}, from ${above}`,
  more: (count: number) => `and ${shownNumber(count)} more`,
  withPermission: (text: string, permission: string) => `${text} (${permission})`,
};
