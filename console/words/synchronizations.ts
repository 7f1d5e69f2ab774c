import { counted, shownNumber } from './locale.ts';

const removals = { one: 'removal', other: 'removals' };
const lists: Readonly<Record<string, string>> = {
  settings: 'Settings',
  members: 'Members',
  teams: 'Teams',
  roles: 'Roles',
  repositories: 'Repositories',
  permissions: 'Permissions on repositories',
  member: 'One person',
  team: 'One team',
  repository: 'One repository',
};
const causes: Readonly<Record<string, string>> = {
  schedule: 'Schedule',
  connected: 'Connected',
  owner: 'Asked for by an owner',
  operator: 'Asked for by the operator',
  'API key': 'Asked for with an API key',
  'read too early': 'A second look',
  'a part of it changed': 'Follows a change',
  'many of its parts': 'Follows many changes',
  'a package name passed': 'A package name passed',
  'its package was deleted': 'Its package was deleted',
};
const outcomes: Readonly<Record<string, string>> = {
  whole: 'Read',
  unfinished: 'To be continued',
  begun: 'Being read',
  'name passed': 'Not read',
  'worker died': 'Broken off; a later run did the rest',
  'credential-rejected': 'The credential was rejected',
  'insufficient-scope': 'The credential may not read it',
  'sso-required': 'Single sign-on is missing',
  'rate-limited': 'Too many requests; it waits',
  unavailable: 'The code host did not answer',
  'not-found': 'Not found',
  gone: 'The code host removed it',
  incomplete: 'The answer was not complete',
  unexpected: 'The answer was not understood',
};

