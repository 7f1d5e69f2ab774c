import { counted, shownNumber } from './locale.ts';

const entries = { one: 'entry', other: 'entries' };

export const overviewWords = {
  title: 'Overview',
  figures: {
    packages: 'Packages',
    versions: 'Versions',
    downloads: 'Installations',
    accepted: (count: number) => `${shownNumber(count)} being published`,
    unreadable: (count: number) => `${shownNumber(count)} not readable`,
  },
  health: {
    title: 'Synchronizations',
    states: {
      importing: 'Importing',
      working: 'Working',
      'credential-problem': 'Cannot be read',
      suspended: 'Suspended',
    },
    primary: 'Primary',
    rightsAsOf: 'Rights as of',
    lastRun: 'Last run',
    nextRead: 'Read again by',
    never: 'not yet',
    asSoonAsRead: 'as soon as it was read once',
    noChanges: 'nothing changed',
    changes: (count: number) => counted(count, { one: 'change', other: 'changes' }),
    seen: ({ members, outside, teams, repositories }: Seen) =>
      [
        counted(members + outside, { one: 'person', other: 'people' }),
        counted(teams, { one: 'team', other: 'teams' }),
        counted(repositories, { one: 'repository', other: 'repositories' }),
      ].join(' · '),
    scanned: (scanned: number, all: number | undefined) =>
      all === undefined
        ? `${counted(scanned, { one: 'repository', other: 'repositories' })} scanned`
        : `${shownNumber(scanned)} of ${counted(all, { one: 'repository', other: 'repositories' })} scanned`,
    none: {
      title: 'Nothing is synchronized',
      text: 'Packages, teams and people come from a code host. Connect one in the synchronizations.',
      action: 'Synchronizations',
    },
  },
  attention: {
    title: 'Needs you',
    nothing: 'Nothing waits for you.',
    people: (count: number, hasMore: boolean) =>
      `${hasMore ? `${shownNumber(count)} or more people wait` : counted(count, { one: 'person waits', other: 'people wait' })} to be activated`,
    held: (count: number, login: string) =>
      `${counted(count, { one: 'removal', other: 'removals' })} of ${login} held back`,
    heldWhy: (scope: string) =>
      `Many ${entries.other} are missing from ${scope} at once. An owner decides whether that is true.`,
    connectionEnds: (login: string) => `The connection to ${login} ends`,
    connection: (login: string) => `The connection to ${login}`,
    hooks: (login: string) => `Webhooks of ${login} are missing`,
    movedTags: (count: number) => counted(count, { one: 'tag has moved', other: 'tags have moved' }),
    contestedNames: (count: number) =>
      counted(count, {
        one: 'name is claimed by several repositories',
        other: 'names are claimed by several repositories',
      }),
    scanFailures: (count: number) =>
      counted(count, { one: 'repository could not be scanned', other: 'repositories could not be scanned' }),
    waiting: {
      fork: (count: number) => counted(count, { one: 'fork is no package', other: 'forks are no packages' }),
      'invalid-name': (count: number) => counted(count, { one: 'invalid name', other: 'invalid names' }),
      'not-chosen': (count: number) =>
        counted(count, { one: 'package is not chosen yet', other: 'packages are not chosen yet' }),
      'vendor-not-owned': (count: number) =>
        counted(count, {
          one: 'name of a vendor that is not yours',
          other: 'names of vendors that are not yours',
        }),
      'name-taken': (count: number) =>
        counted(count, { one: 'name is taken by another', other: 'names are taken by others' }),
    },
    more: (count: number) => `and ${shownNumber(count)} more`,
  },
  lately: {
    title: 'Changed lately',
    nothing: 'Nothing has changed yet.',
    run: (login: string) => `${login} was read`,
    all: 'History',
  },
  activity: {
    title: 'Last 30 days',
    downloads: (count: number) => counted(count, { one: 'installation', other: 'installations' }),
    packages: (count: number) => counted(count, { one: 'package', other: 'packages' }),
    table: 'Installations and packages of the last 30 days',
    day: 'Day',
    series: { downloads: 'Installations', packages: 'Packages' },
  },
};

interface Seen {
  readonly members: number;
  readonly outside: number;
  readonly teams: number;
  readonly repositories: number;
}
