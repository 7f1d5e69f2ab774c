/** Describes facts and changes to an owner as text. */
import { evidenceText } from '../domain/evidence.ts';
import { differences } from '../domain/fact-differences.ts';
import { type Fact, isInherited } from '../domain/facts.ts';
import type { StoredChange } from '../store/change-schema.ts';
import type { Names } from './display-names.ts';

const verbs = { add: 'added', update: 'changed', remove: 'removed', return: 'given back' } as const;

/** Describes the change in one line, with its reason. A change that an earlier version stored as text is returned as it is. */
export function changeText(change: StoredChange, names: Names): string {
  if (typeof change === 'string') {
    return change;
  }
  if (change.kind === 'package-name') {
    const { name, before, after, reason } = change;
    const [from, to] = [before, after].map(({ repository }) => names('repository', repository));
    return `package ${name} (number ${before.number}) of repository ${from} moved to repository ${to} as number ${after.number}: ${reason}`;
  }
  const what = factText(change.kind === 'remove' ? change.before : change.after, names);
  const why =
    change.kind === 'update'
      ? differences(change.before, change.after)
      : evidenceText(change.kind, change.evidence);
  return `${what} ${verbs[change.kind]}: ${why}`;
}

/** Names the subject of the fact, with its ids, since names change. */
export function factText(fact: Fact, names: Names): string {
  switch (fact.kind) {
    case 'settings':
      return 'settings';
    case 'member':
      return `member ${names('account', fact.account)}`;
    case 'team':
      return `team ${names('team', fact.team)}`;
    case 'team-member':
      return `${names('account', fact.account)} in team ${names('team', fact.team)}${inheritedText(fact, names)}`;
    case 'team-repository':
      return `team ${names('team', fact.team)} on repository ${names('repository', fact.repository)}${fact.keyedByVia ? inheritedText(fact, names) : ''}`;
    case 'role-member':
      return `${names('account', fact.account)} with the role ${fact.name} (${fact.role})`;
    case 'role-team':
      return `team ${names('team', fact.team)} with the role ${fact.name} (${fact.role})`;
    case 'repository':
      return `repository ${names('repository', fact.repository)}`;
    case 'collaborator':
      return `${names('account', fact.account)} on repository ${names('repository', fact.repository)}`;
  }
}

/** The team that the row is inherited from, since the same row may be inherited from several. */
const inheritedText = (fact: Fact, names: Names): string =>
  isInherited(fact) ? ` from team ${names('team', fact.via)}` : '';
