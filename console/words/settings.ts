export const settingsWords = {
  title: 'Settings',
  pages: (current = 'Settings') => `Settings: ${current}. Choose another page`,
  titles: {
    general: 'General',
    access: 'Access',
    synchronizations: 'Synchronizations',
    integrations: 'Integrations',
    credentials: 'Credentials',
    tokens: 'Tokens',
    'api-keys': 'API keys',
    history: 'History',
    'emergency-stop': 'Emergency stop',
  },
};
