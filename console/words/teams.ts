export const teamsWords = {
  title: 'Teams',
  titles: {
    team: 'Team',
  },
};
