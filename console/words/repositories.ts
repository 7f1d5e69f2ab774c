import { counted, shownNumber } from './locale.ts';

const repositories = { one: 'repository', other: 'repositories' };

export const repositoriesWords = {
  title: 'Repositories',
  description: 'What the code hosts have, and why it is a package or not.',
  search: 'Search by name',
  show: 'Show',
  shows: { none: 'No packages yet', packages: 'Packages', all: 'All' },
  reason: 'Reason',
  anyReason: 'Any reason',
  waiting: (count: number, isMore: boolean) =>
    isMore
      ? `More than ${counted(count, repositories)} without a package`
      : `${counted(count, repositories)} without a package`,
  /** Beside the number of packages, where there is little room. */
  waitingShort: (count: number, isMore: boolean) =>
    `${isMore ? 'More than ' : ''}${shownNumber(count)} without a package`,
  shown: (count: number, hasMore: boolean) =>
    hasMore ? `The first ${shownNumber(count)}` : counted(count, repositories),
  columns: {
    select: 'Select',
    repository: 'Repository',
    reason: 'Why it is no package',
    package: 'Package',
    scanned: 'Scanned',
    action: 'What to do',
  },
  visibilities: { public: 'Public', internal: 'Internal', private: 'Private' },
  fork: 'Fork',
  archived: 'Archived',
  reasons: {
    'not-chosen': 'Not chosen',
    fork: 'Fork',
    'vendor-not-owned': 'Vendor is not yours',
    'name-taken': 'Name is taken',
    'invalid-name': 'Invalid name',
    'no-manifest': 'No composer.json',
    'scan-failed': 'Scan failed',
  },
  atUrl: 'At a URL',
  atUrlOf: (name: string) => `How ${name} is read`,
  neverScanned: 'Not scanned yet',
  leftOut: 'Why?',
  leftOutOf: (name: string) => `Why? ${name}`,
  leftOutTitle: (name: string) => `${name}: tags and branches that give no version`,
  folders: {
    open: (count: number) => counted(count, { one: 'folder', other: 'folders' }),
    openOf: (name: string) => `Folders with a composer.json: ${name}`,
    title: (name: string) => `${name}: folders that are packages`,
    text: 'Each folder with a composer.json that a pattern fits becomes a package of its own, installable by whoever can read the repository.',
    patterns: 'Patterns, one in each line',
    example:
      'For example packages/*/composer.json, or {lib,src}/**/composer.json. Leave it empty to make a package of the root only.',
    becomePackages: (count: number) =>
      count === 0
        ? 'No folder becomes a package'
        : count === 1
          ? 'This folder becomes a package:'
          : `These ${shownNumber(count)} folders become packages:`,
    notLooked: 'The repository was not looked through yet, so it is not known which folders these are.',
    save: 'Save',
    saved: 'Saved. The repository is being scanned.',
  },
  add: 'Add',
  addOf: (name: string) => `Add ${name}`,
  scan: 'Scan again',
  scanOf: (name: string) => `Scan again: ${name}`,
  seeName: 'Who has it',
  seeNameOf: (name: string) => `Who has it: ${name}`,
  seeVendors: 'Vendors',
  outcomes: {
    scanning: 'Being scanned …',
    publishing: (name: string) => `${name} is being published …`,
    installable: (name: string) => `${name} can be installed`,
  },
  selectOf: (name: string) => `Select ${name}`,
  selectAll: 'Select all that can be added',
  selection: {
    label: 'Selection',
    count: (count: number) => `${counted(count, repositories)} selected`,
    add: (count: number) => `Add ${counted(count, repositories)}`,
    clear: 'Clear',
  },
  progress: {
    label: 'Progress',
    going: (done: number, all: number) => `${shownNumber(done)} of ${counted(all, repositories)} done`,
    done: (installable: number, others: number) =>
      [
        ...(installable > 0
          ? [`${counted(installable, { one: 'package', other: 'packages' })} can be installed`]
          : []),
        ...(others > 0
          ? [
              counted(others, {
                one: 'repository is no package yet',
                other: 'repositories are no packages yet',
              }),
            ]
          : []),
      ].join(', '),
  },
  none: {
    title: 'Every repository is a package',
    text: 'New repositories with a composer.json become packages by themselves.',
    action: 'See the packages',
  },
  noneAtAll: {
    title: 'No repositories',
    text: 'They appear once a code host is connected and has been read.',
  },
  noMatch: { title: 'No repository matches', text: 'Change the search or the filter.', action: 'Show all' },
};
