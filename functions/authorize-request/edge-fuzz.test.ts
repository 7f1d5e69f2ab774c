import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleEdge } from '../../infra/bundle.ts';
import { type TokenReach, tokenValue } from '../../shared/domain/edge-keys.ts';
import { type EdgeResult, njsIsInstalled, runEdge, runInBareVm, runInNjs } from './edge-engines.ts';
import { tokenKey, wrongToken } from './edge-fixture.ts';

/** Valid values and corrupted ones, with a second implementation of what they grant. */

interface Question {
  readonly value: string;
  readonly slug: string;
  readonly isOpen: boolean;
  readonly answer: string | number;
}

const slug = fc.constantFrom('a', 'acme', 'acme-2', 'umbrella', '0');
const slugs = fc.array(slug, { maxLength: 3 });
const written = fc
  .record({
    principal: fc.constantFrom('u.ann', 't.sync1.42', 'o.acme1'),
    expiry: fc.constantFrom(0, 4_102_444_800),
    kind: fc.constantFrom('only' as const, 'not' as const),
    slugs,
  })
  .map(({ principal, expiry, kind, slugs: list }) => {
    const named = principal.startsWith('o.') || kind === 'only';
    const reach: TokenReach = named ? { only: list.length === 0 ? ['acme'] : list } : { not: list };
    return tokenValue(principal, expiry, reach);
  });
/** A character removed, doubled, or replaced. */
const mistaken = fc
  .tuple(
    written,
    fc.nat({ max: 60 }),
    fc.constantFrom('', '|', ',', ':', '-', '0', 'o', '\n', ' ', 'only:', '*'),
  )
  .map(([value, place, text]) => value.slice(0, place) + text + value.slice(place + (text === '' ? 1 : 0)));

const slugsOf = (list: string): readonly string[] | undefined => {
  const all = list === '' ? [] : list.split(',');
  return all.every((one) => one !== '' && [...one].every((letter) => /[a-z0-9-]/.test(letter)))
    ? all
    : undefined;
};

/**
 * What the value grants in the organization: the principal whose root is served, or undefined for nothing. Null for an invalid
 * value.
 */
function reads(value: string, of: string): { principal: string } | undefined | null {
  const [mode, principal = '', expiry = '', reach = '', ...more] = value.split('|');
  const [kind, list = '', ...rest] = reach.split(':');
  const named = slugsOf(list);
  const isOrganization = principal.startsWith('o.');
  const isPrincipal = ['u.', 't.', 'o.'].includes(principal.slice(0, 2)) && /^[\w.-]{3,}$/.test(principal);
  const isWrong =
    more.length + rest.length > 0 ||
    !isPrincipal ||
    mode !== (isOrganization ? 'all' : 'own') ||
    expiry.length > 11 ||
    expiry === '' ||
    [...expiry].some((digit) => !'0123456789'.includes(digit)) ||
    named === undefined ||
    !(kind === 'only' ? named.length > 0 : kind === 'not' && !isOrganization) ||
    value.includes('\n') ||
    (Number(expiry) !== 0 && Number(expiry) * 1000 <= Date.now());
  if (isWrong) {
    return null;
  }
  return named.includes(of) === (kind === 'only') ? { principal } : undefined;
}

function ask(value: string, of: string, isOpen: boolean): Question {
  const given = reads(value, of);
  if (given === null) {
    return { value, slug: of, isOpen, answer: 401 };
  }
  if (given === undefined) {
    // What a value excludes was read before; organizations that it does not name may not be known to its holder.
    return { value, slug: of, isOpen, answer: value.includes('|not:') ? 401 : 404 };
  }
  return { value, slug: of, isOpen, answer: isOpen ? `/${of}/roots/${given.principal}.json` : 401 };
}

const questions = fc
  .sample(
    fc
      .tuple(fc.oneof(written, mistaken, mistaken), slug, fc.boolean())
      .map(([value, of, isOpen]) => ask(value, of, isOpen)),
    { numRuns: 1500, seed: 9 },
  )
  // Values from before organizations had keys are covered by the cases.
  .filter(({ value }) => !/^\*?[uto]\.[\w.-]+\|\d{1,11}(\||$)/.test(value));

/** Each question has its own store, with an open and a stopped organization and its own token. */
async function answers(run: typeof runInNjs, script: string, isOpen: boolean): Promise<readonly unknown[]> {
  const values: Record<string, string> = {};
  for (const name of ['a', 'acme', 'acme-2', 'umbrella', '0']) {
    for (const { value } of questions) {
      const principal = value.split('|')[1] ?? '';
      values[`v/${name}/${principal}/0`] = 'AA';
    }
    if (isOpen) {
      values[`o/${name}`] = 'open';
    }
  }
  const asked = questions.filter((one) => one.isOpen === isOpen);
  const requests = asked.map(({ value, slug: of }, place) => {
    const token = wrongToken(place);
    values[tokenKey(token)] = value;
    return {
      method: 'GET',
      uri: `/${of}/packages.json`,
      querystring: {},
      cookies: {},
      headers: { authorization: { value: `Bearer ${token}` } },
    };
  });
  const results: readonly EdgeResult[] = await runEdge(run, script, values, requests);
  return asked.map(({ value, slug: of }, place) => {
    const answer = results[place]?.answer;
    return [value, of, answer && ('uri' in answer ? answer.uri : answer.statusCode)];
  });
}

const hasNjs = njsIsInstalled();
let script = '';
beforeAll(async () => {
  script = await bundleEdge();
});

describe.each([
  { engine: 'a bare VM', run: runInBareVm, available: true },
  { engine: 'njs', run: runInNjs, available: hasNjs },
])('a corrupted value, in $engine', ({ run, available }) => {
  it.runIf(available).each([true, false])(
    'grants what it says and nothing else, open: %s',
    async (isOpen) => {
      const expected = questions
        .filter((one) => one.isOpen === isOpen)
        .map(({ value, slug: of, answer }) => [value, of, answer]);
      expect(await answers(run, script, isOpen)).toEqual(expected);
      const kinds = new Set(expected.map(([, , answer]) => (typeof answer === 'string' ? 'served' : answer)));
      expect([...kinds].map(String).sort()).toEqual(isOpen ? ['401', '404', 'served'] : ['401', '404']);
    },
  );
});
