/** Repositories at a URL. */
import { z } from 'zod';
import { NamedTeam } from './access.ts';
import { Line, Time } from './common.ts';
import { NoPackageReason } from './packages.ts';
import { TeamId } from './people.ts';

export const VcsKind = z.enum(['git', 'hg', 'svn']).meta({
  id: 'VcsKind',
  description: 'Git, Mercurial or Subversion.',
});

/** In a path. */
export const VcsRepositoryId = z
  .string()
  .regex(/^vcs-[a-z0-9]{1,32}~[a-z0-9]{1,32}$/, 'is no id of a repository at a URL')
  .meta({ description: 'The `id` of a repository at a URL.' });

/** Nobody needs longer ones, and an item of the table holds one. */
const secretMax = 32_000;
const SecretText = z.string().min(1).max(secretMax).meta({ writeOnly: true });
const Pem = z
  .string()
  .max(secretMax)
  .regex(/^-----BEGIN [A-Z0-9 ]+-----[\s\S]*-----END [A-Z0-9 ]+-----\s*$/, 'is no PEM');

export const VcsCredential = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('ssh-key') }).meta({
      description: 'A key is made here; the answer has its public part, which the server has to know.',
    }),
    z.strictObject({ kind: z.literal('basic'), username: Line(200), password: SecretText }),
    z.strictObject({
      kind: z.literal('token-header'),
      header: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9-]{0,99}$/, 'is no name of a header')
        .meta({ example: 'Private-Token' }),
      value: SecretText.regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'is no value of a header'),
    }),
    z.strictObject({
      kind: z.literal('client-certificate'),
      certificate: Pem,
      key: Pem.meta({ writeOnly: true }),
    }),
  ])
  .meta({
    id: 'VcsCredential',
    description: 'What the repository is read with. It is stored encrypted and never shown.',
  });

export const VcsReadersAsked = z
  .strictObject({
    everyone: z.boolean().meta({ description: 'Everybody of the organization, and all of its teams.' }),
    teams: z.array(TeamId).max(100),
  })
  .meta({
    id: 'VcsReadersAsked',
    description: 'Who may install: nobody where `everyone` is false and there is no team.',
  });

const LayoutPath = z
  .string()
  .max(500)
  .regex(/^(?!\/)(?!.*\/$)(?!(?:.*\/)?\.\.(?:\/|$))[^\p{Cc}\\]*$/u, 'is no path within the repository');
const PathOrNone = z.union([LayoutPath.min(1), z.literal(false)]);

export const VcsLayout = z
  .strictObject({
    trunk: PathOrNone.meta({ description: 'false: the URL is that of the trunk.' }),
    branches: PathOrNone.meta({ description: 'false: there are none.' }),
    tags: PathOrNone,
    package: LayoutPath.meta({ description: 'The folder of the package in each of them; empty: itself.' }),
  })
  .meta({
    id: 'VcsLayout',
    description: "Where a repository of Subversion has what, as Composer's `trunk-path` and the others say.",
    example: { trunk: 'trunk', branches: 'branches', tags: 'tags', package: '' },
  });

const allowed = {
  allowsPrivate: z.boolean().meta({ description: 'Its host may have an address of a private network.' }),
  allowsHttp: z.boolean().meta({ description: 'It may be read without encryption: http, git, svn.' }),
} as const;

export const NewVcsRepository = z
  .strictObject({
    url: z.string().min(1).max(2000).meta({
      description:
        'https, ssh, git, svn or svn+ssh, or as in git@git.example.org:acme/billing. Without a password.',
      example: 'https://git.example.org/acme/billing.git',
    }),
    kind: VcsKind.optional().meta({
      description: 'Left out: what the URL begins with says it, and else it is Git.',
    }),
    credential: VcsCredential,
    readers: VcsReadersAsked,
    layout: VcsLayout.optional().meta({ description: 'Left out: as usual.' }),
    allowsPrivate: allowed.allowsPrivate.optional(),
    allowsHttp: allowed.allowsHttp.optional(),
  })
  .meta({ id: 'NewVcsRepository' });

export const VcsRepositoryChange = z
  .strictObject({
    credential: VcsCredential.optional(),
    readers: VcsReadersAsked.optional(),
    layout: VcsLayout.optional(),
    allowsPrivate: allowed.allowsPrivate.optional(),
    allowsHttp: allowed.allowsHttp.optional(),
    acceptHostKey: z.string().max(100).optional().meta({
      description: 'The fingerprint of `offeredHostKey`: the server is known by that key from then on.',
    }),
  })
  .meta({ id: 'VcsRepositoryChange', description: 'What is left out stays.' });

export const VcsRepository = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    kind: VcsKind,
    credential: z.enum(['none', 'ssh-key', 'basic', 'token-header', 'client-certificate']),
    publicKey: z.string().optional().meta({ description: 'Of the key that was made here, for the server.' }),
    hostKey: z
      .string()
      .optional()
      .meta({ description: 'The fingerprint of the key that the server is known by.' }),
    offeredHostKey: z.string().optional().meta({
      description:
        'The fingerprint of another key that the server showed since. Nothing is read until an owner accepts it.',
    }),
    ...allowed,
    layout: VcsLayout.optional(),
    readers: z.object({ everyone: z.boolean(), teams: z.array(NamedTeam) }),
    state: z.enum(['new', 'reading', 'failed', 'working']).meta({
      description: '`new`: not read yet; have it scanned once its server knows the public key.',
    }),
    lastReadAt: Time.optional(),
    nextReadAt: Time.optional().meta({
      description: 'The longer nothing changes the later: 15 minutes to a day.',
    }),
    lastFailure: z.object({ at: Time, code: z.string(), message: z.string() }).optional(),
    hook: z
      .object({
        url: z.string(),
        pushedAt: Time.optional().meta({ description: 'When its server told of a push last.' }),
      })
      .optional()
      .meta({ description: 'What tells us of pushes, if it was made.' }),
    packages: z.array(z.string()),
    reason: NoPackageReason.optional(),
    waiting: z.array(z.object({ name: z.string(), reason: z.string() })),
  })
  .meta({ id: 'VcsRepository' });

export const VcsHookRequest = z
  .strictObject({ why: Line(500).optional().meta({ description: 'For the history.' }) })
  .meta({ id: 'VcsHookRequest' });

export const VcsHook = z
  .object({
    url: z.string().meta({ description: 'For POST requests of its server.' }),
    secret: z.string().meta({
      description:
        'Shown only now. For the field Secret of Forgejo and Gitea, which sign with it; a script sends it in the header `X-Repertoire-Secret`.',
    }),
  })
  .meta({ id: 'VcsHook' });
