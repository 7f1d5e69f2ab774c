/** Every page of the console, as alice sees the default world: all are looked at by axe-core, in light and dark, and have to fit a phone. */
export const pages: readonly string[] = [
  '/organizations',
  '/organizations/new',
  '/o/acme',
  '/o/acme/packages',
  '/o/acme/packages/acme/billing',
  '/o/acme/people',
  '/o/acme/settings/emergency-stop',
  '/o/acme/settings/history',
  '/o/acme/teams',
  '/o/acme/why',
];
