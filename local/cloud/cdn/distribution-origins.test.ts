import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headersOf } from '../runtime/listen.ts';
import { createDistribution } from './distribution.ts';
import { createDistributionFixture, type DistributionFixture } from './distribution-fixture.ts';

let fixture: DistributionFixture;
beforeEach(async () => {
  fixture = await createDistributionFixture();
});
afterEach(() => fixture.close());
const me = { authorization: 'me' };

describe('origins', () => {
  it('may be a bucket, which answers to missing keys as its policy says', async () => {
    expect(await fixture.get('/acme/none.json', me)).toMatchObject({
      status: 403,
      cache: 'Error',
      body: expect.stringContaining('AccessDenied'),
    });
    expect(await fixture.get('/listed/none.json')).toMatchObject({
      status: 404,
      body: expect.stringContaining('NoSuchKey'),
    });
    fixture.put('closed/closed/a.json', '{}');
    expect((await fixture.get('/closed/a.json')).status).toBe(403);
    fixture.put('bucket/plain/a b+ü.json', '{}');
    expect((await fixture.get('/plain/a%20b+%C3%BC.json')).status).toBe(200);
    expect((await fixture.get('/plain/%E0%A4%A.json')).status).toBe(403);
  });

  it('serve the default root object for the root', async () => {
    fixture.put('bucket/index.html', '<p>', { 'content-type': 'text/html' });
    expect(await fixture.get('/', me)).toMatchObject({ status: 200, body: '<p>' });
  });

  it('fail over to the second one with the same rewritten path, its own path prefix and its headers', async () => {
    fixture.reply({
      status: 307,
      headers: headersOf({ location: '/x', 'cache-control': 'no-store' }),
      body: Buffer.alloc(0),
    });
    const first = await fixture.get('/acme/b.zip?q=1', { ...me, 'x-secret': 'mine', cookie: 'a=b' });
    expect(first).toMatchObject({ status: 307, cache: 'Miss' });
    expect(fixture.seen[0]?.target).toBe('/build/1/b.zip');
    expect(fixture.seen[0]?.headers.get('x-secret')).toEqual(['s3cret']);
    for (const name of ['authorization', 'cookie']) expect(fixture.seen[0]?.headers.has(name)).toBe(false);
    expect(fixture.seen[0]?.headers.get('host')).toEqual(['api.example']);
    fixture.put('bucket/1/b.zip', 'zip');
    expect(await fixture.get('/acme/b.zip', me)).toMatchObject({ status: 200, body: 'zip', cache: 'Miss' });
    expect(await fixture.get('/acme/b.zip', me)).toMatchObject({ cache: 'Hit' });
    expect(fixture.seen).toHaveLength(1);
  });

  it.each([
    ['GET', 404, ['/either/x', '/build/either/x']],
    ['HEAD', 404, ['/either/x', '/build/either/x']],
    ['OPTIONS', 404, ['/either/x', '/build/either/x']],
    ['GET', 500, ['/either/x']],
    ['GET', 403, ['/either/x']],
  ])('fail over for the statuses that the group names: %s, %i', async (method, status, asked) => {
    fixture.reply({ status });
    await fixture.get('/either/x', {}, method);
    expect(fixture.seen.map(({ target }) => target)).toEqual(asked);
  });

  it('receive what the policies name, and what CloudFront adds', async () => {
    const headers = {
      'x-some': '1',
      'x-kind': 'k',
      'x-none': '1',
      'user-agent': 'composer',
      'accept-encoding': 'br, gzip;q=0.5',
      'x-forwarded-for': '10.0.0.1',
      cookie: 'session=1; other=2',
    };
    await fixture.get('/keyed/a?page=1&more=2', headers);
    const [request] = fixture.seen;
    expect(request?.target).toBe('/keyed/a?page=1&more=2');
    const sent = Object.fromEntries(
      [...(request?.headers ?? [])].map(([name, values]) => [name, values.join('|')]),
    );
    expect(sent).toEqual({
      host: 'api.example',
      'user-agent': 'Amazon CloudFront',
      'x-some': '1',
      'x-kind': 'k',
      'accept-encoding': 'gzip',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      via: expect.stringContaining('CloudFront'),
      cookie: 'session=1',
      connection: 'keep-alive',
    });
  });

  it('receive all headers except Host, or Host too', async () => {
    const headers = {
      authorization: 'me',
      cookie: 'a=b; c=d',
      'content-type': 'application/json',
      'x-any': '1',
      'user-agent': 'composer',
    };
    await fixture.get('/api/x?y=%2F', headers, 'POST', '{"a":1}');
    const [request] = fixture.seen;
    expect(request).toMatchObject({ method: 'POST', target: '/api/x?y=%2F', body: Buffer.from('{"a":1}') });
    for (const [name, value] of Object.entries(headers)) expect(request?.headers.get(name)).toEqual([value]);
    expect(request?.headers.get('host')).toEqual(['api.example']);
    await fixture.get('/viewer/x');
    expect(fixture.seen[1]?.headers.get('host')).toEqual(['d.cloudfront.net']);
  });

  it('receive conditional headers only if nothing is cached', async () => {
    const condition = { 'if-none-match': '"x"', 'x-some': '1' };
    fixture.reply({ headers: headersOf({ etag: '"x"' }) });
    expect((await fixture.get('/keyed/a', condition)).status).toBe(304);
    fixture.reply({ status: 304, headers: headersOf({ etag: '"x"' }), body: Buffer.alloc(0) });
    expect(await fixture.get('/api/a', condition)).toMatchObject({ status: 304, cache: 'Miss' });
    expect(fixture.seen.map(({ headers }) => headers.has('if-none-match'))).toEqual([false, true]);
  });

  it('may be down or slow', async () => {
    expect(await fixture.get('/down/x')).toMatchObject({ status: 502, cache: 'Error' });
    fixture.reply({ wait: 300 });
    expect(await fixture.get('/slow/x')).toMatchObject({ status: 504, cache: 'Error' });
  });

  it('must be on this machine', () => {
    const unknown = () => createDistribution({ ...fixture.options, target: () => undefined });
    expect(unknown).toThrow('the origin bucket.s3 is not on this machine');
  });
});

