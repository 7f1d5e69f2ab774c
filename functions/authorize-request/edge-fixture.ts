/** The edge's values in the cases of edge-cases.ts, and the tokens of their requests. */
import { createHash } from 'node:crypto';
import {
  bitmapChunks,
  edgeKeys,
  openOrganization,
  packageValue,
  tokenValue,
} from '../../shared/domain/edge-keys.ts';

const token = (kind: 'u' | 'm' | 't' | 'o', digit: string): string =>
  `rprt_${kind}_${digit.repeat(60)}01234567`;
export const tokenKey = (text: string): string =>
  edgeKeys.token(createHash('sha256').update(text).digest('base64url'));
export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** The values that the publisher writes for a principal that may read these packages of acme. */
const views = (principal: string, numbers: readonly number[]): Record<string, string> =>
  Object.fromEntries(
    [...bitmapChunks(numbers)].map(([chunk, value]) => [edgeKeys.view('acme', principal, chunk), value]),
  );

export const tokens = {
  /** Ann's, for acme only. */
  ann: token('m', 'a'),
  withoutPackages: token('m', 'b'),
  team: token('t', 'c'),
  all: token('o', 'd'),
  expired: token('m', 'e'),
  revoked: token('m', 'f'),
  allExpired: token('o', '1'),
  borders: token('t', '2'),
  /** Ann's own, for every organization. */
  everywhere: token('u', '4'),
  /** The same, excluded by the owners of two organizations. */
  elsewhere: token('u', '5'),
  /** Made by an owner of umbrella for Ann, who is a member of acme too. */
  umbrellaOnly: token('m', '6'),
  stopped: token('m', '7'),
  stoppedAll: token('o', '8'),
  ghost: token('o', '9'),
  oldUser: `rprt_u_${'ab'.repeat(30)}01234567`,
  oldAll: `rprt_o_${'cd'.repeat(30)}01234567`,
} as const;

/** Invalid values, each under a token of its own. */
export const wrongValues: readonly string[] = [
  '',
  'nonsense',
  'u.ann',
  'u.ann|',
  'u.ann|x',
  'u.ann|0\n',
  // A list of slugs without the star gave no right to them.
  'u.ann|0|acme',
  '*o.acme1|0',
  '*o.acme1|0|',
  '*u.ann|0|acme',
  'o.acme1|0',
  'own|u.ann|0',
  'own|u.ann|0|',
  'own|u.ann|0|acme',
  'own|u.ann|0|only:',
  'own|u.ann|0|only:,acme',
  'own|u.ann|0|only:acme,',
  'own|u.ann|0|only:acme,,umbrella',
  'own|u.ann|0|only:Acme',
  'own|u.ann|0|only:acme\n',
  'own|u.ann|0|only:acme|not:umbrella',
  'own|u.ann|0|not:acme umbrella',
  'own|u.ann|0|not',
  'own|u.ann|-1|only:acme',
  'own|u.ann|1.5|only:acme',
  'own|u.ann|123456789012|only:acme',
  'own|u.ann||only:acme',
  'own||0|only:acme',
  'own|u.ann/../t.x|0|only:acme',
  'own|o.acme1|0|only:acme',
  'all|u.ann|0|only:acme',
  'all|o.acme1|0|not:',
  'all|o.acme1|0|not:other',
  'all|o.acme1|0|only:',
  'both|u.ann|0|only:acme',
  ' own|u.ann|0|only:acme',
  'own|u.ann|0|only:acme ',
];
export const wrongToken = (place: number): string => `rprt_m_${String(place).padStart(60, '0')}01234567`;

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

/** The edge's values in every case, made by the publisher's own code. */
export const edgeValues: Readonly<Record<string, string>> = {
  [tokenKey(tokens.ann)]: tokenValue('u.ann', 0, { only: ['acme'] }),
  [tokenKey(tokens.withoutPackages)]: tokenValue('u.ben', 4_102_444_800, { only: ['acme'] }),
  [tokenKey(tokens.team)]: tokenValue('t.sync1.42', 0, { only: ['acme'] }),
  [tokenKey(tokens.all)]: tokenValue('o.acme1', 0, { only: ['acme', 'umbrella'] }),
  [tokenKey(tokens.expired)]: tokenValue('u.ann', 1_577_836_800, { only: ['acme'] }),
  [tokenKey(tokens.allExpired)]: tokenValue('o.acme1', 1_577_836_800, { only: ['acme', 'umbrella'] }),
  [tokenKey(tokens.borders)]: tokenValue('t.sync1.43', 0, { only: ['acme'] }),
  [tokenKey(tokens.everywhere)]: tokenValue('u.ann', 0, { not: [] }),
  [tokenKey(tokens.elsewhere)]: tokenValue('u.ann', 0, { not: ['umbrella', 'acme'] }),
  [tokenKey(tokens.umbrellaOnly)]: tokenValue('u.ann', 0, { only: ['umbrella'] }),
  [tokenKey(tokens.stopped)]: tokenValue('u.ann', 0, { only: ['halted'] }),
  [tokenKey(tokens.stoppedAll)]: tokenValue('o.halted1', 0, { only: ['halted'] }),
  [tokenKey(tokens.ghost)]: tokenValue('o.acme1', 0, { only: ['other'] }),
  [tokenKey(tokens.oldUser)]: 'u.ann|0',
  [tokenKey(tokens.oldAll)]: '*o.acme1|0|acme,umbrella,halted',
  ...Object.fromEntries(wrongValues.map((value, place) => [tokenKey(wrongToken(place)), value])),
  [edgeKeys.organization('acme')]: openOrganization,
  [edgeKeys.organization('umbrella')]: openOrganization,
  'v/halted/u.ann/0': 'gAA',
  'v/umbrella/u.ann/0': 'gAA',
  [edgeKeys.package('halted', 'acme/seven')]: packageValue(7),
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
