export const signInWords = {
  title: 'Sign in',
  lead: 'A private Composer registry: whoever can read a repository on the code host can install its package.',
  with: (host: string) => `Sign in with ${host}`,
  none: 'People cannot sign in with any code host now. Tell the administrator of this registry.',
  notSetUp: 'This registry is not set up yet. Whoever installed it has a set-up code.',
  setUp: 'Set up this registry',
  plain: 'Sign in without JavaScript',
  api: 'For programs: the API',
};