describe('methods', () => {
  it('are refused unless the behavior allows them', async () => {
    fixture.put('bucket/plain/a.json', '{}');
    expect(await fixture.get('/plain/a.json', {}, 'POST')).toMatchObject({ status: 403, cache: 'Error' });
    expect((await fixture.get('/api/x', {}, 'DELETE')).status).toBe(200);
    expect(fixture.seen.map(({ method }) => method)).toEqual(['DELETE']);
  });
});

describe('errors', () => {
  it('have their error page, and are cached for their own time', async () => {
    fixture.put('bucket/plain/404.json', '{"missing":true}');
    const missing = await fixture.get('/listed/a.json');
    expect(missing).toMatchObject({ status: 404, body: '{"missing":true}', cache: 'Error' });
    expect(missing.header('content-type')).toBe('application/json');
    const known = { 'if-none-match': missing.header('etag') ?? '' };
    expect((await fixture.get('/listed/a.json', known)).status).toBe(404);
    fixture.put('listed/listed/a.json', '{}');
    expect((await fixture.get('/listed/a.json')).status).toBe(404);
    await fixture.clock.advance(30_000);
    expect((await fixture.get('/listed/a.json')).status).toBe(200);
  });

  it('are not cached with a time of 0', async () => {
    expect((await fixture.get('/acme/a.json', me)).status).toBe(403);
    fixture.put('bucket/1/a.json', '{}');
    expect((await fixture.get('/acme/a.json', me)).status).toBe(200);
  });

  it('of a failing origin do not evict what the edge may still serve', async () => {
    fixture.reply({ headers: headersOf({ 'cache-control': 'max-age=20' }) });
    await fixture.get('/keyed/a');
    fixture.reply({ status: 500 });
    await fixture.clock.advance(20_000);
    expect(await fixture.get('/keyed/a')).toMatchObject({
      status: 200,
      cache: 'Hit',
      body: 'from the origin',
    });
    await fixture.get('/keyed/a');
    expect(fixture.seen).toHaveLength(2);
    await fixture.clock.advance(10_000);
    await fixture.get('/keyed/a');
    expect(fixture.seen).toHaveLength(3);
    await fixture.clock.advance(40_000);
    expect(await fixture.get('/keyed/a')).toMatchObject({ status: 500, cache: 'Error' });
  });
});