export const synchronizationsWords = {
  title: 'Synchronizations',
  titles: {
    synchronization: 'Synchronization',
    run: (number: string) => `Run ${number}`,
    preview: (number: string) => `Preview ${number}`,
    heldRemovals: 'Held removals',
  },
  more: 'Show more',
  states: {
    importing: 'Importing',
    working: 'Working',
    'credential-problem': 'Cannot be read',
    suspended: 'Suspended',
  },
  primary: 'Primary',
  primaryHint: 'Its owners are the owners here.',
  columns: {
    name: 'Code host',
    state: 'State',
    rightsAsOf: 'Rights as of',
    lastRun: 'Last run',
    next: 'Next read',
    waits: 'Needs you',
  },
  none: {
    title: 'Nothing is synchronized',
    text: 'Packages, teams and people come from a code host.',
  },
  notYet: 'not yet',
  byThen: 'once it was read',
  heldShort: (count: number) => `${counted(count, removals)} held`,
  credential: 'Credential',
  webhooks: 'Webhooks',
  facts: {
    rightsAsOf: 'Rights as of',
    lastRun: 'Last run',
    next: 'Next read by',
    webhooks: 'Webhooks',
    seen: 'Knows',
  },
  seen: ({ members, outside, teams, repositories }: Seen) =>
    [
      counted(members + outside, { one: 'person', other: 'people' }),
      counted(teams, { one: 'team', other: 'teams' }),
      counted(repositories, { one: 'repository', other: 'repositories' }),
    ].join(', '),
  hooks: {
    app: 'Delivered to the App',
    working: (count: number) => `${shownNumber(count)} working`,
    notWorking: (count: number) => `${shownNumber(count)} failing`,
    missing: (count: number) => `${shownNumber(count)} missing`,
  },
  imported: (scanned: number, all: number | undefined) =>
    all === undefined
      ? `${counted(scanned, { one: 'repository', other: 'repositories' })} scanned so far`
      : `${shownNumber(scanned)} of ${counted(all, { one: 'repository', other: 'repositories' })} scanned`,
  older: (count: number) =>
    `${counted(count, { one: 'older version', other: 'older versions' })} still to be read; likely done`,
  alerts: {
    credential: 'The credential needs you',
    credentialAction: 'Credentials',
    held: (count: number) =>
      `${counted(count, removals)} ${count === 1 ? 'waits' : 'wait'} for your decision`,
    heldText:
      'So much was missing at once that it may be a fault of the code host. Nothing of it is removed until an owner says so.',
    heldAction: 'Decide',
    webhooks: 'Changes arrive late',
    webhooksAction: 'Webhooks',
    suspended: 'The rights of people and teams are suspended',
    suspendedText: 'Nothing was read whole for too long. The next whole read gives them back.',
  },
  readNow: {
    action: 'Read now',
    title: 'Reading now',
    done: 'Everything was read',
    failed: 'Not everything could be read',
    progress: (read: number, all: number) =>
      `${shownNumber(read)} of ${counted(all, { one: 'list', other: 'lists' })}`,
    nothing: 'Nothing has changed.',
    retried: 'tried again',
    close: 'Hide the progress',
    entries: (read: number, total: number | undefined) =>
      total === undefined ? shownNumber(read) : `${shownNumber(read)} of ${shownNumber(total)}`,
    outcomes: { pending: 'Waits', read: 'Read', failed: 'Failed' },
    reading: 'Being read',
    notBefore: 'goes on',
  },
  preview: {
    action: 'Preview',
    asIs: 'What a read would change',
    withViewers: 'As if people who may only view code installed packages',
    withoutViewers: 'As if people who may only view code installed nothing',
    description: 'What a read would change now. Nothing is changed by looking.',
    states: { waiting: 'Waits for its turn', running: 'Reads the code host', done: 'Done', failed: 'Failed' },
    progress: (read: number, all: number) =>
      `${shownNumber(read)} of ${counted(all, { one: 'list', other: 'lists' })}`,
    nothing: { title: 'Nothing would change', text: 'The code host says what is known here.' },
    kinds: {
      change: 'Would change',
      held: 'Would wait for an owner',
      deferred: 'Would change later',
    },
    failed: 'Nothing could be previewed',
    unread: 'Not everything could be read',
    again: 'Preview again',
  },
  runs: {
    title: 'Runs',
    filter: 'Which runs',
    filters: { changes: 'With changes', failed: 'Failed', all: 'All' },
    columns: { run: 'Run', changes: 'Changes', seconds: 'Took' },
    none: {
      changes: { title: 'Nothing has changed yet', text: 'Runs that change nothing are kept for a day.' },
      failed: { title: 'No run has failed', text: 'Runs that fail and change nothing are kept for a day.' },
      all: { title: 'Nothing was read yet', text: 'The first run is on its way.' },
    },
    noChanges: 'Nothing',
    failed: 'failed in part',
    held: (count: number) => `${shownNumber(count)} held`,
  },
  run: {
    seconds: (seconds: number) =>
      seconds < 1 ? 'less than a second' : counted(Math.round(seconds), { one: 'second', other: 'seconds' }),
    requests: (count: number) => counted(count, { one: 'request', other: 'requests' }),
    delivery: (id: string) => `Delivery ${id}`,
    lists: 'Read',
    deferred: (count: number) => `${shownNumber(count)} deferred`,
    changes: 'Changes',
    none: { title: 'This run changed nothing', text: 'The code host said what was known here already.' },
  },
  undo: {
    action: 'Undo …',
    confirm: 'Undo',
    title: (number: string) => `Undo run ${number}?`,
    text: (count: number) =>
      `This run removed ${count === 1 ? 'one thing' : `${shownNumber(count)} things`}. The code host is read again, and what it still has comes back. What is gone there stays gone: rights always follow the code host.`,
    more: (count: number) => `and ${shownNumber(count)} more`,
    running: 'Undoing',
    done: 'Undone as far as the code host has it',
    putBack: (count: number) => `${counted(count, { one: 'thing', other: 'things' })} came back`,
    left: (count: number) => `${counted(count, { one: 'thing', other: 'things' })} did not come back`,
  },
  held: {
    description: 'Missing from a list, but too many at once to be believed without an owner.',
    none: { title: 'No removals are held', text: 'What the code host removes is removed here, too.' },
    since: 'Missing since',
    would: (count: number) => `${counted(count, removals)} in this list`,
    first: (shown: number, all: number) => `The first ${shownNumber(shown)} of ${shownNumber(all)}.`,
    approve: (count: number) => `Remove ${count === 1 ? 'it' : `all ${shownNumber(count)}`}`,
    refuse: 'Keep',
    approveTitle: (count: number) => `Allow ${counted(count, removals)}?`,
    approveText: (list: string) =>
      `If the next read of “${list}” still misses exactly this, it is removed, and whoever read packages by it reads them no more. Undoing the run brings back what the code host has again.`,
    refuseHint: 'Everything stays as it is. You can still remove it later.',
    people: 'It is about',
    more: (count: number) => `and ${shownNumber(count)} more`,
    approved: 'Allowed; the next whole read removes it',
    refused: 'Kept by an owner',
    doneApprove: (count: number) => `${counted(count, removals)} allowed. The list is being read again.`,
    doneRefuse: 'Kept. Nothing is removed.',
  },
  listOf: (scope: string): string => lists[scope.split(':')[0] ?? ''] ?? scope,
  causeOf: (cause: string): string => {
    const event = /^webhook (.+)$/.exec(cause)?.[1];
    const undone = /^undo of run (\d+)$/.exec(cause)?.[1];
    if (event !== undefined) {
      return `Webhook ${event}`;
    }
    return undone === undefined
      ? cause.endsWith(' allowed removals')
        ? 'Removals were allowed'
        : (causes[cause] ?? cause)
      : `Undo of run ${undone}`;
  },
  outcomeOf: (outcome: string): string => outcomes[outcome] ?? outcome,
};

interface Seen {
  readonly members: number;
  readonly outside: number;
  readonly teams: number;
  readonly repositories: number;
}
