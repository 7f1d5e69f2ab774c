/** Facts and changes in words, for the history. */
import { evidenceText } from '../../domain/evidence.ts';
import type { Fact } from '../../domain/facts.ts';
import { differences } from './fact-differences.ts';
import type { PlannedChange } from './plan.ts';

/** The change in one line, for the history. */
export function changeText(change: PlannedChange): string {
  const words = { add: 'added', update: 'changed', remove: 'removed', return: 'given back' } as const;
  const why =
    change.kind === 'update'
      ? differences(change.before, change.fact)
      : evidenceText(change.kind, change.evidence);
  return `${factText(change.fact)} ${words[change.kind]}: ${why}`;
}

/** The fact in words, with its id: names change. */
export function factText(fact: Fact): string {
  switch (fact.kind) {
    case 'settings':
      return 'settings';
    case 'member':
      return `member ${fact.login} (${fact.account})`;
    case 'team':
      return `team ${fact.slug} (${fact.team})`;
    case 'team-member':
      return `${fact.login} (${fact.account}) in team ${fact.team}`;
    case 'team-repository':
      return `team ${fact.team} on repository ${fact.repository}`;
    case 'role-member':
      return `${fact.login} (${fact.account}) with the role ${fact.name} (${fact.role})`;
    case 'role-team':
      return `team ${fact.team} with the role ${fact.name} (${fact.role})`;
    case 'repository':
      return `repository ${fact.fullName} (${fact.repository})`;
    case 'collaborator':
      return `${fact.login} (${fact.account}) on repository ${fact.repository}`;
  }
}
