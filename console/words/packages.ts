import { counted, shownNumber } from './locale.ts';

export const packagesWords = {
  title: 'Packages',
  description: 'What you may install from here.',
  search: 'Search by name',
  state: 'State',
  anyState: 'Any state',
  states: {
    available: 'Available',
    accepted: 'Being published',
    unreadable: 'Not readable',
  },
  sort: 'Sort by',
  orders: { name: 'Name', changed: 'Last change', downloads: 'Installations' },
  columns: {
    name: 'Package',
    repository: 'Repository',
    versions: 'Versions',
    downloads: 'Installations',
    changed: 'Changed',
    state: 'State',
  },
  /** Where the code is. */
  place: (repository: string, folder: string | undefined) =>
    folder === undefined ? repository : `${repository}: ${folder}`,
  archived: 'Archived',
  replaced: (name: string) => `Now ${name}`,
  shown: (count: number, hasMore: boolean) =>
    hasMore ? `The first ${shownNumber(count)}` : counted(count, { one: 'package', other: 'packages' }),
  none: {
    title: 'No packages yet',
    text: 'A repository with a composer.json becomes a package once an owner chooses it.',
    action: 'See the repositories',
  },
  noMatch: { title: 'No package matches', text: 'Change the search or the filter.', action: 'Show all' },
};
