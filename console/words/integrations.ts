export const integrationsWords = {
  title: 'Integrations',
  description: 'The code hosts of this registry, and what is read there.',
  columns: { host: 'Code host', used: 'Read here', reads: 'Can be read with' },
  unused: 'Not used',
  signIn: 'People sign in with it',
  noSignIn: 'No sign-in',
  manage: 'Manage the code hosts',
  ways: {
    app: 'App',
    grant: 'Owner’s grant',
    token: 'Access token',
    'contents-token': 'Token for contents',
  },
  none: { title: 'No code host', text: 'An administrator of this installation can add one.' },
};
