import { counted, shownNumber } from './locale.ts';

export const teamsWords = {
  title: 'Teams',
  description: 'Teams of the code hosts, and teams made here.',
  fromHere: 'Made here',
  columns: { team: 'Team', host: 'From' },
  shown: (count: number, hasMore: boolean) =>
    hasMore ? `The first ${shownNumber(count)}` : counted(count, { one: 'team', other: 'teams' }),
  below: (name: string) => `below ${name}`,
  none: { title: 'No teams', text: 'The code hosts have none, and nobody made one here.' },
  team: {
    tabs: { members: 'Members', packages: 'Packages' },
    memberColumns: { member: 'Member', level: 'Level', from: 'Membership' },
    direct: 'Of this team',
    packageColumns: { package: 'Package', source: 'Source of the right' },
    noMembers: { title: 'No members', text: 'Nobody is in this team.' },
    noPackages: { title: 'No packages', text: 'No right of this team leads to a package.' },
  },
};
