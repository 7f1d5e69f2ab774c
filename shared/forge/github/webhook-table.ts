/**
 * What each event requires: `read` is the smallest read that covers the change. `removed` is withdrawn before that read
 * (shared/sync/webhooks/record-claims.ts). What is granted comes only from the API. Other rows say why there is nothing to read.
 *
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import type { Arrival, Hint, Removal } from '../forge.ts';
import {
  arrivalOf,
  both,
  collaboratorGone,
  content,
  contentOfNewDefault,
  installation,
  memberGone,
  memberHint,
  type PayloadExtractor,
  repositoriesGone,
  repositoryDeleted,
  repositoryGone,
  repositoryHidden,
  repositoryHint,
  repositoryShown,
  teamGone,
  teamHint,
  teamMemberGone,
  teamRepositoryGone,
  whole,
} from './webhook-payloads.ts';

/** An event as people are shown it, such as `repository.created`: where a payload has an action, the event alone says little. */
export const eventName = (event: string, action: string | undefined): string =>
  action === undefined ? event : `${event}.${action}`;

export type Row =
  | {
      readonly read: PayloadExtractor<Hint>;
      /** What the event says was removed: a read that still has it came too early. */
      readonly removed?: PayloadExtractor<Removal>;
      /** What the event says was added: a read that does not have it yet came too early. */
      readonly added?: PayloadExtractor<Arrival>;
      /** What the event says was deleted and not only hidden from us. */
      readonly deleted?: PayloadExtractor<ForgeRepositoryId>;
    }
  /** Why the event changes nothing that we read. */
  | { readonly nothing: string };

/**
 * By event and action; `*` stands for all other actions, and for events without any. An event that is not listed is ignored.
 *
 * No event reports an owner who becomes a member or the other way round, another base permission, or organization roles: the schedule finds
 * those.
 */
export const webhookTable: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  installation: {
    created: { read: installation('created') },
    deleted: { read: installation('removed') },
    suspend: { read: installation('changed') },
    unsuspend: { read: installation('changed') },
    // What could not be read before may be readable now.
    new_permissions_accepted: { read: installation('changed') },
    '*': { nothing: 'no other action changes who owns the installation or whether it works' },
  },
  installation_repositories: {
    // Teams have rows about the repositories that became visible.
    added: { read: whole('repositories', 'teams') },
    removed: { read: whole('repositories', 'teams'), removed: repositoriesGone },
    '*': { read: whole('repositories', 'teams') },
  },
  installation_target: {
    // The account's login changed, which is part of the settings and of every full name.
    '*': { read: whole('settings', 'repositories') },
  },
  github_app_authorization: {
    '*': { nothing: 'user authorizations of the app are not used' },
  },
  organization: {
    // An invitation was accepted; the teams that came with it have events of their own.
    member_added: { read: memberHint, added: arrivalOf(memberGone) },
    // GitHub also removes the person from teams and repositories: those rows end with the membership.
    member_removed: { read: memberHint, removed: memberGone },
    member_invited: { nothing: 'an invitation is not a membership' },
    renamed: { read: whole('settings', 'repositories') },
    // The read finds out the state if the installation's own event is late.
    deleted: { read: whole('settings') },
    '*': { nothing: 'no other action changes members or settings' },
  },
  team: {
    created: { read: teamHint, added: arrivalOf(teamGone) },
    // This includes another parent, which `changes` does not report.
    edited: { read: teamHint },
    added_to_repository: { read: teamHint, added: arrivalOf(teamRepositoryGone) },
    removed_from_repository: { read: teamHint, removed: teamRepositoryGone },
    deleted: { read: teamHint, removed: teamGone },
    '*': { read: teamHint },
  },
  team_add: { '*': { read: teamHint } },
  membership: {
    added: { read: teamHint, added: arrivalOf(teamMemberGone) },
    removed: { read: teamHint, removed: teamMemberGone },
    '*': { read: teamHint },
  },
  // Collaborators of a repository.
  member: {
    added: { read: repositoryHint, added: arrivalOf(collaboratorGone) },
    edited: { read: repositoryHint },
    removed: { read: repositoryHint, removed: collaboratorGone },
    '*': { read: repositoryHint },
  },
  repository: {
    created: { read: both(repositoryHint, content), added: arrivalOf(repositoryGone) },
    deleted: { read: repositoryHint, removed: repositoryGone, deleted: repositoryDeleted },
    // Sent to the new owner; the old one may get `installation_repositories`.
    transferred: { read: repositoryHint, added: arrivalOf(repositoryGone) },
    // The URLs of its code and its issues change: the read then requests a scan.
    renamed: { read: repositoryHint },
    privatized: { read: repositoryHint, removed: repositoryHidden },
    publicized: { read: repositoryHint, added: repositoryShown },
    // Its packages become abandoned, or no longer are.
    archived: { read: both(repositoryHint, content) },
    unarchived: { read: both(repositoryHint, content) },
    edited: { read: both(repositoryHint, contentOfNewDefault) },
    '*': { read: repositoryHint },
  },
  public: { '*': { read: repositoryHint, added: repositoryShown } },
  // All refs are compared, whichever one is named: there is no event for more than three tags at once.
  push: { '*': { read: content } },
  create: { '*': { read: content } },
  delete: { '*': { read: content } },
  ping: { '*': { nothing: 'a test of the webhook address' } },
};

const unknownEvent: Row = { nothing: 'unknown event' };

export function rowOf(event: string, action: string | undefined): Row {
  const rows = new Map(Object.entries(new Map(Object.entries(webhookTable)).get(event) ?? {}));
  return rows.get(action ?? '*') ?? rows.get('*') ?? unknownEvent;
}
