export const settingsWords = {
  title: 'Settings',
  titles: {
    general: 'General',
    access: 'Access',
    integrations: 'Integrations',
    credentials: 'Credentials',
    tokens: 'Tokens',
    'api-keys': 'API keys',
    history: 'History',
    'emergency-stop': 'Emergency stop',
  },
};
