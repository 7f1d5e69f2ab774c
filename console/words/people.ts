import { counted, shownNumber } from './locale.ts';

export const peopleWords = {
  title: 'People',
  description: 'Members and outside collaborators, as the code hosts say.',
  descriptionByHand:
    'Who belongs to this organization. No code host says it: owners invite and remove people here.',
  search: 'Search by login',
  place: (organization: string, host: string) => `${organization} · ${host}`,
  state: 'State',
  anyState: 'Any state',
  states: { active: 'Active', waiting: 'Waiting', off: 'Switched off', invited: 'Invited' },
  columns: { person: 'Person', role: 'Role', state: 'State', signedIn: 'Signed in', action: 'Change' },
  byHand: 'Added here',
  invitedUntil: (time: string) => `The invitation ends ${time}.`,
  known: 'Yes',
  unknown: 'Not yet',
  neverSignedIn: 'Never signed in',
  tokens: 'Tokens',
  history: 'What this person did',
  noRole: 'Reads nothing',
  shown: (count: number, hasMore: boolean) =>
    hasMore ? `The first ${shownNumber(count)}` : counted(count, { one: 'account', other: 'accounts' }),
  none: { title: 'Nobody yet', text: 'People appear here once a code host has been read.' },
  noMatch: {
    title: 'Nobody fits',
    text: 'No login has this part in this state.',
    action: 'Show everybody',
  },
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
  },
  activateAll: {
    action: (count: number) => `Activate ${shownNumber(count)}`,
    title: (count: number) => `Activate ${counted(count, { one: 'person', other: 'people' })}?`,
    text: (logins: readonly string[]) =>
      `From then on they install what the code hosts allow: ${logins.join(', ')}.`,
    done: (count: number) => `${counted(count, { one: 'person is', other: 'people are' })} active.`,
  },
  add: {
    action: 'Invite a person',
    host: 'Signs in with',
    login: 'Login',
    loginHint: 'Of somebody who has signed in here within the last 90 days.',
    role: 'Role',
    roleHints: {
      member: 'Reads what owners give.',
      owner: 'May do everything here, also invite and remove people.',
    },
    submit: 'Invite',
    done: (login: string, role: 'owner' | 'member') =>
      `${login} is invited as ${role}, and belongs here once the invitation is accepted.`,
  },
  remove: {
    action: 'Remove',
    title: (name: string) => `Remove ${name}?`,
    text: 'Tokens that the person made for this organization stop reading. You can invite the person again.',
    done: (name: string) => `${name} is removed.`,
  },
  withdraw: {
    action: 'Withdraw',
    title: (name: string) => `Withdraw the invitation of ${name}?`,
    text: 'It cannot be accepted any more. You can invite the person again.',
    done: (name: string) => `The invitation of ${name} is withdrawn.`,
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
