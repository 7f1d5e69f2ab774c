/** People and teams of an organization. */
import { z } from 'zod';
import { delegatedRights } from '../domain/delegated-right.ts';
import { PersonId } from './access.ts';
import { Id, Line, Role, Time } from './common.ts';
import { IntegrationKey } from './forges.ts';

export const PersonState = z.enum(['active', 'waiting', 'off', 'invited']).meta({
  description:
    'What owners here say, whatever the code host says: only somebody active reads anything. `invited`: belongs here once the person accepts.',
});

const InvitationEnd = Time.optional().meta({ description: 'Until when an invitation can be accepted.' });

export const LoginPart = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(100)
  .meta({ description: 'Part of the login.' });

export const Person = z
  .object({
    id: z.string().meta({
      description:
        "A user's id, or a synchronization and the code host's id of an account that nobody signed in with; of somebody invited by a login the id of the invitation.",
    }),
    synchronization: z.string().optional().meta({ description: 'Missing: the person was added by hand.' }),
    account: z.string().optional().meta({ description: "The code host's id of the account." }),
    login: z.string(),
    role: Role.meta({ description: 'What the code host says.' }),
    forgeRole: z.string().optional().meta({ description: "The code host's own term." }),
    isKnown: z.boolean().meta({ description: 'Somebody signed in with the account, or was given a token.' }),
    state: PersonState,
    invitationEndsAt: InvitationEnd,
  })
  .meta({ id: 'Person', description: 'An account of a person in a synchronization.' });

export const OnePerson = z
  .object({
    id: z.string(),
    name: z.string(),
    synchronization: z.string().optional().meta({
      description: 'Where the person is called so; missing for somebody added by hand.',
    }),
    role: Role.optional(),
    state: PersonState,
    isKnown: z.boolean(),
    invitationEndsAt: InvitationEnd,
  })
  .meta({ id: 'OnePerson' });

export const NewPerson = z
  .strictObject({
    person: z.union([
      z.strictObject({ user: Id.meta({ description: "A user's id, as the person's own `/me` has it." }) }),
      z.strictObject({
        integration: IntegrationKey,
        login: Line(100).meta({ description: 'As it was at a sign-in within 90 days.' }),
      }),
    ]),
    role: z.enum(['owner', 'member']),
  })
  .meta({ id: 'NewPerson', description: 'Somebody who has signed in.' });

export const PersonChange = z
  .strictObject({
    state: z.enum(['active', 'off']).meta({ description: '`active`: somebody who waits, too.' }),
  })
  .meta({ id: 'PersonChange' });

export const DelegatedRight = z.enum(delegatedRights).meta({
  id: 'DelegatedRight',
  description:
    '`manage-packages`: scan, accept a moved tag, give a name, delete versions and packages; `add-packages`: make packages of repositories. Only on repositories that the person reads as a member of the team.',
});

export const TeamRights = z
  .strictObject({ rights: z.array(DelegatedRight).max(delegatedRights.length) })
  .meta({ id: 'TeamRights', description: 'What owners left to a team.' });

export const PeopleToActivate = z
  .strictObject({ ids: z.array(PersonId).min(1).max(50) })
  .meta({ id: 'PeopleToActivate' });

export const ActivatedPeople = z.object({ items: z.array(OnePerson) }).meta({ id: 'ActivatedPeople' });

export const Team = z
  .object({
    id: z.string().meta({ description: 'Also the principal of its tokens.' }),
    from: z.enum(['code-host', 'here']).meta({ description: '`here`: owners made it by hand.' }),
    synchronization: z.string().optional().meta({ description: 'Missing: a team from here.' }),
    slug: z.string(),
    name: z.string(),
    parent: z.string().optional().meta({ description: 'The team above it.' }),
    privacy: z.string().optional().meta({ description: "The code host's own term." }),
    rights: z.array(DelegatedRight).meta({ description: 'What owners left to it.' }),
  })
  .meta({ id: 'Team' });

export const TeamMember = z
  .object({
    account: z.string().optional().meta({ description: "The code host's id; of its teams." }),
    person: z.string().optional().meta({ description: 'The id of the user; of teams from here.' }),
    login: z.string(),
    level: z.string().optional(),
    inheritedFrom: z.string().optional().meta({ description: 'The team that the membership comes from.' }),
  })
  .meta({ id: 'TeamMember' });

export const OwnTeamNames = z
  .strictObject({ name: Line(100).meta({ example: 'Release managers' }) })
  .meta({ id: 'OwnTeamNames' });

export const TeamId = z
  .string()
  .regex(/^t\.[A-Za-z0-9-]{1,40}\.[A-Za-z0-9_-]{1,120}$/, 'is no id of a team')
  .meta({ example: 't.k3j4h5g6f7d8s9a2.1007' });
