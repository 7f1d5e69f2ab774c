/** What was done, in words: for the history, and wherever else its entries are shown. */
import { counted, shownNumber } from './locale.ts';

/** What the words need of an entry of the history. */
export interface ToldEntry {
  readonly by: string;
  readonly act: string;
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly count?: number | undefined;
  readonly run?: { readonly counts: { add: number; update: number; remove: number } } | undefined;
}

interface Act {
  /** To choose it in a filter. */
  readonly label: string;
  /** What follows the name of whoever did it. */
  told(entry: ToldEntry): string;
}

/** A text of what the entry has of before or afterwards. */
function detail({ before, after }: ToldEntry, name: string): string | undefined {
  for (const side of [after, before]) {
    if (typeof side === 'object' && side !== null && name in side) {
      const value: unknown = side[name as keyof typeof side];
      return typeof value === 'string' ? value : undefined;
    }
  }
  return undefined;
}

const tokenOf = (entry: ToldEntry): string => {
  const description = detail(entry, 'description');
  return description === undefined || description === '' ? '' : ` “${description}”`;
};

const onSubject =
  (verb: string, rest = '') =>
  ({ subject }: ToldEntry): string =>
    `${verb} ${subject}${rest}`;

const token =
  (verb: string) =>
  (entry: ToldEntry): string =>
    `${verb}${tokenOf(entry)}`;

const hash = /\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g;

/** Hashes in short, as code hosts show them. */
const commits =
  (verb: string, rest: string) =>
  ({ subject }: ToldEntry): string =>
    `${verb} commit ${subject.replaceAll(hash, (commit) => commit.slice(0, 10))}${rest}`;

/** @param entry whose subject is “PERSON and team TEAM” */
const membership =
  (verb: string, to: string) =>
  ({ subject }: ToldEntry): string =>
    `${verb} ${subject.replace(/^(.*) and team /s, `$1 ${to} team `)}`;

const personStates: Readonly<Record<string, string>> = {
  active: 'let in',
  off: 'switched off',
  waiting: 'set to wait',
};

const counts = { add: 'added', update: 'changed', remove: 'removed' } as const;

/** Such as “3 added, 1 removed”. */
export const countsText = (given: Readonly<Record<keyof typeof counts, number>>): string =>
  (['add', 'update', 'remove'] as const)
    .filter((kind) => given[kind] > 0)
    .map((kind) => `${shownNumber(given[kind])} ${counts[kind]}`)
    .join(', ');

