export const repositoriesWords = {
  title: 'Repositories',
};
