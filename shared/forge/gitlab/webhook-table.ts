/**
 * What each event of a group or project requires: `read` is the smallest read that covers the change. `removed` is withdrawn before that read.
 * What is granted comes only from the API. Other rows say why there is nothing to read.
 *
 * https://docs.gitlab.com/user/project/integrations/webhook_events/
 */
import { z } from 'zod';
import { asId, type ForgeAccountId, type ForgeRepositoryId, type ForgeTeamId } from '../../domain/ids.ts';
import { memberPart, repositoryPart, teamPart } from '../../domain/scopes.ts';
import type { Hint } from '../forge.ts';

/** The ids in a payload. @throws ZodError when one is missing */
type Extractor<Value> = (payload: unknown) => Value;

export type Row =
  | {
      readonly read: Extractor<readonly Hint[]>;
      /** The key of the fact that was removed. */
      readonly removed?: Extractor<string>;
      /** The key of the fact that was added. */
      readonly added?: Extractor<string>;
      /** The repository that was deleted and not only hidden from us. */
      readonly deleted?: Extractor<ForgeRepositoryId>;
    }
  /** Why the event changes nothing that we read. */
  | { readonly nothing: string };

const id = z.int().positive().transform(String);
const ofProject = z.object({ project_id: id.transform((one) => asId<ForgeRepositoryId>(one)) });
const ofGroup = z.object({ group_id: id.transform((one) => asId<ForgeTeamId>(one)) });
const ofUser = z.object({ user_id: id.transform((one) => asId<ForgeAccountId>(one)) });

const project = (payload: unknown): ForgeRepositoryId => ofProject.parse(payload).project_id;
const group = (payload: unknown): ForgeTeamId => ofGroup.parse(payload).group_id;
const user = (payload: unknown): ForgeAccountId => ofUser.parse(payload).user_id;

const content: Extractor<readonly Hint[]> = (payload) => [
  { look: 'repository-content', repository: project(payload) },
];
const aboutProject: Extractor<readonly Hint[]> = (payload) => [
  { look: 'scope', scope: repositoryPart(project(payload)) },
];
const aboutGroup: Extractor<readonly Hint[]> = (payload) => [
  { look: 'scope', scope: teamPart(group(payload)) },
];
/** Whether somebody belongs to the organization depends on all groups. The group comes last: its read ends with a probe. */
const aboutMember: Extractor<readonly Hint[]> = (payload) => [
  { look: 'scope', scope: memberPart(user(payload)), handle: group(payload) },
  ...aboutGroup(payload),
];
/** As `factKey` names them. */
const memberKey: Extractor<string> = (payload) => `team-member#${user(payload)}#${group(payload)}`;
const projectKey: Extractor<string> = (payload) => `repository#${project(payload)}`;
const groupKey: Extractor<string> = (payload) => `team#${group(payload)}`;

/** By `event_name`. All refs are compared, whichever one is named: there is no event for more than three branches or tags at once. */
const webhookTable: Readonly<Record<string, Row>> = {
  push: { read: content },
  tag_push: { read: content },
  user_add_to_group: { read: aboutMember, added: memberKey },
  // Another level: it may give less or more.
  user_update_for_group: { read: aboutMember },
  user_remove_from_group: { read: aboutMember, removed: memberKey },
  user_access_request_to_group: { nothing: 'a request is not a membership' },
  user_access_request_denied_for_group: { nothing: 'a request is not a membership' },
  project_create: { read: (payload) => [...aboutProject(payload), ...content(payload)], added: projectKey },
  project_destroy: { read: aboutProject, removed: projectKey, deleted: project },
  // The rights of the groups above change too.
  subgroup_create: { read: aboutGroup, added: groupKey },
  subgroup_destroy: { read: aboutGroup, removed: groupKey },
};

const unknownEvent: Row = { nothing: 'unknown event' };

export const rowOf = (event: string): Row => new Map(Object.entries(webhookTable)).get(event) ?? unknownEvent;
