/** Who may install what, and why. */
import { z } from 'zod';

export const NamedTeam = z
  .object({ id: z.string(), name: z.string() })
  .meta({ id: 'NamedTeam', description: 'A team, with the id that tokens of it have as principal.' });

export const AccessPath = z
  .object({
    through: z
      .enum([
        'owner',
        'base-permission',
        'everyone',
        'members',
        'team',
        'role',
        'collaborator',
        'organization',
      ])
      .meta({
        description:
          '`base-permission`: what every member may do; `everyone`: any valid token, since the repository is public; `members`: an internal repository; `collaborator`: a permission of the account on the repository, of a member too, and where the code host does not say through which team or project it has it; `organization`: the token reads everything.',
      }),
    synchronization: z.string(),
    account: z.string().optional().meta({ description: "The code host's id of the account with the right." }),
    permission: z.string().optional().meta({
      description: "The code host's own term. With a `level` it is the most that anybody has in the team.",
    }),
    level: z.string().optional().meta({
      description: "What the account is in the team, where that decides; the code host's own term.",
    }),
    role: z.string().optional(),
    team: NamedTeam.optional(),
    inheritedFrom: NamedTeam.optional(),
    above: z.array(NamedTeam).optional().meta({
      description: 'The teams above `team`, up to `inheritedFrom`; missing where that one is not above it.',
    }),
  })
  .meta({ id: 'AccessPath', description: 'One way by which a package may be installed.' });

export const ReadablePackage = z
  .object({ name: z.string(), paths: z.array(AccessPath) })
  .meta({ id: 'ReadablePackage' });

const Repository = z
  .object({ id: z.string(), name: z.string() })
  .optional()
  .meta({ description: 'Of the package; missing where the code host is not read any more.' });

export const ReadableByTeam = ReadablePackage.extend({ repository: Repository }).meta({
  id: 'ReadableByTeam',
});

export const AccessExplanation = ReadablePackage.extend({
  person: z.string().meta({ description: 'The `id` of the person.' }),
  repository: Repository,
  codeHost: z
    .object({
      integration: z.string().meta({ description: 'The `key` of the integration.' }),
      login: z.string().meta({ description: 'The organization, group or workspace there.' }),
    })
    .optional()
    .meta({ description: 'Where its repository is: the rights there decide.' }),
  mayInstall: z.boolean(),
  missing: z
    .array(
      z.enum([
        'package-unavailable',
        'repository-disabled',
        'rights-suspended',
        'waiting',
        'off',
        'no-account',
        'withdrawn',
        'no-member',
        'no-right',
      ]),
    )
    .meta({
      description:
        '`waiting`: waits for an owner here to activate them; `off`: an owner switched them off; `no-account`: none on the code host is linked; `withdrawn`: an event took the right, which no read has confirmed yet.',
    }),
  couldGive: z.object({
    owners: z.array(z.string()).meta({ description: 'Logins of owners on the code host.' }),
    teams: z.array(NamedTeam).meta({ description: 'Members of these may install it.' }),
  }),
}).meta({ id: 'AccessExplanation' });

export const PersonWithAccess = z
  .object({
    id: z.string().meta({ description: 'As in `/people`.' }),
    login: z.string(),
    paths: z.array(AccessPath),
  })
  .meta({ id: 'PersonWithAccess' });

/** A user's id, or a synchronization and the code host's id of an account. */
export const PersonId = z
  .string()
  .regex(/^[A-Za-z0-9{}_-]{1,100}(\.[A-Za-z0-9{}_-]{1,100})?$/, 'is no id')
  .meta({
    description: 'The `id` of a person, as GET /organizations/{slug}/people has it; not a login.',
    example: 'k3j4h5g6f7d8s9a2',
  });

/** A person as somebody types one. */
export const PersonAsked = z
  .string()
  .regex(/^([^@\s]{1,100}@[\w.:~-]{1,300}|[A-Za-z0-9{}_-]{1,100}(\.[A-Za-z0-9{}_-]{1,100})?)$/, 'is no id')
  .meta({
    description:
      'The `id` of a person, as GET /organizations/{slug}/people has it; or, for owners, a login and the `key` of its code host, as in `ann@gitea~git.example.com`.',
    example: 'k3j4h5g6f7d8s9a2',
  });

export const PackageName = z
  .string()
  .max(200)
  .regex(/^[a-z0-9._-]+\/[a-z0-9._-]+$/, 'is no name of a package')
  .meta({ example: 'acme/billing' });
