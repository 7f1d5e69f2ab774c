import { counted, shownNumber } from './locale.ts';

export const connectWords = {
  title: 'Connect an organization',
  description: 'Whoever can read a repository on the code host can install its package here.',
  hosts: {
    title: 'Where is it?',
    none: 'People cannot sign in with any code host here.',
    text: 'You sign in there, so that it says which organizations are yours. What you allow is kept for 15 minutes.',
  },
  byHand: {
    link: 'It is on none of them: make one without a code host',
    title: 'An organization without a code host',
    back: 'Connect one from a code host',
    text: 'You own it, and invite people yourself. A code host can be connected later.',
    submit: 'Make the organization',
  },
  place: {
    label: 'It becomes',
    asNew: 'An organization of its own',
    partOf: (name: string, slug: string) => `A part of ${name} (${slug})`,
    hint: 'Its members, teams and repositories are added to those of the other code hosts.',
    done: (login: string) => `${login} is being read for the first time.`,
  },
  otherHost: 'Another code host',
  grant: {
    text: (host: string) =>
      `${host} says which organizations are yours. You sign in there and come back; what you allow is kept for 15 minutes.`,
    show: (host: string) => `Show my organizations at ${host}`,
    again: 'Ask again',
  },
  choose: {
    title: (host: string) => `Your organizations at ${host}`,
    none: 'You own no organization there',
    noneText: 'Only an owner can connect one. Make one there, or ask an owner.',
    choose: 'Choose',
    chooseOf: (login: string) => `Choose ${login}`,
    search: 'Search by name',
    shown: (shown: number, count: number) =>
      shown < count
        ? `The first ${shownNumber(shown)} of ${shownNumber(count)}`
        : counted(count, { one: 'organization', other: 'organizations' }),
    chosen: 'Chosen',
    open: (slug: string) => `Open ${slug}`,
    install: 'Give access to it',
    missing: 'One is missing? Give this registry access to it.',
  },
  form: {
    title: (login: string) => `Connect ${login}`,
    slug: 'Slug',
    slugHint: 'Part of the address of its packages. It can never be changed.',
    name: 'Name',
    vendors: 'Vendors of its packages',
    vendorsHint:
      'Their packages appear by themselves; others wait for an owner. Put a space between several.',
    repositories: 'Repositories that are there now',
    all: 'All with a composer.json become packages',
    later: 'None for now; I choose them later',
    token: 'Access token',
    withToken: 'Read it with an access token instead of what I allowed just now',
    tokenHint: (form: string | undefined) =>
      `${form === undefined ? '' : `Enter ${form}. `}Without one it is read with what you allowed just now.`,
    contentsToken: 'Second token, for contents',
    contentsTokenHint:
      'Reads the files of repositories alone, such as an access token of the workspace. What it does not see is read with the other one.',
    submit: 'Connect',
  },
  progress: {
    title: 'First synchronization',
    reading: 'Packages can be installed as soon as they appear; you need not wait here.',
    over: 'Everything was read.',
    lists: 'Read from the code host',
    read: 'read',
    waits: 'being read',
    listing: 'The list of repositories is being read',
    scanned: (scanned: number, all: number) =>
      `${shownNumber(scanned)} of ${counted(all, { one: 'repository', other: 'repositories' })} scanned`,
    published: (published: number, all: number) =>
      `${shownNumber(published)} of ${counted(all, { one: 'package', other: 'packages' })} published`,
    counts: {
      members: 'Members',
      teams: 'Teams',
      repositories: 'Repositories',
      packages: 'Packages',
      versions: 'Versions',
    },
    none: 'It is synchronized with no code host.',
  },
  skipped: {
    title: (count: number) =>
      counted(count, { one: 'repository is no package', other: 'repositories are no packages' }),
    group: (reason: string, count: number) => `${reason} · ${shownNumber(count)}`,
    all: 'See them',
  },
  install: {
    title: 'Install with Composer',
    text: 'Make a token of your own, then run the lines in the folder of your project.',
    make: 'Make a token',
    description: 'Composer',
    once: 'Run these lines in the folder of your project; in a new one, run composer init first. The token is shown this once, and accepted within half a minute.',
    toOverview: 'To the overview',
  },
};
