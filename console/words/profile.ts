export const profileWords = {
  title: 'Profile',
  titles: {
    accounts: 'Linked accounts',
    'my-tokens': 'My tokens',
    sessions: 'Sessions',
  },
};
