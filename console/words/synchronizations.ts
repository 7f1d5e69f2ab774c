export const synchronizationsWords = {
  title: 'Synchronizations',
  titles: {
    synchronization: 'Synchronization',
    run: 'Run',
    preview: 'Preview',
    'held-removals': 'Held removals',
    webhooks: 'Webhooks',
  },
};
