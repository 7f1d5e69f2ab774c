/** Tags and branches that give no version. */
export const leftOutWords = {
  label: 'Tags and branches that give no version',
  columns: { ref: 'Tag or branch', reason: 'Why' },
  none: { title: 'Nothing is left out', text: 'Each tag and branch gives a version.' },
};
