const reasons: ReadonlyMap<string, string> = new Map(
  Object.entries({
    denied: 'You did not let the code host say who you are. Nothing has changed.',
    replayed: 'That answer of the code host was used already. Begin again.',
    'bad-code': 'The code host does not know that answer any more. Begin again.',
    'state-mismatch': 'That answer is not to what this browser asked. Begin again, in one window.',
    'another-session': 'You were signed out, or signed in anew, in the meantime. Begin again.',
    'another-user': 'That account is not one of yours here. Use one that is linked, or link it first.',
    'account-unverified':
      'The code host wants you to confirm your account there first, such as its e-mail address.',
    'client-rejected': 'The code host does not know this registry any more. Tell its administrator.',
    unavailable: 'The code host does not answer just now, so nothing has changed. Try again in some minutes.',
    'rate-limited':
      'The code host was asked too often just now, so nothing has changed. Try again in some minutes.',
    conflict: 'That cannot be done now: an organization would lose its last owner, or has switched you off.',
  }),
);

export const outcomeWords = {
  close: 'Close the message',
  refused: 'That was refused, and nothing has changed.',
  failed: 'The code host did not answer as it should, so nothing has changed. Try it again.',
  reasons,
  taken: 'That account belongs to another user here',
  takenBy: (theirs: string, mine: string) =>
    `It belongs to ${theirs}. If that is you too, both can become one: ${mine} keeps everything and gets all accounts of ${theirs}.`,
  proofEnded:
    'Nothing was changed. If that other user is you too, link the account again: both can be merged within 15 minutes of it.',
  merge: 'Both are me: merge them',
  leave: 'Leave it as it is',
  mergeTitle: (theirs: string, mine: string) => `Merge ${theirs} into ${mine}?`,
  mergeAction: 'Merge',
  consequences: (theirs: string, mine: string) => [
    `${mine} gets all accounts of ${theirs}, with every right that comes from them.`,
    `Tokens of ${theirs} are refused at once, and ${theirs} is signed out everywhere.`,
    'This cannot be undone.',
  ],
  merged: 'Both are one user now.',
};
