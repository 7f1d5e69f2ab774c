import { beforeAll, describe, expect, it } from 'vitest';
import { bundleEdge } from '../../infra/bundle.ts';
import type { EdgeRequest, EdgeResponse } from './answers.ts';
import { type EdgeCase, edgeCases } from './edge-cases.ts';
import { type EdgeResult, njsIsInstalled, runEdge, runInBareVm, runInNjs } from './edge-engines.ts';
import { edgeValues } from './edge-fixture.ts';

const viewerHeaders = {
  host: 'registry.example',
  'user-agent': 'Composer/2.10.2',
  'if-modified-since': 'Sun, 22 Nov 2026 10:00:00 GMT',
  'if-none-match': '"abc"',
};

const toRequest = ({ request }: EdgeCase): EdgeRequest => ({
  method: request.method ?? 'GET',
  uri: request.uri,
  querystring: { 'list-type': { value: '2' }, ...request.querystring },
  cookies: { session: { value: 'secret' } },
  headers: Object.fromEntries(
    Object.entries({ ...viewerHeaders, ...request.headers }).map(([name, value]) => [name, { value }]),
  ),
});

const isResponse = (answer: EdgeRequest | EdgeResponse): answer is EdgeResponse => 'statusCode' in answer;

const hasNjs = njsIsInstalled();
if (!hasNjs)
  console.warn(
    "\n!!! njs is not installed: the edge function is NOT checked against an engine like the edge's !!!\n",
  );

let script = '';
beforeAll(async () => {
  script = await bundleEdge();
});

describe('the built script', () => {
  it('imports in its first line only and exports nothing', () => {
    const [first, ...rest] = script.split('\n');
    expect(first).toBe("import cf from 'cloudfront';");
    expect(rest.join('\n')).not.toMatch(/^\s*(import|export)\b/m);
    expect(rest.join('\n')).toMatch(/^async function handler\(event\)/m);
  });

  it("is smaller than CloudFront's limit of 10 KB", () => {
    expect(Buffer.byteLength(script)).toBeLessThan(10_000);
  });

  it.runIf(hasNjs)('is tested in an engine that refuses what the edge refuses', async () => {
    await expect(runInNjs('for (const letter of "ab") console.log(letter);')).rejects.toThrow(/SyntaxError/);
  });
});

describe.each([
  { engine: 'a bare VM', run: runInBareVm, available: true },
  { engine: 'njs', run: runInNjs, available: hasNjs },
])('in $engine', ({ run, available }) => {
  const results = new Map<EdgeCase, EdgeResult>();

  beforeAll(async () => {
    if (!available) return;
    const given = await runEdge(run, script, edgeValues, edgeCases.map(toRequest));
    edgeCases.forEach((edgeCase, index) => {
      const result = given[index];
      if (result !== undefined) results.set(edgeCase, result);
    });
  });

  it.runIf(available).each(edgeCases)('$name', (edgeCase) => {
    const result = results.get(edgeCase);
    if (result === undefined) throw new Error('The engine gave no result');
    const { answer, reads } = result;
    const { expected } = edgeCase;
    if ('uri' in expected) {
      const isOfToken = expected.uri.includes('/roots/') || expected.querystring !== undefined;
      const { 'if-modified-since': since, 'if-none-match': match, ...always } = viewerHeaders;
      const headers = isOfToken ? always : { ...always, 'if-modified-since': since, 'if-none-match': match };
      expect(answer).toEqual({
        method: edgeCase.request.method ?? 'GET',
        uri: expected.uri,
        querystring: expected.querystring ?? {},
        cookies: {},
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }])),
      });
      expect(reads).toEqual(expected.reads);
    } else if (expected.status === 401) {
      if (!isResponse(answer)) throw new Error('The request was let through');
      expect(answer).toMatchObject({
        statusCode: 401,
        headers: {
          'content-type': { value: 'application/json' },
          'cache-control': { value: 'no-store' },
          'www-authenticate': { value: 'Basic realm="Repertoire"' },
        },
        body: { encoding: 'text' },
      });
      expect(JSON.parse(answer.body.data)).toEqual({ warning: expect.stringContaining(expected.warning) });
    } else {
      if (!isResponse(answer)) throw new Error('The request was let through');
      expect(answer.statusCode).toBe(404);
    }
  });

  it.runIf(available)('returns the same bytes for everything that is hidden or does not exist', () => {
    const hidden = edgeCases.filter(({ expected }) => 'status' in expected && expected.status === 404);
    const isArchive = ({ request: { method = 'GET', uri } }: (typeof hidden)[number]) =>
      ['GET', 'HEAD'].includes(method) && /^\/\w+\/dists\/\w+\/\w+\/[0-9a-f]{7,64}\.zip$/.test(uri);
    const bodies = [
      [false, '{"error":"not found"}'],
      [
        true,
        JSON.stringify({
          warning:
            'There is no such archive, or your token does not read its package any more. If it should, ask an owner of the organization.',
        }),
      ],
    ] as const;
    expect(hidden.length).toBeGreaterThan(20);
    for (const [ofArchives, data] of bodies) {
      const cases = hidden.filter((edgeCase) => isArchive(edgeCase) === ofArchives);
      const answers = new Set(cases.map((edgeCase) => JSON.stringify(results.get(edgeCase)?.answer)));
      expect([...answers]).toEqual([
        JSON.stringify({
          statusCode: 404,
          statusDescription: 'Not Found',
          headers: { 'content-type': { value: 'application/json' }, 'cache-control': { value: 'no-store' } },
          body: { encoding: 'text', data },
        }),
      ]);
    }
  });

  it.runIf(available)('reveals nothing of the token in any refusal', () => {
    for (const { answer } of results.values()) expect(JSON.stringify(answer)).not.toMatch(/rprt_/);
  });

  it.runIf(available)('reads the store only for a text in the form of a token', () => {
    for (const [{ request }, { reads }] of results) {
      const sent = request.headers?.authorization ?? '';
      const decoded = sent.toLowerCase().startsWith('basic')
        ? Buffer.from(sent.slice(6), 'base64').toString()
        : sent;
      if (!/[: ]rprt_.{70}$/.test(decoded)) expect(reads).toEqual([]);
    }
  });

  it.runIf(available)('refuses when the store is empty', async () => {
    const given = await runEdge(run, script, {}, edgeCases.map(toRequest));
    expect(given).toHaveLength(edgeCases.length);
    for (const { answer } of given) expect(answer).toMatchObject({ statusCode: 401 });
  });
});
