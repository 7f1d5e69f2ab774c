/** Reasons that a package's owner reads. What they quote comes from outside and may be of any size. */

const PROBLEMS_SHOWN = 5;
const TEXT_LIMIT = 300;

/** The text, cut short with an ellipsis if it is long. */
export function shortened(text: string): string {
  if (text.length <= TEXT_LIMIT) return text;
  return `${text.slice(0, TEXT_LIMIT).toWellFormed()}…`;
}

/** The first few problems in a row, and how many more there are. */
export function listed(problems: readonly string[]): string {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map(shortened).join('; ');
  const more = problems.length - PROBLEMS_SHOWN;
  return more > 0 ? `${shown}; and ${more} more` : shown;
}
