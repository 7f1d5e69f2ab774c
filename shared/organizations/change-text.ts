/** Facts and changes in words for an owner. */
import { evidenceText } from '../domain/evidence.ts';
import { type Fact, isInherited } from '../domain/facts.ts';
import type { StoredChange } from '../store/change-schema.ts';
import { differences } from '../sync/plan/fact-differences.ts';
import type { Names } from './display-names.ts';

const verbs = { add: 'added', update: 'changed', remove: 'removed', return: 'given back' } as const;

/** The change in one line, with its reason. What an earlier version stored in words is shown as it is. */
export function changeText(change: StoredChange, names: Names): string {
  if (typeof change === 'string') {
    return change;
  }
  if (change.kind === 'package-name') {
    const { name, before, after, reason } = change;
    const [from, to] = [before, after].map(({ repository }) => names('repository', repository));
    return `package ${name} (number ${before.number}) of repository ${from} is number ${after.number} of repository ${to} now: ${reason}`;
  }
  const what = factText(change.kind === 'remove' ? change.before : change.after, names);
  const why =
    change.kind === 'update'
      ? differences(change.before, change.after)
      : evidenceText(change.kind, change.evidence);
  return `${what} ${verbs[change.kind]}: ${why}`;
}

/** Who or what the fact is about, with ids: names change. */
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

/** Which of several ways it is. */
const inheritedText = (fact: Fact, names: Names): string =>
  isInherited(fact) ? ` from team ${names('team', fact.via)}` : '';
