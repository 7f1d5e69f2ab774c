/** Tokens that Composer sends. */
import { z } from 'zod';
import { Line, Time } from './common.ts';

const kinds = ['user', 'member', 'team', 'organization'] as const;

export const Token = z
  .object({
    id: z.string(),
    kind: z.enum(kinds).meta({
      description:
        "`user`: a person's own, with the person's rights in every organization; `member`: the rights of a person in this one; `team`: the rights of a team; `organization`: every package.",
    }),
    principal: z.string().optional().meta({
      description:
        "Whom it speaks for, by id. Missing for a person's and for a key without the scope `members`.",
      example: 'u.k3j4h5g6f7d8s9a2',
    }),
    holder: z.string().optional().meta({
      description:
        'The login, team or slug of whom it speaks for, as it is now; missing where nobody knows it.',
      example: 'ann',
    }),
    description: z.string(),
    state: z.enum(['waiting', 'active', 'suspended', 'revoked', 'expired']).meta({
      description:
        '`waiting`: until its packages are published, at most 30 seconds, it is refused with 401; `suspended`: its maker does not own the organization now.',
    }),
    madeBy: z
      .object({ kind: z.enum(['user', 'key', 'operator']), id: z.string(), name: z.string() })
      .optional()
      .meta({
        description:
          'Missing in what was made on the machine itself, and for a key without the scope `members`.',
      }),
    isShared: z.boolean().meta({
      description: 'It reads further organizations. Revoking it ends it in this organization only.',
    }),
    createdAt: Time,
    expiresAt: Time.optional().meta({ description: 'Missing: never.' }),
    lastInstallAt: Time.optional().meta({
      description: 'When Composer last reported an installation with it, to about ten minutes.',
    }),
  })
  .meta({ id: 'Token' });

const expiresAt = Time.nullable().optional().meta({
  description: "null: never. If left out, what the organization's owners set.",
  example: '2027-01-01T00:00:00Z',
});

export const NewToken = z
  .strictObject({
    for: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('member'), login: Line(100) }),
        z.strictObject({ kind: z.literal('team'), slug: Line(100) }),
        z.strictObject({
          kind: z.literal('organization'),
          organizations: z.array(Line(100)).max(14).optional().meta({
            description:
              'Slugs of further organizations that it reads. You have to own all of them, and a key cannot.',
          }),
        }),
      ])
      .meta({ example: { kind: 'member', login: 'ann' } }),
    description: Line(200).default('').meta({ example: 'build server' }),
    expiresAt,
  })
  .meta({ id: 'NewToken' });

export const TokenRotation = z.strictObject({ expiresAt }).meta({ id: 'TokenRotation' });

export const MadeToken = Token.extend({
  secret: z.string().meta({ description: 'Shown this once.' }),
  url: z.string().meta({
    description: 'Of the repository, for Composer.',
    example: 'https://repo.example.com/acme',
  }),
}).meta({ id: 'MadeToken' });

export const NewOwnToken = z
  .strictObject({
    description: Line(200).meta({ example: 'laptop' }),
    expiresAt,
    // Their owners need room to take it out of others: the edge has all in one value.
    without: z.array(Line(40)).max(10).optional().meta({
      description:
        'Slugs of organizations of yours that it does not read, such as those that allow shorter lives only.',
      example: [],
    }),
  })
  .meta({ id: 'NewOwnToken' });

export const OwnToken = z
  .object({
    id: z.string(),
    description: z.string(),
    state: z.enum(['waiting', 'active', 'revoked', 'expired']).meta({
      description: '`waiting`: until its packages are published, at most 30 seconds, it is refused with 401.',
    }),
    createdAt: Time,
    expiresAt: Time.optional().meta({ description: 'Missing: never.' }),
    lastInstallAt: Time.optional(),
    organizations: z.array(z.object({ slug: z.string(), isExcluded: z.boolean() })).meta({
      description:
        'Where it reads; `isExcluded`: not here, because you left the organization out or its owners took the token out.',
    }),
  })
  .meta({ id: 'OwnToken', description: "A person's own token: the person's rights in every organization." });

export const MadeOwnToken = OwnToken.extend({
  secret: z.string().meta({ description: 'Shown this once.' }),
}).meta({ id: 'MadeOwnToken' });

export const TokenShortening = z
  .strictObject({
    confirm: Line(40)
      .optional()
      .meta({ description: 'The slug; without it the answer says which tokens would end earlier.' }),
    why: Line(500).meta({ description: 'For the history.', example: 'tokens live a year at most' }),
  })
  .meta({ id: 'TokenShortening' });

export const ShortenedTokens = z
  .object({
    done: z.boolean(),
    longestTokenDays: z.int(),
    endsAt: Time.meta({ description: 'When they end, or would.' }),
    count: z.int().meta({ description: 'How many live longer.' }),
    takenOut: z.int().meta({
      description:
        "How many of them are people's own, or read further organizations: these are refused in this organization at once, and live on elsewhere.",
    }),
    left: z.int().meta({ description: 'How many there was no time for; send the request again.' }),
    tokens: z.array(Token).meta({ description: 'As they were before, at most 100.' }),
  })
  .meta({ id: 'ShortenedTokens' });
