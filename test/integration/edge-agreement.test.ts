import { beforeAll, describe, expect, it } from 'vitest';
import {
  type EdgeResult,
  njsIsInstalled,
  runEdge,
  runInBareVm,
  runInNjs,
} from '../../functions/authorize-request/edge-engines.ts';
import { bundleEdge } from '../../infra/bundle.ts';
import {
  bitmapChunks,
  edgeKeys,
  openOrganization,
  packagesPerChunk,
  packageValue,
  tokenValue,
} from '../../shared/domain/edge-keys.ts';
import {
  asId,
  type ForgeTeamId,
  type OrganizationId,
  organizationPrincipal,
  type SynchronizationId,
  teamPrincipal,
  type UserId,
  userPrincipal,
} from '../../shared/domain/ids.ts';
import { makeToken, tokenHash } from '../../shared/domain/token.ts';
import { objectKeys, publicPaths } from '../../shared/publish/object-keys.ts';

/** The built edge function reads what we write: both use the same keys, values, paths and object keys. */

const slug = 'acme';
const commit = 'a'.repeat(40);
const later = Math.floor(Date.now() / 1000) + 3600;

const ann = userPrincipal(asId<UserId>('ann23456789abcde'));
const bob = userPrincipal(asId<UserId>('bob23456789abcde'));
const backend = teamPrincipal(asId<SynchronizationId>('sync1'), asId<ForgeTeamId>('7'));
/** A team whose id on its forge has braces. */
const workspaceGroup = teamPrincipal(
  asId<SynchronizationId>('sync1'),
  asId<ForgeTeamId>('{4f5c0c1e-7a51-4d0e-9a3e-0d6c1c7b2a10}'),
);
const everything = organizationPrincipal(asId<OrganizationId>('org1'));

let made = 0;
const newToken = (kind: Parameters<typeof makeToken>[0]): string =>
  makeToken(kind, (count) => new Uint8Array(count).fill(++made));

/** Numbers around every boundary of a bitmap. */
const numbers = [
  1,
  7,
  8,
  9,
  63,
  64,
  500,
  ...[1, 2, 3].flatMap((chunk) => [-2, -1, 0, 1].map((by) => chunk * packagesPerChunk + by)),
];
const nameOf = (number: number): string => `acme/package-${number}`;

const views = new Map<string, readonly number[]>([
  [ann, numbers.filter((_, place) => place % 2 === 0)],
  [backend, numbers.filter((_, place) => place % 2 === 1)],
  [bob, []],
  [workspaceGroup, [500]],
]);
const tokens = {
  ann: newToken('member'),
  expired: newToken('member'),
  bob: newToken('user'),
  backend: newToken('team'),
  workspaceGroup: newToken('team'),
  all: newToken('organization'),
  elsewhere: newToken('organization'),
};
const tokenValues: Readonly<Record<keyof typeof tokens, string>> = {
  ann: tokenValue(ann, 0, { only: [slug] }),
  expired: tokenValue(ann, 1_600_000_000, { only: [slug] }),
  bob: tokenValue(bob, later, { not: [] }),
  backend: tokenValue(backend, 0, { only: [slug] }),
  workspaceGroup: tokenValue(workspaceGroup, 0, { only: [slug] }),
  all: tokenValue(everything, later, { only: [slug] }),
  elsewhere: tokenValue(everything, 0, { only: ['other', 'third'] }),
};

function edgeStore(): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, token] of Object.entries(tokens)) {
    values[edgeKeys.token(tokenHash(token))] = tokenValues[name as keyof typeof tokens];
  }
  for (const [principal, readable] of views) {
    for (const [chunk, value] of bitmapChunks(readable)) {
      values[edgeKeys.view(slug, principal, chunk)] = value;
    }
  }
  for (const number of numbers) {
    values[edgeKeys.package(slug, nameOf(number))] = packageValue(number);
  }
  for (const open of [slug, 'third']) {
    values[edgeKeys.organization(open)] = openOrganization;
  }
  return values;
}

interface Question {
  readonly token: keyof typeof tokens;
  readonly path: string;
  /** The object's key, or the status. */
  readonly answer: string | number;
}

const metadata = (number: number, dev = ''): string =>
  publicPaths.metadata(slug).replace('%package%', `${nameOf(number)}${dev}`);

const questions: readonly Question[] = [
  ...numbers.flatMap((number): Question[] =>
    (
      [
        ['ann', views.get(ann)?.includes(number) ?? false],
        ['backend', views.get(backend)?.includes(number) ?? false],
        ['bob', false],
        ['all', true],
        ['elsewhere', false],
      ] as const
    ).map(([token, reads]) => ({
      token,
      path: metadata(number),
      answer: reads ? objectKeys.plain(slug, number) : 404,
    })),
  ),
  { token: 'ann', path: metadata(1, '~dev'), answer: objectKeys.dev(slug, 1) },
  { token: 'ann', path: publicPaths.dist(slug, nameOf(1), commit), answer: objectKeys.dist(slug, 1, commit) },
  { token: 'backend', path: publicPaths.dist(slug, nameOf(1), commit), answer: 404 },
  { token: 'ann', path: publicPaths.root(slug), answer: objectKeys.root(slug, ann) },
  // Somebody without packages has a root file too.
  { token: 'bob', path: publicPaths.root(slug), answer: objectKeys.root(slug, bob) },
  { token: 'backend', path: publicPaths.root(slug), answer: objectKeys.root(slug, backend) },
  { token: 'workspaceGroup', path: publicPaths.root(slug), answer: objectKeys.root(slug, workspaceGroup) },
  { token: 'workspaceGroup', path: metadata(500), answer: objectKeys.plain(slug, 500) },
  { token: 'workspaceGroup', path: metadata(64), answer: 404 },
  { token: 'all', path: publicPaths.root(slug), answer: objectKeys.root(slug, everything) },
  { token: 'ann', path: publicPaths.root('other'), answer: 404 },
  { token: 'elsewhere', path: publicPaths.root('third'), answer: objectKeys.root('third', everything) },
  { token: 'elsewhere', path: publicPaths.root(slug), answer: 404 },
  // An owner stopped access to it.
  { token: 'elsewhere', path: publicPaths.root('other'), answer: 401 },
  { token: 'expired', path: publicPaths.root(slug), answer: 401 },
  { token: 'expired', path: metadata(1), answer: 401 },
  { token: 'ann', path: publicPaths.downloads, answer: 404 },
];

const hasNjs = njsIsInstalled();

describe.each([
  { engine: 'a bare VM', run: runInBareVm, available: true },
  { engine: 'njs', run: runInNjs, available: hasNjs },
])('the edge function in $engine', ({ run, available }) => {
  let results: readonly EdgeResult[] = [];
  beforeAll(async () => {
    if (available) {
      const requests = questions.map(({ token, path }) => ({
        method: 'GET',
        uri: path,
        querystring: {},
        cookies: {},
        headers: { authorization: { value: `Bearer ${tokens[token]}` } },
      }));
      results = await runEdge(run, await bundleEdge(), edgeStore(), requests);
    }
  });

  it.runIf(available)('answers each token for each path according to what was written', () => {
    const answered = questions.map(({ token, path }, place) => {
      const answer = results[place]?.answer;
      return [token, path, answer && ('uri' in answer ? answer.uri.slice(1) : answer.statusCode)];
    });
    expect(answered).toEqual(questions.map(({ token, path, answer }) => [token, path, answer]));
  });
});
