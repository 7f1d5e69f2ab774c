/** How long what belongs to a session lasts; milliseconds. */
const minute = 60_000;
const day = 24 * 60 * minute;

export const sessionTimes = {
  /** The access token: so long a session that was ended can still read. */
  access: 5 * minute,
  /** A session that is not used ends after so long, … */
  idle: 30 * day,
  /** … and one that is used, too: https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#absolute-timeout */
  longest: 90 * day,
  /** Two tabs show the same refresh token, and answers get lost: the one before counts for so long after it was replaced. */
  grace: 30_000,
  /** A new key signs after so long. */
  keyPeriod: 30 * day,
} as const;
