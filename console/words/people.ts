import { counted, shownNumber } from './locale.ts';

export const peopleWords = {
  title: 'People',
  description: 'Members and outside collaborators, as the code hosts say.',
  state: 'State',
  anyState: 'Any state',
  states: { active: 'Active', waiting: 'Waiting', off: 'Switched off', invited: 'Invited' },
  columns: { person: 'Person', role: 'Role', state: 'State', signedIn: 'Signed in' },
  byHand: 'Added here',
  known: 'Yes',
  unknown: 'Not yet',
  neverSignedIn: 'Never signed in',
  noRole: 'Reads nothing',
  shown: (count: number, hasMore: boolean) =>
    hasMore ? `The first ${shownNumber(count)}` : counted(count, { one: 'account', other: 'accounts' }),
  none: { title: 'Nobody yet', text: 'People appear here once a code host has been read.' },
  noMatch: { title: 'Nobody is in this state', text: 'Choose another state.', action: 'Show everybody' },
  access: {
    title: 'May install',
    columns: { package: 'Package', through: 'Through' },
    none: { title: 'No packages', text: 'No right of this person leads to a package.' },
    noneWaiting: {
      title: 'No packages',
      text: 'Somebody who waits reads nothing until an owner activates them.',
    },
    noneOff: {
      title: 'No packages',
      text: 'Whoever is switched off reads nothing, whatever the code host says.',
    },
    more: (count: number) => `and ${shownNumber(count)} more`,
  },
  change: {
    activate: 'Activate',
    switchOff: 'Switch off',
    switchOn: 'Switch on',
    titles: {
      activate: (name: string) => `Activate ${name}?`,
      switchOff: (name: string) => `Switch ${name} off?`,
      switchOn: (name: string) => `Switch ${name} on?`,
    },
    texts: {
      activate: 'From then on this person installs what the code host allows.',
      switchOff:
        'From then on this person and the tokens of this person read nothing here, whatever the code host says. You can switch the person on again.',
      switchOn: 'The person and the tokens of this person read again what the code host allows.',
    },
    done: {
      activate: (name: string) => `${name} is active.`,
      switchOff: (name: string) => `${name} is switched off.`,
      switchOn: (name: string) => `${name} is switched on.`,
    },
  },
};
