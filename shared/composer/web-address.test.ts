import { describe, expect, it } from 'vitest';
import { isEmailAddress, isUrlWithHost } from './web-address.ts';

// Each result was checked with PHP 8.2; test/composer-oracle checks many more.
describe('isUrlWithHost', () => {
  it.each([
    '',
    'https://example.org/a?b#c',
    'http://x',
    'http://user:p@w@example.org:8080/',
    'http://[::1]:80/',
    'http://a:',
    'http://a:80x',
    'http://a: 8',
    'http://a?b',
    'https://exämple.org',
  ])('takes %j', (text) => expect(isUrlWithHost(text, ['http', 'https'])).toBe(true));

  it.each([
    'HTTPS://example.org',
    'ftp://x',
    'https://',
    'https:///a',
    'http://0',
    'http://0:80',
    'example.org',
    '//x',
    'http:/a',
    'http:a',
    'http://a:65536',
    'http://a:123456',
    'http://a:b',
    'http://a:-1',
    'http://@',
    'javascript:alert(1)',
    'http',
  ])('refuses %j', (text) => expect(isUrlWithHost(text, ['http', 'https'])).toBe(false));

  it('requires one of the given schemes', () => {
    expect(isUrlWithHost('irc://x/room', ['irc', 'ircs'])).toBe(true);
    expect(isUrlWithHost('irc://x/room', ['http'])).toBe(false);
  });
});

describe('isEmailAddress', () => {
  it.each([
    'ann@example.org',
    'a.b+c@sub.example.co.uk',
    '"ab"@example.org',
    '"\\""@x.org',
    'a@[127.0.0.1]',
    'a@[IPv6:::1]',
    'a@[IPv6:1:2:3:4:5:6:7:8]',
    'a@xn--bcher-kva.example',
    `${'a'.repeat(64)}@example.org`,
    `a@${'b'.repeat(63)}.org`,
  ])('takes %j', (text) => expect(isEmailAddress(text)).toBe(true));

  it.each([
    '',
    'a@b',
    'a..b@example.org',
    '.a@example.org',
    'a@-x.org',
    'a@x-.org',
    'a@b.1c',
    'a@1.2',
    'a@[300.1.1.1]',
    'é@example.org',
    'Ann <ann@example.org>',
    '"a b"@example.org',
    'ann@example.org\n',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b'.repeat(64)}.org`,
    `a@${'b.'.repeat(160)}org`,
  ])('refuses %j', (text) => expect(isEmailAddress(text)).toBe(false));

  it.each([`a@${'a-'.repeat(150)}`, `"${'\\"'.repeat(150)}`, `a@${'xn--a.'.repeat(50)}!`])(
    'is fast for long texts (%#)',
    (text) => {
      const start = performance.now();
      expect(isEmailAddress(text)).toBe(false);
      expect(performance.now() - start).toBeLessThan(500);
    },
  );
});
