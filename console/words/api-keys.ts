export const apiKeysWords = {
  title: 'API keys',
  description: 'What programs use the API of this organization with.',
  make: 'New key',
  reference: 'API reference',
  document: 'OpenAPI document',
  columns: { key: 'Key', lastUsed: 'Last used', ends: 'Ends', madeBy: 'Made by', revoke: 'Revoke' },
  neverUsed: 'Never',
  neverEnds: 'Never',
  none: {
    title: 'No keys yet',
    text: 'A key lets a program do what you choose here. Composer needs a token instead.',
  },
  scopes: {
    read: {
      name: 'Read',
      text: 'Packages, repositories, synchronizations and settings; no people, no secrets.',
    },
    members: {
      name: 'People and teams',
      text: 'Read them and the history, why somebody may install; activate people, switch them off, manage teams made here.',
    },
    packages: { name: 'Packages', text: 'Scan repositories, and make packages of them.' },
    tokens: {
      name: 'Tokens',
      text: 'List, make, rotate and revoke tokens. A new token reads what its kind reads.',
    },
    settings: { name: 'Settings', text: 'Change the settings of the organization.' },
    synchronizations: {
      name: 'Synchronizations',
      text: 'Read code hosts again, decide about held removals, undo runs, deliver webhooks again.',
    },
    danger: {
      name: 'Dangerous changes',
      text: 'Stop access; delete packages, teams, synchronizations or the organization; delegate rights.',
    },
  },
  form: {
    title: 'New API key',
    description: 'What it is for',
    descriptionHint: 'Such as the program that gets it.',
    scopes: 'What it may do',
    scopesHint: 'As little as it needs. It cannot be changed later.',
    maker: 'The key counts as long as you own the organization.',
    submit: 'Make the key',
  },
  made: {
    title: 'Your new API key',
    once: 'Copy it now: it is not shown again.',
    copy: 'Copy the key',
    example: 'The first call',
    copyExample: 'Copy the call',
    done: 'Done',
  },
  revoke: {
    action: 'Revoke',
    of: (description: string) => `Revoke ${description}`,
    title: (description: string) => `Revoke ${description}?`,
    text: 'The program that uses it is refused at once. That cannot be undone.',
    done: (description: string) => `${description} is revoked.`,
  },
};
