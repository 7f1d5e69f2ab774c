import { counted, shownNumber } from './locale.ts';

export const teamsWords = {
  title: 'Teams',
  description: 'Teams of the code hosts, and teams made here.',
  fromHere: 'Made here',
  search: 'Search by name',
  columns: { team: 'Team', rights: 'Rights here', host: 'From' },
  shown: (count: number, hasMore: boolean) =>
    hasMore ? `The first ${shownNumber(count)}` : counted(count, { one: 'team', other: 'teams' }),
  below: (name: string) => `below ${name}`,
  none: { title: 'No teams', text: 'The code hosts have none, and nobody made one here.' },
  name: 'Name',
  make: {
    open: 'New team',
    title: 'New team',
    text: 'For people and tokens that belong together and that no code host knows as a team. It reads no repository of a code host.',
    submit: 'Make the team',
    done: (name: string) => `${name} is made.`,
  },
  rename: {
    open: 'Rename',
    title: 'Rename the team',
    submit: 'Rename',
    done: (name: string) => `The team is called ${name} now.`,
  },
  delete: {
    action: 'Delete',
    title: (name: string) => `Delete ${name}?`,
    text: 'Its tokens are revoked, and the rights that owners gave it end. This cannot be undone.',
    done: (name: string) => `${name} is deleted.`,
  },
  rights: {
    about:
      'Owners can leave work on packages to this team. Each right counts for members of this very team, on the repositories that they read through it.',
    aboutOwn:
      'Owners can leave work on packages to this team. A team made here reads no repository of a code host, so these rights count on nothing yet.',
    rights: {
      'manage-packages': {
        label: 'Manage packages',
        text: 'Scan a repository, accept a moved tag, give a name, delete versions and packages.',
      },
      'add-packages': {
        label: 'Add packages',
        text: 'Make packages of repositories that are none yet.',
      },
    },
    done: (name: string) => `The rights of ${name} are saved.`,
  },
  team: {
    tabs: { members: 'Members', packages: 'Packages', rights: 'Rights' },
    memberColumns: { member: 'Member', level: 'Role in the team', from: 'Membership', action: 'Remove' },
    ofCodeHost: 'Members of this team are added and removed at the code host; it shows here within seconds.',
    direct: 'Of this team',
    through: (name: string) => `Through ${name}`,
    add: 'Add somebody',
    addHint: 'Type a part of the login',
    added: (login: string) => `${login} is in the team.`,
    remove: 'Remove',
    notRemoved: (login: string) => `${login} could not be removed`,
    removed: (login: string) => `${login} is not in the team any more.`,
    packageColumns: { package: 'Package', repository: 'Repository', source: 'Source of the right' },
    unknownRepository: 'Not read any more',
    noMembers: { title: 'No members', text: 'Nobody is in this team on the code host.' },
    noOwnMembers: { title: 'No members', text: 'Add people of the organization above.' },
    noPackages: { title: 'No packages', text: 'No right of this team leads to a package.' },
    noOwnPackages: {
      title: 'No packages',
      text: 'A team made here reads no repository of a code host. Its tokens read what everybody may.',
    },
  },
};