describe('an expired answer', () => {
  it('is not served in place of a later error', async () => {
    fixture.reply({ headers: headersOf({ 'cache-control': 'max-age=20' }) });
    await fixture.get('/keyed/a');
    await fixture.clock.advance(20_000);
    fixture.reply({ status: 403 });
    expect((await fixture.get('/keyed/a')).status).toBe(403);
    fixture.reply({ status: 500 });
    expect((await fixture.get('/keyed/a')).status).toBe(500);
  });
});

describe('answers', () => {
  const large = JSON.stringify({ text: 'x'.repeat(2_000) });

  it('are compressed for clients that accept it, if it is worthwhile', async () => {
    fixture.put('bucket/1/a.json', large);
    const gzipped = await fixture.get('/acme/a.json', { ...me, 'accept-encoding': 'gzip, br' });
    expect(gzipped.header('content-encoding')).toBe('gzip');
    expect(gzipped.header('etag')).toMatch(/^W\/"/);
    expect(gunzipSync(gzipped.raw).toString()).toBe(large);
    for (const encoding of ['identity', 'gzip;q=0']) {
      expect((await fixture.get('/acme/a.json', { ...me, 'accept-encoding': encoding })).body).toBe(large);
    }
    fixture.put('bucket/1/small.json', '{}');
    fixture.put('bucket/1/image.json', large, { 'content-type': 'image/png' });
    fixture.put('bucket/1/packed.json', large, { 'content-encoding': 'br' });
    for (const name of ['small', 'image', 'packed']) {
      const plain = await fixture.get(`/acme/${name}.json`, { ...me, 'accept-encoding': 'gzip' });
      expect(plain.header('content-encoding')).not.toBe('gzip');
    }
    fixture.put('bucket/plain/a.json', large);
    expect(
      (await fixture.get('/plain/a.json', { 'accept-encoding': 'gzip' })).header('content-encoding'),
    ).toBeUndefined();
  });

  it('are 304 for the weak entity tag of a compressed answer', async () => {
    fixture.put('bucket/1/a.json', large);
    const headers = { ...me, 'accept-encoding': 'gzip' };
    const etag = (await fixture.get('/acme/a.json', headers)).header('etag') ?? '';
    expect(await fixture.get('/acme/a.json', { ...headers, 'if-none-match': etag })).toMatchObject({
      status: 304,
      body: '',
    });
  });

  it('have the headers of their policy', async () => {
    fixture.put('bucket/plain/a.json', '{}');
    const answer = await fixture.get('/plain/a.json');
    expect(answer.header('x-added')).toBe('yes');
    expect(answer.header('content-type')).toBe('application/json');
    expect(answer.header('server')).toBeUndefined();
    expect(answer.header('strict-transport-security')).toBe('max-age=60; includeSubDomains');
    expect(answer.header('x-content-type-options')).toBe('nosniff');
    expect(answer.header('x-frame-options')).toBe('DENY');
    expect(answer.header('referrer-policy')).toBe('no-referrer');
    expect(answer.header('content-security-policy')).toBe("default-src 'self'");
    expect(answer.header('via')).toContain('CloudFront');
  });
});
