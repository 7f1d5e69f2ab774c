export const peopleWords = {
  title: 'People',
  titles: {
    person: 'Person',
  },
};
