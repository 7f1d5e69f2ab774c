/**
 * Every page of the console, as alice sees the default world: all are looked at by axe-core, in light and dark, and have to fit a phone. `{github}` stands
 * for the id of the synchronization there.
 */
export const pages: readonly string[] = [
  '/organizations',
  '/organizations/new',
  '/o/acme',
  '/o/acme/packages',
  '/o/acme/packages/acme/billing',
  '/o/acme/people',
  '/o/acme/settings/emergency-stop',
  '/o/acme/settings/history',
  '/o/acme/synchronizations',
  '/o/acme/synchronizations/{bitbucket}',
  '/o/acme/synchronizations/{bitbucket}/held-removals',
  '/o/acme/synchronizations/{github}/runs/1',
  '/o/acme/synchronizations/{github}/webhooks',
  '/o/acme/synchronizations/{github}/webhooks?tab=log',
  '/o/acme/synchronizations/{gitlab}',
  '/o/acme/synchronizations/{gitlab}/webhooks?tab=hooks',
  '/o/acme/teams',
  '/o/acme/why',
];
