import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headersOf } from '../runtime/listen.ts';
import { createDistributionFixture, type DistributionFixture, lastModified } from './distribution-fixture.ts';

let fixture: DistributionFixture;
beforeEach(async () => {
  fixture = await createDistributionFixture();
});
afterEach(() => fixture.close());
const me = { authorization: 'me' };

describe('the edge function of a distribution', () => {
  it('decides before the cache, whose key has the rewritten path', async () => {
    fixture.put('bucket/1/a.json', '{}');
    expect(await fixture.get('/acme/a.json', me)).toMatchObject({ status: 200, cache: 'Miss', body: '{}' });
    expect(await fixture.get('/acme/a.json', { authorization: 'you' })).toMatchObject({
      status: 200,
      cache: 'Hit',
    });
    expect(await fixture.get('/acme/a.json')).toMatchObject({
      status: 401,
      cache: 'FunctionGeneratedResponse',
      body: 'who?',
    });
    expect(fixture.lines.map(({ path, status, result }) => [path, status, result])).toEqual([
      ['/acme/a.json', 200, 'Miss'],
      ['/acme/a.json', 200, 'Hit'],
      ['/acme/a.json', 401, 'FunctionGeneratedResponse'],
    ]);
  });

  it('fails closed', async () => {
    fixture.put('bucket/1/a.json', '{}');
    expect(await fixture.get('/acme/a.json', { ...me, 'x-fail': '1' })).toMatchObject({
      status: 503,
      cache: 'FunctionExecutionError',
    });
  });

  it('can remove a conditional header', async () => {
    fixture.put('bucket/1/root.json', '{}');
    fixture.put('bucket/1/a.json', '{}');
    const since = { ...me, 'if-modified-since': new Date(1_800_000_000_000).toUTCString() };
    expect((await fixture.get('/acme/root.json', since)).status).toBe(200);
    expect((await fixture.get('/acme/a.json', since)).status).toBe(304);
  });

  it('is chosen by the original path, not the rewritten one', async () => {
    fixture.put('bucket/1/b.zip', 'zip');
    expect((await fixture.get('/acme/b.zip')).status).toBe(401);
    expect((await fixture.get('/acme/../acme/b%2ezip')).status).toBe(401);
  });
});

describe('a request that is too large', () => {
  it.each([
    ['URL', `/acme/a.json?${'q'.repeat(8_192)}`, {}],
    ['request', '/acme/a.json', { 'x-large': 'x'.repeat(20_480) }],
  ])('is refused before the edge function: %s', async (_, target, headers) => {
    expect(await fixture.get(target, { ...me, ...headers })).toMatchObject({ status: 413, cache: 'Error' });
    const shorter = { ...me, 'x-large': 'x'.repeat(15_000) };
    fixture.put('bucket/1/a.json', '{}');
    expect((await fixture.get('/acme/a.json', shorter)).status).toBe(200);
  });
});

describe('caching', () => {
  it('lasts for the TTL, then the answer is revalidated at the origin', async () => {
    fixture.put('bucket/1/a.json', '{"v":1}');
    await fixture.get('/acme/a.json', me);
    fixture.put('bucket/1/a.json', '{"v":2}');
    expect(await fixture.get('/acme/a.json', me)).toMatchObject({ cache: 'Hit', body: '{"v":1}' });
    await fixture.clock.advance(1_000);
    expect(await fixture.get('/acme/a.json', me)).toMatchObject({ cache: 'Miss', body: '{"v":2}' });
    await fixture.clock.advance(1_000);
    expect(await fixture.get('/acme/a.json', me)).toMatchObject({ cache: 'RefreshHit', body: '{"v":2}' });
    expect(await fixture.get('/acme/a.json', me)).toMatchObject({ cache: 'Hit' });
  });

  it('reports the age of an answer', async () => {
    fixture.put('bucket/plain/a.json', '{}');
    expect((await fixture.get('/plain/a.json')).header('age')).toBeUndefined();
    await fixture.clock.advance(7_000);
    expect((await fixture.get('/plain/a.json')).header('age')).toBe('7');
  });

  it('answers conditional requests from the cache and from the origin', async () => {
    fixture.put('bucket/plain/a.json', '{}');
    const miss = await fixture.get('/plain/a.json', { 'if-none-match': '"{}-2"' });
    expect(miss).toMatchObject({ status: 304, cache: 'Miss', body: '' });
    const hit = await fixture.get('/plain/a.json', { 'if-none-match': '"other", W/"{}-2"' });
    expect(hit).toMatchObject({ status: 304, cache: 'Hit' });
    expect(hit.header('etag')).toBe('"{}-2"');
    const modified = new Date(lastModified).toUTCString();
    expect(hit.header('last-modified')).toBe(modified);
    expect((await fixture.get('/plain/a.json', { 'if-modified-since': modified })).status).toBe(304);
    const earlier = new Date(lastModified - 1000).toUTCString();
    expect((await fixture.get('/plain/a.json', { 'if-modified-since': earlier })).status).toBe(200);
    // A differing entity tag has precedence over a matching date.
    expect(
      (await fixture.get('/plain/a.json', { 'if-none-match': '"x"', 'if-modified-since': modified })).status,
    ).toBe(200);
  });

  it('keeps nothing of the answer to a HEAD request', async () => {
    fixture.put('bucket/plain/a.json', '{}');
    expect((await fixture.get('/plain/a.json', {}, 'HEAD')).cache).toBe('Miss');
    expect((await fixture.get('/plain/a.json')).cache).toBe('Miss');
    expect((await fixture.get('/plain/a.json', {}, 'HEAD')).cache).toBe('Hit');
  });

  it('uses only the named headers, parameters and cookies as key', async () => {
    fixture.reply({ headers: headersOf({ 'cache-control': 'max-age=60' }) });
    const ask = (query: string, headers: Record<string, string> = {}) =>
      fixture.get(`/keyed/a${query}`, headers);
    expect((await ask('?page=1&x=1')).cache).toBe('Miss');
    expect((await ask('?page=1&x=2', { 'x-other': '1', cookie: 'other=1' })).cache).toBe('Hit');
    expect((await ask('?page=2')).cache).toBe('Miss');
    expect((await ask('?page=1', { 'x-kind': 'b' })).cache).toBe('Miss');
    expect((await ask('?page=1', { cookie: 'session=1; other=2' })).cache).toBe('Miss');
    expect((await ask('?page=1', { 'accept-encoding': 'gzip' })).cache).toBe('Miss');
  });

  it('keeps nothing if it is disabled', async () => {
    fixture.reply({ headers: headersOf({ 'cache-control': 'max-age=60' }) });
    await fixture.get('/api/x');
    expect((await fixture.get('/api/x')).cache).toBe('Miss');
    fixture.reply({ status: 404 });
    await fixture.get('/api/y');
    await fixture.get('/api/y');
    expect(fixture.seen).toHaveLength(4);
  });

  it('is cleared on demand', async () => {
    fixture.put('bucket/plain/a.json', '{}');
    await fixture.get('/plain/a.json');
    fixture.distribution.clearCache();
    expect((await fixture.get('/plain/a.json')).cache).toBe('Miss');
  });
});
