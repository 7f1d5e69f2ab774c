import { basic, tokenKey, tokens, wrongToken, wrongValues } from './edge-fixture.ts';

/** The result of one request: the rewritten path and the keys read for it, or the refusal. */
export interface EdgeCase {
  readonly name: string;
  readonly request: {
    readonly method?: string;
    readonly uri: string;
    readonly querystring?: Readonly<Record<string, { readonly value: string }>>;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly expected:
    | {
        readonly uri: string;
        readonly reads: readonly string[];
        readonly querystring?: Readonly<Record<string, { readonly value: string }>>;
      }
    | { readonly status: 401; readonly warning: string }
    | { readonly status: 404 };
}

const commit = '0123456789abcdef0123456789abcdef01234567';
const { ann, all, team, borders, expired, revoked, allExpired, withoutPackages } = tokens;
const annKey = tokenKey(ann);
const bearer = (text: string): { authorization: string } => ({ authorization: `Bearer ${text}` });
const as = (text: string, uri: string, method = 'GET'): EdgeCase['request'] => ({
  method,
  uri,
  headers: bearer(text),
});

/** @param reads those before the organization's own key, which is read last */
const allowed = (
  name: string,
  request: EdgeCase['request'],
  uri: string,
  reads: readonly string[],
): EdgeCase => ({
  name,
  request,
  expected: { uri, reads: [...reads, `o/${uri.split('/')[1]}`] },
});
/** A token from before organizations had keys. */
const allowedOld = (
  name: string,
  request: EdgeCase['request'],
  uri: string,
  reads: readonly string[],
): EdgeCase => ({ name, request, expected: { uri, reads } });
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

/** What a search forwards, besides the principal in the path. */
const searched = (
  name: string,
  request: EdgeCase['request'],
  uri: string,
  reads: readonly string[],
  querystring: Readonly<Record<string, { readonly value: string }>>,
): EdgeCase => ({
  ...{ name, request: { ...request, querystring: { ...querystring, principal: { value: 'u.ben' } } } },
  expected: { uri, reads: [...reads, `o/${uri.split('/')[1]}`], querystring },
});

const rootReads = [annKey, 'v/acme/u.ann/0'];
const annRoot = '/acme/roots/u.ann.json';
const root = '/acme/packages.json';
const none = 'No token was sent';
const unknown = 'unknown or was revoked';
const takenOut = 'was revoked for this organization';
const isStopped = 'has stopped all access';

/** Every form of path, every reason for refusal, every boundary. */
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
    'root of a principal without packages, before expiry',
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
  searched('a search', as(ann, '/acme/search'), '/acme/u.ann', rootReads, {
    q: { value: 'pay+roll%2B' },
    type: { value: 'library' },
  }),
  searched('a search without words', as(ann, '/acme/search'), '/acme/u.ann', rootReads, {}),
  searched(
    'a search with an "all" token',
    as(all, '/umbrella/search'),
    '/umbrella/o.acme1',
    [tokenKey(all)],
    {
      q: { value: '' },
    },
  ),
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
  // Too short to identify a commit; fetch-dist redirects to the full hash.
  allowed(
    'a prefix of a refused commit',
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
  hidden('an incomplete refused commit in the value', as(all, '/acme/p2/acme/half.json')),
  hidden('an empty list of refused commits in the value', as(all, '/acme/p2/acme/open.json')),
  allowed('a tilde encoded', as(ann, '/acme/p2/acme/eight%7Edev.json'), '/acme/8/dev.json', [
    annKey,
    'p/acme/acme/eight',
    'v/acme/u.ann/0',
  ]),
  allowed(
    'an address with everything encoded that need not be',
    as(ann, `/%61cme/%64ists/acme/%73even/${commit.replace('0', '%30')}%2ezip`),
    `/acme/7/${commit}.zip`,
    [annKey, 'p/acme/acme/seven', 'v/acme/u.ann/0'],
  ),

  // One person's tokens, with different limits on organizations.
  allowed(
    'a token for every organization',
    as(tokens.everywhere, '/acme/p2/acme/seven.json'),
    '/acme/7/plain.json',
    [tokenKey(tokens.everywhere), 'p/acme/acme/seven', 'v/acme/u.ann/0'],
  ),
  allowed(
    'the root of another organization, with a token for every one',
    as(tokens.everywhere, '/umbrella/packages.json'),
    '/umbrella/roots/u.ann.json',
    [tokenKey(tokens.everywhere), 'v/umbrella/u.ann/0'],
  ),
  ...['acme/p2/acme/seven.json', `acme/dists/acme/seven/${commit}.zip`, 'acme/packages.json'].map((path) =>
    refused(
      `${path} of an organization whose owner took the token out`,
      as(tokens.elsewhere, `/${path}`),
      takenOut,
    ),
  ),
  refused(
    'the root of a second organization whose owner took the token out',
    as(tokens.elsewhere, '/umbrella/packages.json'),
    takenOut,
  ),
  hidden('an unknown path of an organization whose owner took the token out', as(tokens.elsewhere, '/acme/')),
  hidden(
    'an organization that does not exist, with a token that was taken out of others',
    as(tokens.elsewhere, '/nowhere/packages.json'),
  ),
  allowed(
    'a token that an owner of umbrella made for the person',
    as(tokens.umbrellaOnly, '/umbrella/p2/acme/seven.json'),
    '/umbrella/7/plain.json',
    [tokenKey(tokens.umbrellaOnly), 'p/umbrella/acme/seven', 'v/umbrella/u.ann/0'],
  ),
  ...['p2/acme/seven.json', 'p2/acme/seven~dev.json', `dists/acme/seven/${commit}.zip`, 'packages.json'].map(
    (path) =>
      hidden(
        `${path} of acme with what an owner of umbrella gave the person`,
        as(tokens.umbrellaOnly, `/acme/${path}`),
      ),
  ),
  allowedOld(
    'a token from before organizations had keys',
    as(tokens.oldUser, '/acme/p2/acme/seven.json'),
    '/acme/7/plain.json',
    [tokenKey(tokens.oldUser), 'p/acme/acme/seven', 'v/acme/u.ann/0'],
  ),
  allowedOld(
    'an "all" token from before organizations had keys',
    as(tokens.oldAll, '/umbrella/packages.json'),
    '/umbrella/roots/o.acme1.json',
    [tokenKey(tokens.oldAll)],
  ),
  hidden(
    'another slug with an "all" token from before organizations had keys',
    as(tokens.oldAll, '/other/packages.json'),
  ),

  hidden('a search in an organization that the token does not read', as(ann, '/umbrella/search')),
  hidden('a search with a name behind it', as(ann, '/acme/search/u.ben')),
  hidden('a search below a vendor', as(ann, '/acme/p2/acme/search')),
  refused('a search without a token', { uri: '/acme/search' }, none),
  refused('a search with an expired token', as(expired, '/acme/search'), 'expired on'),
  hidden('an existing package that is not granted', as(ann, '/acme/p2/acme/nine.json')),
  hidden('a package that does not exist', as(ann, '/acme/p2/acme/nothing.json')),
  hidden('the bit after a granted one', as(ann, '/acme/p2/acme/thirteen.json')),
  hidden('the bit after the first of a chunk', as(borders, '/acme/p2/acme/second.json')),
  hidden('a missing chunk', as(borders, '/acme/p2/acme/beyond.json')),
  hidden('a bitmap shorter than the number', as(withoutPackages, '/acme/p2/acme/last.json')),
  hidden('a dist not granted', as(ann, `/acme/dists/acme/nine/${commit}.zip`)),
  hidden('dev versions not granted', as(ann, '/acme/p2/acme/nine~dev.json')),
  hidden('an invalid package number', as(all, '/acme/p2/acme/broken.json')),
  hidden('a number with a line break', as(all, '/acme/p2/acme/torn.json')),
  hidden('a package that does not exist, with an "all" token', as(all, '/acme/p2/acme/nothing.json')),
  hidden('a slug that an "all" token does not include', as(all, '/other/p2/acme/seven.json')),
  hidden('a prefix of a slug that an "all" token includes', as(all, '/acm/packages.json')),
  hidden('the root of a slug that an "all" token does not include', as(all, '/other/packages.json')),
  hidden('the root of another organization', as(ann, '/umbrella/packages.json')),
  hidden('the root of an organization that does not exist', as(ann, '/nowhere/packages.json')),
  hidden('a package of another organization', as(ann, '/umbrella/p2/acme/seven.json')),
  hidden('/', as(ann, '/')),
  hidden('no slug', as(ann, '/packages.json')),
  hidden('a root file by its own name', as(ann, '/acme/roots/u.ann.json')),
  hidden('another principal’s root file by its name', as(ann, '/acme/roots/u.ben.json')),
  hidden('an object by its number', as(ann, '/acme/7/plain.json')),
  hidden('an archive by its number', as(ann, `/acme/7/${commit}.zip`)),
  hidden('upper case in the name', as(ann, '/acme/p2/Acme/seven.json')),
  hidden('upper case in the slug', as(ann, '/Acme/packages.json')),
  hidden('an encoded slash', as(ann, '/acme/p2/acme%2fseven.json')),
  hidden('path traversal', as(ann, '/acme/p2/acme/../acme/seven.json')),
  hidden('path traversal in the name', as(ann, '/acme/p2/../seven.json')),
  hidden('a doubled slash', as(ann, '//acme/packages.json')),
  hidden('one segment too many', as(ann, '/acme/p2/acme/seven/eight.json')),
  hidden('a path encoded twice', as(ann, '/acme/p2/acme/eight%257Edev.json')),
  hidden('an encoded slash besides a tilde', as(ann, '/acme/p2/acme%2Feight%7Edev.json')),
  hidden('encoded path traversal', as(ann, '/acme/p2/acme/%2E%2E/acme/seven.json')),
  hidden('a trailing encoded line break', as(ann, '/acme/p2/acme/seven.json%0A')),
  hidden('a wrong encoding', as(ann, '/acme/p2/acme/seven%7.json')),
  hidden('a placeholder that was not replaced', as(ann, '/acme/dists/acme/seven/%reference%.zip')),
  hidden('a letter in upper case, encoded', as(ann, '/acme/p2/acme/%53even.json')),
  hidden('a letter beyond ASCII', as(ann, '/acme/p2/acme/s%C3%A9ven.json')),
  hidden('a slug that is a list', as(all, '/acme,umbrella/packages.json')),
  hidden('a commit of 6 digits', as(ann, '/acme/dists/acme/seven/012345.zip')),
  hidden('a commit of 65 digits', as(ann, `/acme/dists/acme/seven/${commit}${'0'.repeat(25)}.zip`)),
  hidden('a commit in upper case', as(ann, `/acme/dists/acme/seven/${commit.toUpperCase()}.zip`)),
  hidden('another kind of archive', as(ann, `/acme/dists/acme/seven/${commit}.tar`)),
  hidden('a trailing line break', as(ann, `${root}\n`)),
  hidden('POST', as(ann, root, 'POST')),
  hidden('DELETE', as(ann, '/acme/p2/acme/seven.json', 'DELETE')),
  hidden('OPTIONS', as(ann, root, 'OPTIONS')),

  refused('a stopped organization: root', as(tokens.stopped, '/halted/packages.json'), isStopped),
  refused('a stopped organization: p2', as(tokens.stopped, '/halted/p2/acme/seven.json'), isStopped),
  refused(
    'a stopped organization: dist',
    as(tokens.stopped, `/halted/dists/acme/seven/${commit}.zip`),
    isStopped,
  ),
  refused('a stopped organization: "all" token', as(tokens.stoppedAll, '/halted/packages.json'), isStopped),
  refused(
    'a stopped organization: every organization',
    as(tokens.everywhere, '/halted/packages.json'),
    isStopped,
  ),
  refused('an organization without a key', as(tokens.ghost, '/other/p2/acme/seven.json'), isStopped),
  hidden(
    'a stopped organization that the token does not read',
    as(tokens.stopped, '/halted/p2/acme/nine.json'),
  ),
  hidden('a stopped organization: a token of another one', as(ann, '/halted/packages.json')),

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
    'a password that is not a token',
    { uri: root, headers: { authorization: basic('token', 'secret') } },
    unknown,
  ),
  refused(
    'the token as user',
    { uri: root, headers: { authorization: basic(ann, 'x-oauth-basic') } },
    unknown,
  ),
  refused(
    'a colon after the token',
    { uri: root, headers: { authorization: basic('token', `${ann}:`) } },
    unknown,
  ),
  refused('not base64', { uri: root, headers: { authorization: 'Basic {{{{' } }, none),
  refused('a token of an unknown kind', as(ann.replace('_m_', '_x_'), root), unknown),
  refused('a token in upper case', as(ann.toUpperCase(), root), unknown),
  refused('a token one digit short', as(ann.slice(0, -1), root), unknown),
  refused('a token one digit long', as(`${ann}0`, root), unknown),
  refused(
    'a line break after the token',
    { uri: root, headers: { authorization: basic('token', `${ann}\n`) } },
    unknown,
  ),
  refused('a revoked token', as(revoked, root), unknown),
  refused('a revoked token for a package', as(revoked, '/acme/p2/acme/seven.json'), unknown),
  ...wrongValues.map((value, place) =>
    refused(`the value ${JSON.stringify(value)}`, as(wrongToken(place), '/acme/p2/acme/seven.json'), unknown),
  ),
  refused('an expired token', as(expired, root), 'expired on 2020-01-01T00:00:00.000Z'),
  refused('an expired "all" token', as(allExpired, root), 'expired on 2020-01-01T00:00:00.000Z'),
  refused('an expired token for an unknown path', as(expired, '/'), 'expired on 2020-01-01T00:00:00.000Z'),
];
