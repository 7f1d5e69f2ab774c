/**
 * Where each event sends us: the smallest read that settles what it may have changed, or why there is nothing to read. The state
 * itself always comes from the API.
 *
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import type { Arrival, Hint, Removal } from '../forge.ts';
import {
  aMember,
  aRepository,
  aTeam,
  both,
  collaboratorGone,
  come,
  content,
  contentOfNewDefault,
  installation,
  memberGone,
  type PayloadExtractor,
  repositoriesGone,
  repositoryDeleted,
  repositoryGone,
  repositoryHidden,
  repositoryShown,
  teamGone,
  teamMemberGone,
  teamRepositoryGone,
  whole,
} from './webhook-payloads.ts';

export type Row =
  | {
      readonly read: PayloadExtractor<Hint>;
      /** What the event says is gone: a read that still has it comes too early. */
      readonly removed?: PayloadExtractor<Removal>;
      /** What the event says has come: a read that does not have it yet comes too early. */
      readonly added?: PayloadExtractor<Arrival>;
      /** What the event says was deleted, and not only taken out of our sight. */
      readonly deleted?: PayloadExtractor<ForgeRepositoryId>;
    }
  /** Why the event changes nothing that we read. */
  | { readonly nothing: string };

/**
 * By event and action; `*` for all other actions, and for events that have none. An event that is not here says nothing.
 *
 * No event tells of an owner who becomes a member or the other way round, of another base permission, or of organization roles: those
 * the schedule finds.
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
    // Teams have rows about the repositories that came into sight.
    added: { read: whole('repositories', 'teams') },
    removed: { read: whole('repositories', 'teams'), removed: repositoriesGone },
    '*': { read: whole('repositories', 'teams') },
  },
  installation_target: {
    // The account took another login: it stands in the settings and in every full name.
    '*': { read: whole('settings', 'repositories') },
  },
  github_app_authorization: {
    '*': { nothing: 'user authorizations of the app are not used' },
  },
  organization: {
    // An invitation was accepted; the teams that came with it have events of their own.
    member_added: { read: aMember, added: come(memberGone) },
    // GitHub takes the person out of teams and off repositories too: his rows there are gone with the membership.
    member_removed: { read: aMember, removed: memberGone },
    member_invited: { nothing: 'an invitation is not a membership' },
    renamed: { read: whole('settings', 'repositories') },
    // The read finds out what is left, if the installation's own event is late.
    deleted: { read: whole('settings') },
    '*': { nothing: 'no other action changes members or settings' },
  },
  team: {
    created: { read: aTeam, added: come(teamGone) },
    // Also another parent, which `changes` does not tell.
    edited: { read: aTeam },
    added_to_repository: { read: aTeam, added: come(teamRepositoryGone) },
    removed_from_repository: { read: aTeam, removed: teamRepositoryGone },
    deleted: { read: aTeam, removed: teamGone },
    '*': { read: aTeam },
  },
  team_add: { '*': { read: aTeam } },
  membership: {
    added: { read: aTeam, added: come(teamMemberGone) },
    removed: { read: aTeam, removed: teamMemberGone },
    '*': { read: aTeam },
  },
  // Collaborators of a repository.
  member: {
    added: { read: aRepository, added: come(collaboratorGone) },
    edited: { read: aRepository },
    removed: { read: aRepository, removed: collaboratorGone },
    '*': { read: aRepository },
  },
  repository: {
    created: { read: both(aRepository, content), added: come(repositoryGone) },
    deleted: { read: aRepository, removed: repositoryGone, deleted: repositoryDeleted },
    // Told to the new owner; the old one may hear of it by `installation_repositories`.
    transferred: { read: aRepository, added: come(repositoryGone) },
    // The addresses of its code and its issues change: the read asks for a scan then.
    renamed: { read: aRepository },
    privatized: { read: aRepository, removed: repositoryHidden },
    publicized: { read: aRepository, added: repositoryShown },
    // Its packages are abandoned, or no longer.
    archived: { read: both(aRepository, content) },
    unarchived: { read: both(aRepository, content) },
    edited: { read: both(aRepository, contentOfNewDefault) },
    '*': { read: aRepository },
  },
  public: { '*': { read: aRepository, added: repositoryShown } },
  // All refs are compared, whichever one is named: more than three tags at once are told by no event.
  push: { '*': { read: content } },
  create: { '*': { read: content } },
  delete: { '*': { read: content } },
  ping: { '*': { nothing: 'a test of the webhook address' } },
};

const silent: Row = { nothing: 'unknown event' };

export function rowOf(event: string, action: string | undefined): Row {
  const rows = new Map(Object.entries(new Map(Object.entries(webhookTable)).get(event) ?? {}));
  return rows.get(action ?? '*') ?? rows.get('*') ?? silent;
}
