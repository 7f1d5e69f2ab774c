/** What the commands of calls.ts print. Pure. */
import { z } from 'zod';
import { plural } from '../start/plural.ts';
import { Status } from './answers.ts';
import { type Flags, vendorNames } from './calls.ts';
import { indent, when } from './print.ts';
import { cautionText } from './print-status.ts';

type Text = (slug: string, answer: unknown, flags: Flags) => readonly string[];

/** By the name of the command. */
export const simpleText: Readonly<Record<string, Text>> = {
  connect,
  choose: (_, answer) => {
    const { chosen } = z.object({ chosen: z.array(z.string()) }).parse(answer);
    return [
      `${plural(chosen.length, 'repository', 'repositories')} selected, to be scanned now`,
      ...indent(chosen),
    ];
  },
  vendors: (slug, answer, flags) => [
    `${slug} owns the vendors: ${vendorNames(flags).join(', ')}; ${plural(
      z.object({ scans: z.number() }).parse(answer).scans,
      'scan',
    )} requested`,
  ],
  publishing: (_, answer) => {
    const { source, outsideCode } = z.object({ source: z.boolean(), outsideCode: z.boolean() }).parse(answer);
    return [
      `source in metadata: ${source ? 'yes' : 'no'}`,
      `dist and source of their own in composer.json: ${outsideCode ? 'yes' : 'no'}`,
    ];
  },
  caution: (_, answer) => [cautionText(Status.shape.synchronizations.element.shape.caution.parse(answer))],
  token,
  revoke: (slug, _, { id }) => [
    `token ${id} reads ${slug} no more`,
    ...indent([
      "a person's own token (rprt_u_…) still reads that person's other organizations: revoke it there too",
    ]),
  ],
  'stop-access': (slug) => [
    `access to ${slug} is stopped; npm run admin -- allow-access ${slug} --by NAME --why TEXT restores it`,
  ],
  'allow-access': (slug) => [`access to ${slug} is allowed again, for all tokens that are valid now`],
  'api-key': apiKey,
  'api-keys': (slug, answer) => apiKeys(slug, ApiKeys.parse(answer).items),
  'revoke-api-key': (slug, _, { id }) => [`API key ${id} of ${slug} is refused from now on`],
};

function connect(slug: string, _: unknown, flags: Flags): readonly string[] {
  const connected = `${slug} is connected and being read; npm run admin -- status ${slug} shows the progress`;
  return vendorNames(flags).length > 0
    ? [connected]
    : [
        connected,
        `no vendor is owned, so nothing is published: npm run admin -- vendors ${slug} --vendors ${slug}`,
      ];
}

const Made = z.object({
  id: z.string(),
  token: z.string(),
  expiresAt: z.string().optional(),
  user: z.string(),
  url: z.string(),
});

function token(slug: string, answer: unknown): readonly string[] {
  const { id, token: secret, expiresAt, user, url } = Made.parse(answer);
  return [
    secret,
    '',
    `token ${id}, ${expiryText(expiresAt)}; it is shown this once. In the folder of a project:`,
    '',
    ...(url.startsWith('http:')
      ? ['  composer config secure-http false        # plain http, for this machine only']
      : []),
    `  composer config repositories.${slug} composer ${url}`,
    `  composer config --global http-basic.${new URL(url).host} ${user} ${secret}`,
  ];
}

const ApiKeys = z.object({
  items: z.array(
    z.object({
      ...{ id: z.string(), description: z.string(), scopes: z.array(z.string()), madeBy: z.string() },
      ...{ expiresAt: z.string().optional(), lastUsedAt: z.string().optional() },
    }),
  ),
});

const apiKeys = (slug: string, items: z.infer<typeof ApiKeys>['items']): readonly string[] => [
  `${plural(items.length, 'API key')} of ${slug}`,
  ...items.flatMap(({ id, description, scopes, madeBy, expiresAt, lastUsedAt }) => [
    `  ${id}  ${description}, made by ${madeBy}`,
    `    ${scopes.join(', ')}; ${expiryText(expiresAt)}; ${
      lastUsedAt === undefined ? 'not used yet' : `last used ${when(lastUsedAt)}`
    }`,
  ]),
];

function apiKey(slug: string, answer: unknown): readonly string[] {
  const { id, secret, scopes, expiresAt } = z
    .object({
      id: z.string(),
      secret: z.string(),
      scopes: z.array(z.string()),
      expiresAt: z.string().optional(),
    })
    .parse(answer);
  return [
    secret,
    '',
    `API key ${id} of ${slug} with the scopes ${scopes.join(', ')}, ${expiryText(expiresAt)}; it is shown this once.`,
    'It is sent as: authorization: Bearer KEY (docs/api.md)',
  ];
}

const expiryText = (expiresAt: string | undefined): string =>
  expiresAt === undefined ? 'without an expiry' : `expires ${when(expiresAt)}`;
