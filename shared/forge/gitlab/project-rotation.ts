/**
 * Which projects' direct members are read, where each costs a request. A quiet project keeps what is stored of it; whoever joins or leaves a
 * project is an event of it (gitlabhq: app/services/event_create_service.rb, `join_project` and `leave_project`), and an event moves the time of
 * its last activity (app/models/event.rb, `reset_project_activity`), which the list of projects shows. A change of a level is no event, so
 * projects that have members of their own are read in turn.
 */
import { sameFact } from '../../domain/fact-differences.ts';
import type { CollaboratorFact, RepositoryFact } from '../../domain/facts.ts';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import { repositoryPart } from '../../domain/scopes.ts';
import type { StoredFacts } from '../forge.ts';
import { unended } from './organization.ts';

/** With a reconcile every 10 minutes, each project with members of its own is read within an hour. */
const withMembersMs = 50 * 60_000;
/** Nothing says that a project without members was read wrongly, or that its event was lost. */
const withoutMembersMs = 24 * 3600_000;

/** Consecutive ids are spread evenly, so that each read has about as many: https://en.wikipedia.org/wiki/Low-discrepancy_sequence */
const goldenRatio = 0.618_033_988_749_895;

/**
 * Whether the project's turn, which comes once in each period, was after `since` and is not after `now`. A read that was late or failed takes the
 * turns of those before it.
 *
 * @param since, now, periodMs milliseconds
 */
export function isInTurn(id: ForgeRepositoryId, since: number, now: number, periodMs: number): boolean {
  const offset = ((Number(id) * goldenRatio) % 1) * periodMs;
  return Math.floor((now - offset) / periodMs) > Math.floor((since - offset) / periodMs);
}

/**
 * The direct members of a project as they are stored, where they need not be read now.
 *
 * @param fact the project as the list shows it now
 */
export function storedCollaborators(
  fact: RepositoryFact,
  stored: StoredFacts,
  now: number,
): readonly CollaboratorFact[] | undefined {
  const { repository } = fact;
  const [before] = stored.of(repositoryPart(repository), 'repository') ?? [];
  const collaborators = stored.of(repositoryPart(repository), 'collaborator');
  // The time of the last push follows the last activity until an hour after it, when an event leaves no trace.
  if (collaborators === undefined || before === undefined || !sameFact(before, fact)) {
    return undefined;
  }
  const hasMembers = collaborators.length > 0 || stored.watched.has(repository);
  const periodMs = hasMembers ? withMembersMs : withoutMembersMs;
  if (isInTurn(repository, stored.since, now, periodMs)) {
    return undefined;
  }
  return unended(collaborators, now);
}
