/** Formats messages for a package's owner. The text that they quote comes from outside and may be of any size. */

const PROBLEMS_SHOWN = 5;
const TEXT_LIMIT = 300;

/** Characters that move a terminal's cursor or change the direction of its text. */
const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** The text, truncated with an ellipsis if it is long, and with control characters as JSON escapes. */
export function shortened(text: string): string {
  const cut = text.length <= TEXT_LIMIT ? text : `${text.slice(0, TEXT_LIMIT).toWellFormed()}…`;
  return cut.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The first few problems, and how many more there are. */
export function listed(problems: readonly string[]): string {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map(shortened).join('; ');
  const more = problems.length - PROBLEMS_SHOWN;
  return more > 0 ? `${shown}; and ${more} more` : shown;
}
