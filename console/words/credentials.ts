import { counted } from './locale.ts';

export const credentialsWords = {
  title: 'Credentials',
  description: 'What the code hosts are read with, and whether that works. Nobody sees the secrets.',
  none: {
    title: 'No code host',
    text: 'This organization is not kept in step with one, so nothing is stored to read it with.',
  },
  kinds: {
    'app-installation': 'The App, installed there',
    'oauth-grant': 'What an owner granted',
    'access-token': 'An access token',
  },
  states: {
    working: 'Working',
    'credential-rejected': 'Rejected',
    'insufficient-scope': 'Lacks a right',
    'sso-required': 'Needs single sign-on',
    'organization-not-found': 'Not found',
    gone: 'Not supported any more',
  } as Readonly<Record<string, string>>,
  facts: {
    kind: 'Read with',
    provided: 'Provided',
    by: (name: string) => `by ${name}`,
    operator: 'the operator',
    checked: 'Last full read',
    never: 'Never',
    ends: 'Ends',
    renewed: 'Renewed by itself',
    noEnd: 'Does not end',
    contents: 'Contents of repositories',
    contentsStates: { working: 'By a second token', 'credential-rejected': 'The second token is rejected' },
    scopes: 'Scopes',
  },
  limits: 'What it cannot do',
  unneeded: 'What it may do that is not needed',
  meanwhile: {
    dead: (days: number) =>
      `Meanwhile everybody installs what they could when it was last read. After ${counted(days, { one: 'day', other: 'days' })} without a whole read the rights of people are suspended, and come back with the next one.`,
  },
  replace: {
    action: 'Replace',
    of: (login: string) => `Replace what ${login} is read with`,
    title: (login: string) => `Replace the credential of ${login}`,
    text: 'Nothing is removed: rights and packages stay, and everything is read again with the new one.',
    prove: (host: string, login: string) =>
      `${host} has to say that you own ${login}. You sign in there and come back; what you allow is kept for 15 minutes.`,
    show: (host: string) => `Continue at ${host}`,
    with: 'Read it with',
    choices: {
      app: 'The App as it is installed now',
      grant: 'What I allowed just now',
      token: 'An access token',
    },
    hints: {
      app: 'After it was removed, suspended or installed anew.',
      grant: 'It is renewed by itself, as long as you own the organization there.',
      token: 'Best of an account that no person leaves with.',
    },
    install: 'Install the App anew',
    installText: 'If it is not installed there any more, do that first.',
    token: 'Access token',
    tokenIs: (form: string) => `Enter ${form}.`,
    contents: 'Second token, for contents alone',
    contentsHint: 'If you leave it out, contents are read with the other one.',
    working: {
      title: 'There is nothing to replace',
      text: (login: string, host: string) =>
        `The App reads ${login}, and it works. What it may read is set at ${host}. If it is removed there and installed again, come back here.`,
      action: (host: string) => `Open the App at ${host}`,
    },
    submit: 'Replace it',
    done: (login: string) => `${login} is read with the new credential from now on.`,
  },
};
