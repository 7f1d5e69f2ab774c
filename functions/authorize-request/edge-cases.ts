import { createHash } from 'node:crypto';
import { bitmapChunks, edgeKeys, packageValue, tokenValue } from '../../shared/publish/edge-keys.ts';

/** What one request meets: the rewritten path and the keys read for it, or the refusal. */
export interface EdgeCase {
  readonly name: string;
  readonly request: {
    readonly method?: string;
    readonly uri: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly expected:
    | { readonly uri: string; readonly reads: readonly string[] }
    | { readonly status: 401; readonly warning: string }
    | { readonly status: 404 };
}

const token = (kind: 'u' | 't' | 'o', digit: string): string => `rprt_${kind}_${digit.repeat(60)}01234567`;
const tokenKey = (text: string): string =>
  edgeKeys.token(createHash('sha256').update(text).digest('base64url'));
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** What the publisher writes for a principal that may read these packages of acme. */
const views = (principal: string, numbers: readonly number[]): Record<string, string> =>
  Object.fromEntries(
    [...bitmapChunks(numbers)].map(([chunk, value]) => [edgeKeys.view('acme', principal, chunk), value]),
  );

const ann = token('u', 'a');
const withoutPackages = token('u', 'b');
const team = token('t', 'c');
const all = token('o', 'd');
const expired = token('u', 'e');
const revoked = token('u', 'f');
const garbled = token('u', '0');
const allExpired = token('o', '1');
const borders = token('t', '2');
const wide = token('u', '3');

const numbers: Readonly<Record<string, string>> = {
  zero: '0',
  seven: '7',
  eight: '8',
  nine: '9',
  'twelve.json': '12',
  thirteen: '13',
  last: '6143',
  first: '6144',
  second: '6145',
  top: '12287',
  beyond: '12288',
  broken: '7.json/../8',
  torn: '7\n',
  leaked: packageValue(12, ['4f0c0123abcd', '89abcdef0123']),
  half: '12!4f0c0123abc',
  open: '12!',
};

/** What the edge holds in every case, in the publisher's own writing. */
export const edgeValues: Readonly<Record<string, string>> = {
  [tokenKey(ann)]: tokenValue('u.ann', 0),
  [tokenKey(withoutPackages)]: tokenValue('u.ben', 4_102_444_800),
  [tokenKey(team)]: tokenValue('t.sync1.42', 0),
  [tokenKey(all)]: tokenValue('o.acme1', 0, ['acme', 'umbrella']),
  [tokenKey(expired)]: tokenValue('u.ann', 1_577_836_800),
  [tokenKey(allExpired)]: tokenValue('o.acme1', 1_577_836_800, ['acme', 'umbrella']),
  [tokenKey(borders)]: tokenValue('t.sync1.43', 0),
  [tokenKey(garbled)]: 'nonsense',
  // A list of slugs without the star gives no right to them.
  [tokenKey(wide)]: 'u.eve|0|acme',
  ...views('u.ann', [0, 7, 8, 12]),
  ...views('u.ben', []),
  ...views('t.sync1.42', [9]),
  ...views('t.sync1.43', [6143, 6144, 12287]),
  ...Object.fromEntries(
    Object.entries(numbers).map(([name, number]) => [edgeKeys.package('acme', `acme/${name}`), number]),
  ),
  [edgeKeys.package('umbrella', 'acme/seven')]: '7',
  [edgeKeys.package('other', 'acme/seven')]: '7',
};

const commit = '0123456789abcdef0123456789abcdef01234567';
const annKey = tokenKey(ann);
const bearer = (text: string): { authorization: string } => ({ authorization: `Bearer ${text}` });
const as = (text: string, uri: string, method = 'GET'): EdgeCase['request'] => ({
  method,
  uri,
  headers: bearer(text),
});

const allowed = (
  name: string,
  request: EdgeCase['request'],
  uri: string,
  reads: readonly string[],
): EdgeCase => ({
  name,
  request,
  expected: { uri, reads },
});
const hidden = (name: string, request: EdgeCase['request']): EdgeCase => ({
  name,
  request,
  expected: { status: 404 },
});
const refused = (name: string, request: EdgeCase['request'], warning: string): EdgeCase => ({
  name,
  request,
  expected: { status: 401, warning },
});

const rootReads = [annKey, 'v/acme/u.ann/0'];
const annRoot = '/acme/roots/u.ann.json';
const root = '/acme/packages.json';
const none = 'No token was sent';
const unknown = 'unknown or was revoked';

/** Every path form, every denial, every border. */
export const edgeCases: readonly EdgeCase[] = [
  allowed('root by Bearer', as(ann, root), annRoot, rootReads),
  allowed('root by HEAD', as(ann, root, 'HEAD'), annRoot, rootReads),
  allowed(
    'root by Basic',
    { uri: root, headers: { authorization: basic('token', ann) } },
    annRoot,
    rootReads,
  ),
  allowed(
    'any user name',
    { uri: root, headers: { authorization: basic('Ann Onym', ann) } },
    annRoot,
    rootReads,
  ),
  allowed('no user name', { uri: root, headers: { authorization: basic('', ann) } }, annRoot, rootReads),
  allowed(
    'scheme in lower case',
    { uri: root, headers: { authorization: `basic  ${basic('token', ann).slice(6)}` } },
    annRoot,
    rootReads,
  ),
  allowed('BEARER', { uri: root, headers: { authorization: `BEARER ${ann}` } }, annRoot, rootReads),
  allowed(
    'root of someone without packages, before expiry',
    as(withoutPackages, root),
    '/acme/roots/u.ben.json',
    [tokenKey(withoutPackages), 'v/acme/u.ben/0'],
  ),
  allowed('root of a team', as(team, root), '/acme/roots/t.sync1.42.json', [
    tokenKey(team),
    'v/acme/t.sync1.42/0',
  ]),
  allowed('root of an "all" token', as(all, root), '/acme/roots/o.acme1.json', [tokenKey(all)]),
  allowed('its second slug', as(all, '/umbrella/packages.json'), '/umbrella/roots/o.acme1.json', [
    tokenKey(all),
  ]),
  allowed('p2', as(ann, '/acme/p2/acme/seven.json'), '/acme/7/plain.json', [
    annKey,
    'p/acme/acme/seven',
    'v/acme/u.ann/0',
  ]),
  allowed('p2 by HEAD', as(ann, '/acme/p2/acme/seven.json', 'HEAD'), '/acme/7/plain.json', [
    annKey,
    'p/acme/acme/seven',
    'v/acme/u.ann/0',
  ]),
  allowed('p2 of dev versions', as(ann, '/acme/p2/acme/eight~dev.json'), '/acme/8/dev.json', [
    annKey,
    'p/acme/acme/eight',
    'v/acme/u.ann/0',
  ]),
  allowed('package number 0', as(ann, '/acme/p2/acme/zero.json'), '/acme/0/plain.json', [
    annKey,
    'p/acme/acme/zero',
    'v/acme/u.ann/0',
  ]),
  allowed('a name that ends in .json', as(ann, '/acme/p2/acme/twelve.json~dev.json'), '/acme/12/dev.json', [
    annKey,
    'p/acme/acme/twelve.json',
    'v/acme/u.ann/0',
  ]),
  allowed('dist', as(ann, `/acme/dists/acme/seven/${commit}.zip`), `/acme/7/${commit}.zip`, [
    annKey,
    'p/acme/acme/seven',
    'v/acme/u.ann/0',
  ]),
  allowed('p2 with an "all" token', as(all, '/acme/p2/acme/thirteen.json'), '/acme/13/plain.json', [
    tokenKey(all),
    'p/acme/acme/thirteen',
  ]),
  allowed(
    'dist with an "all" token',
    as(all, `/umbrella/dists/acme/seven/${commit}.zip`),
    `/umbrella/7/${commit}.zip`,
    [tokenKey(all), 'p/umbrella/acme/seven'],
  ),
  allowed('last bit of a chunk', as(borders, '/acme/p2/acme/last.json'), '/acme/6143/plain.json', [
    tokenKey(borders),
    'p/acme/acme/last',
    'v/acme/t.sync1.43/0',
  ]),
  allowed('first bit of the next chunk', as(borders, '/acme/p2/acme/first.json'), '/acme/6144/plain.json', [
    tokenKey(borders),
    'p/acme/acme/first',
    'v/acme/t.sync1.43/1',
  ]),
  allowed('last bit of the next chunk', as(borders, '/acme/p2/acme/top.json'), '/acme/12287/plain.json', [
    tokenKey(borders),
    'p/acme/acme/top',
    'v/acme/t.sync1.43/1',
  ]),

  allowed('an abbreviated hash', as(ann, '/acme/dists/acme/seven/0123456.zip'), '/acme/7/0123456.zip', [
    annKey,
    'p/acme/acme/seven',
    'v/acme/u.ann/0',
  ]),
  allowed(
    'a SHA-256 hash',
    as(ann, `/acme/dists/acme/seven/${commit}${'0'.repeat(24)}.zip`),
    `/acme/7/${commit}${'0'.repeat(24)}.zip`,
    [annKey, 'p/acme/acme/seven', 'v/acme/u.ann/0'],
  ),
  ...['p2/acme/leaked.json', 'p2/acme/leaked~dev.json', `dists/acme/leaked/${commit}.zip`].map((path) =>
    allowed(
      `${path} beside refused commits`,
      as(ann, `/acme/${path}`),
      `/acme/12/${path.startsWith('dists') ? `${commit}.zip` : path.includes('~') ? 'dev.json' : 'plain.json'}`,
      [annKey, 'p/acme/acme/leaked', 'v/acme/u.ann/0'],
    ),
  ),
  // Too short to say which commit; fetch-dist sends on to the whole hash.
  allowed(
    'the beginning of a refused commit',
    as(ann, '/acme/dists/acme/leaked/4f0c012.zip'),
    '/acme/12/4f0c012.zip',
    [annKey, 'p/acme/acme/leaked', 'v/acme/u.ann/0'],
  ),

  hidden('a refused commit', as(ann, `/acme/dists/acme/leaked/4f0c0123abcd${'0'.repeat(28)}.zip`)),
  hidden(
    'the last of the refused commits',
    as(ann, `/acme/dists/acme/leaked/89abcdef0123${'7'.repeat(28)}.zip`),
  ),
  hidden('a refused commit, abbreviated', as(ann, '/acme/dists/acme/leaked/4f0c0123abcd.zip')),
  hidden(
    'a refused commit with an "all" token',
    as(all, `/acme/dists/acme/leaked/4f0c0123abcd${'0'.repeat(28)}.zip`),
  ),
  hidden('half a refused commit in the value', as(all, '/acme/p2/acme/half.json')),
  hidden('no refused commit in the value', as(all, '/acme/p2/acme/open.json')),
  hidden('a package not granted, of which the name exists', as(ann, '/acme/p2/acme/nine.json')),
  hidden('a package that does not exist', as(ann, '/acme/p2/acme/nothing.json')),
  hidden('the bit after', as(ann, '/acme/p2/acme/thirteen.json')),
  hidden('the bit after the first of a chunk', as(borders, '/acme/p2/acme/second.json')),
  hidden('a chunk that is not there', as(borders, '/acme/p2/acme/beyond.json')),
  hidden('a bitmap shorter than the number', as(withoutPackages, '/acme/p2/acme/last.json')),
  hidden('a dist not granted', as(ann, `/acme/dists/acme/nine/${commit}.zip`)),
  hidden('dev versions not granted', as(ann, '/acme/p2/acme/nine~dev.json')),
  hidden('a number that is none', as(all, '/acme/p2/acme/broken.json')),
  hidden('a number with a line break', as(all, '/acme/p2/acme/torn.json')),
  hidden('a package that an "all" token has not', as(all, '/acme/p2/acme/nothing.json')),
  hidden('a slug that an "all" token has not', as(all, '/other/p2/acme/seven.json')),
  hidden('a part of a slug that an "all" token has', as(all, '/acm/packages.json')),
  hidden('another root of an "all" token', as(all, '/other/packages.json')),
  hidden('the root of another organization', as(ann, '/umbrella/packages.json')),
  hidden('the root of an organization that does not exist', as(ann, '/nowhere/packages.json')),
  hidden('a package of another organization', as(ann, '/umbrella/p2/acme/seven.json')),
  hidden('/', as(ann, '/')),
  hidden('no slug', as(ann, '/packages.json')),
  hidden('a root file by its own name', as(ann, '/acme/roots/u.ann.json')),
  hidden('a root file of another by its name', as(ann, '/acme/roots/u.ben.json')),
  hidden('an object by its number', as(ann, '/acme/7/plain.json')),
  hidden('an archive by its number', as(ann, `/acme/7/${commit}.zip`)),
  hidden('upper case in the name', as(ann, '/acme/p2/Acme/seven.json')),
  hidden('upper case in the slug', as(ann, '/Acme/packages.json')),
  hidden('an encoded slash', as(ann, '/acme/p2/acme%2fseven.json')),
  hidden('a path that climbs', as(ann, '/acme/p2/acme/../acme/seven.json')),
  hidden('a name that climbs', as(ann, '/acme/p2/../seven.json')),
  hidden('a doubled slash', as(ann, '//acme/packages.json')),
  hidden('one segment more', as(ann, '/acme/p2/acme/seven/eight.json')),
  hidden('a commit of 6 digits', as(ann, '/acme/dists/acme/seven/012345.zip')),
  hidden('a commit of 65 digits', as(ann, `/acme/dists/acme/seven/${commit}${'0'.repeat(25)}.zip`)),
  hidden('a commit in upper case', as(ann, `/acme/dists/acme/seven/${commit.toUpperCase()}.zip`)),
  hidden('another kind of archive', as(ann, `/acme/dists/acme/seven/${commit}.tar`)),
  hidden('a line break behind', as(ann, `${root}\n`)),
  hidden('POST', as(ann, root, 'POST')),
  hidden('DELETE', as(ann, '/acme/p2/acme/seven.json', 'DELETE')),
  hidden('OPTIONS', as(ann, root, 'OPTIONS')),

  refused('no header', { uri: root }, none),
  refused('no header and an unknown path', { uri: '/' }, none),
  refused('an empty header', { uri: root, headers: { authorization: '' } }, none),
  refused('another scheme', { uri: root, headers: { authorization: `Token ${ann}` } }, none),
  refused(
    'Basic without a colon',
    { uri: root, headers: { authorization: `Basic ${Buffer.from(ann).toString('base64')}` } },
    none,
  ),
  refused('an empty password', { uri: root, headers: { authorization: basic('token', '') } }, none),
  refused(
    'a password that is no token',
    { uri: root, headers: { authorization: basic('token', 'secret') } },
    unknown,
  ),
  refused(
    'the token as user',
    { uri: root, headers: { authorization: basic(ann, 'x-oauth-basic') } },
    unknown,
  ),
  refused(
    'a colon behind the token',
    { uri: root, headers: { authorization: basic('token', `${ann}:`) } },
    unknown,
  ),
  refused('not base64', { uri: root, headers: { authorization: 'Basic {{{{' } }, none),
  refused('a token of an unknown kind', as(ann.replace('_u_', '_x_'), root), unknown),
  refused('a token in upper case', as(ann.toUpperCase(), root), unknown),
  refused('a token one digit short', as(ann.slice(0, -1), root), unknown),
  refused('a token one digit long', as(`${ann}0`, root), unknown),
  refused(
    'a line break behind the token',
    { uri: root, headers: { authorization: basic('token', `${ann}\n`) } },
    unknown,
  ),
  refused('a revoked token', as(revoked, root), unknown),
  refused('a revoked token for a package', as(revoked, '/acme/p2/acme/seven.json'), unknown),
  refused('a value that says nothing we know', as(garbled, root), unknown),
  refused('slugs without the star', as(wide, '/acme/p2/acme/seven.json'), unknown),
  refused('an expired token', as(expired, root), 'expired on 2020-01-01T00:00:00.000Z'),
  refused('an expired "all" token', as(allExpired, root), 'expired on 2020-01-01T00:00:00.000Z'),
  refused('an expired token for an unknown path', as(expired, '/'), 'expired on 2020-01-01T00:00:00.000Z'),
];
