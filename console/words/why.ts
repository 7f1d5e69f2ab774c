export const whyWords = {
  title: 'Why can somebody install a package?',
};