/** By the names of the API, in the groups and the order in which a filter offers them. */
export const actGroups = {
  Organization: {
    'stop-access': { label: 'Access stopped', told: () => 'stopped all access' },
    'allow-access': { label: 'Access allowed again', told: () => 'allowed access again' },
    'refuse-commit': { label: 'Commit refused', told: commits('refused', '') },
    'allow-commit': { label: 'Commit accepted again', told: commits('accepted', ' again') },
    'change-settings': { label: 'Settings changed', told: () => 'changed the settings' },
    'set-caution': {
      label: 'Caution changed',
      told: onSubject('changed when removals of', ' are held back'),
    },
    'set-viewers': {
      label: 'Viewers changed',
      told: onSubject('changed whether people who only view code of', ' install packages'),
    },
    'set-archives': {
      label: 'Archives changed',
      told: onSubject('changed whether archives of', ' are stored before anybody asks for them'),
    },
    'set-primary': {
      label: 'Primary synchronization changed',
      told: onSubject('made', ' the primary synchronization'),
    },
    'create-organization': { label: 'Organization created', told: onSubject('created the organization') },
    'delete-organization': { label: 'Organization deleted', told: onSubject('deleted the organization') },
  },
  'Code hosts': {
    'add-synchronization': { label: 'Synchronization added', told: onSubject('connected') },
    'delete-synchronization': { label: 'Synchronization ended', told: onSubject('disconnected') },
    'replace-connection': {
      label: 'Connection replaced',
      told: onSubject('replaced the connection to'),
    },
    'credential-ends': {
      label: 'Credential expires',
      told: () => 'has a credential that expires soon',
    },
    run: {
      label: 'Read from a code host',
      told: ({ run }) => `was read: ${run === undefined ? '' : countsText(run.counts)}`,
    },
    synchronize: { label: 'Read on request', told: onSubject('had', ' read now') },
    'preview-run': { label: 'Preview requested', told: onSubject('asked for a preview of') },
    'undo-run': { label: 'Run undone', told: onSubject('undid') },
    'decide-removals': {
      label: 'Held removals decided',
      told: (entry) =>
        `${detail(entry, 'decision') === 'yes' ? 'approved' : 'refused'} the held removals of ${entry.subject}`,
    },
    'suspend-access': {
      label: 'Rights suspended',
      told: () => 'was not read for too long: rights are suspended',
    },
    'restore-access': { label: 'Rights restored', told: () => 'was read again: rights are restored' },
    redeliver: { label: 'Delivery sent again', told: onSubject('had a delivery of', ' sent again') },
  },
  Packages: {
    'add-repository': { label: 'Repository at a URL added', told: onSubject('added the repository') },
    'change-repository': {
      label: 'Repository at a URL changed',
      told: onSubject('changed who may install from the repository, or how it is read:'),
    },
    'renew-push-hook': {
      label: 'Push hook made or renewed',
      told: onSubject('made the push hook of, or renewed its secret:'),
    },
    'remove-repository': { label: 'Repository at a URL removed', told: onSubject('removed the repository') },
    'choose-packages': { label: 'Packages added', told: onSubject('made packages of') },
    'set-package-folders': {
      label: 'Folders of packages set',
      told: onSubject('set which folders of', ' have packages'),
    },
    'scan-repository': { label: 'Repository scanned', told: onSubject('had', ' scanned') },
    'accept-moved-tag': { label: 'Moved tag accepted', told: onSubject('accepted that', ' moved') },
    'give-name': { label: 'Package name given', told: onSubject('gave the name') },
    'pass-package-name': { label: 'Package name passed on', told: onSubject('passed on the name') },
    'delete-version': { label: 'Version deleted', told: onSubject('deleted') },
    'delete-package': { label: 'Package deleted', told: onSubject('deleted the package') },
  },
  'People and teams': {
    'set-person-state': {
      label: 'Person let in or switched off',
      told: (entry) =>
        `${personStates[detail(entry, 'state') ?? ''] ?? 'changed the state of'} ${entry.subject}`,
    },
    'add-person': {
      label: 'Person added',
      told: (entry) => `${detail(entry, 'state') === 'invited' ? 'invited' : 'added'} ${entry.subject}`,
    },
    'remove-person': { label: 'Person removed', told: onSubject('removed') },
    'accept-invitation': { label: 'Invitation accepted', told: () => 'accepted an invitation' },
    'decline-invitation': { label: 'Invitation declined', told: () => 'declined an invitation' },
    'end-invitations': {
      label: 'Invitations ended',
      told: () => 'says who the people are now: open invitations ended',
    },
    'leave-organization': { label: 'Left the organization', told: () => 'left the organization' },
    'unlink-account': { label: 'Account unlinked', told: onSubject('unlinked the account') },
    'create-team': { label: 'Team created', told: onSubject('created the team') },
    'rename-team': {
      label: 'Team renamed',
      told: (entry) => `renamed the team ${entry.subject} to ${detail(entry, 'name') ?? ''}`,
    },
    'delete-team': { label: 'Team deleted', told: onSubject('deleted the team') },
    'add-team-member': { label: 'Team member added', told: membership('added', 'to') },
    'remove-team-member': { label: 'Team member removed', told: membership('removed', 'from') },
    'set-team-rights': { label: 'Rights of a team changed', told: onSubject('changed the rights of team') },
  },
  'Tokens and keys': {
    'create-token': { label: 'Token created', told: token('created the token') },
    'rotate-token': { label: 'Token rotated', told: token('rotated a token') },
    'revoke-token': { label: 'Token revoked', told: token('revoked the token') },
    'shorten-tokens': { label: 'Tokens shortened', told: () => 'shortened the life of tokens' },
    'shorten-token': { label: 'Token shortened', told: () => 'shortened the life of a token' },
    'own-token-created': { label: 'Own token created', told: token('created a token of their own,') },
    'own-token-rotated': { label: 'Own token rotated', told: token('rotated a token of their own,') },
    'own-token-revoked': { label: 'Own token revoked', told: token('revoked a token of their own,') },
    'own-token-joined': { label: 'Own token joined', told: token('came with a token of their own,') },
    'create-api-key': { label: 'API key created', told: token('created the API key') },
    'revoke-api-key': { label: 'API key revoked', told: token('revoked the API key') },
    'request-refused': {
      label: 'Request refused',
      told: ({ count = 1 }) =>
        count > 1 ? `was refused ${counted(count, { one: 'time', other: 'times' })}` : 'was refused',
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Act>>>>;

/** What administrators do to the installation: the history of no organization has it. */
const installationActs: Readonly<Record<string, Act>> = {
  'change-installation-settings': {
    label: 'Settings changed',
    told: ({ after }) =>
      typeof after === 'object' && after !== null && 'administrators' in after
        ? 'changed who the administrators are'
        : 'changed the settings of the installation',
  },
  'begin-registration': { label: 'Registration begun', told: onSubject('began to register at') },
  'register-integration': { label: 'Code host added', told: onSubject('added the code host') },
};

const acts: Readonly<Record<string, Act>> = Object.assign(
  { ...installationActs },
  ...Object.values(actGroups),
);

/** What the act is called in a filter. */
export const actLabel = (act: string): string => acts[act]?.label ?? act.replaceAll('-', ' ');

/** What was done and by whom, as a sentence without its end. An act that has no words yet is told by its name. */
export function told(entry: ToldEntry): string {
  const act = acts[entry.act];
  return act === undefined
    ? `${entry.by}: ${entry.act.replaceAll('-', ' ')} ${entry.subject}`
    : `${entry.by} ${act.told(entry)}`;
}
