export const connectWords = {
  title: 'Connect an organization',
};
