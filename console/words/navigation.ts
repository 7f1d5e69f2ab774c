/** Names of the pages in the navigation and the command palette. */
export const navigationWords = {
  overview: 'Overview',
  packages: 'Packages',
  repositories: 'Repositories',
  teams: 'Teams',
  people: 'People',
  why: 'Why can …?',
  synchronizations: 'Synchronizations',
  settings: 'Settings',
  organizations: 'Organizations',
  profile: 'Profile',
  installation: {
    title: 'Installation',
    organizations: 'Organizations',
    integrations: 'Code hosts',
    signIns: 'Sign-ins',
    history: 'History',
    settings: 'Settings',
  },
};
