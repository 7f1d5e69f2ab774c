import { describe, expect, it } from 'vitest';
import { isPage, pathWithOutcome, returnPath } from './return-path.ts';

describe('where a sign-in leads', () => {
  it.each([
    ['/packages?q=a#b', '/packages?q=a#b'],
    ['/a/../b', '/b'],
    [undefined, '/'],
    ['', '/'],
    ['packages', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/a\\..\\\\evil.example', '/'],
    ['/a/..//evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/%2e//evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['https://evil.example', '/'],
    ['javascript:alert(1)', '/'],
    [`/${'a'.repeat(2000)}`, '/'],
  ])('%j is %j', (asked, path) => {
    expect(returnPath(asked)).toBe(path);
  });
});

describe('a page that the API leads back to', () => {
  it.each([
    ...[
      '/',
      '/sign-in',
      '/tokens',
      '/connect',
      '/connect/gitea~git.example.com:3000',
      '/connected/acme',
      '/plain',
    ],
    ...['/profile', '/profile/tokens', '/organizations/new', '/o/acme', '/o/acme/packages/acme/http.kit'],
  ])('may be %s', (path) => {
    expect(isPage(path)).toBe(true);
  });

  it.each([
    ...[
      '',
      'tokens',
      '//',
      '//evil.example',
      '/\\evil.example',
      'https://evil.example/',
      '/tokens/',
      '/tokens/1',
    ],
    ...[
      '/?outcome=done',
      '/#tokens',
      '/connect/a/b',
      '/connect/..',
      '/connected/Acme',
      '/connected/acme\n',
      '/sign-in/out',
    ],
    ...['/api/v1/me', '/connect/%2e%2e', '/\t/evil.example', 'javascript:alert(1)', '/a/../tokens'],
    ...[
      '/o',
      '/o/Acme',
      '/o/acme/',
      '/o/acme/..',
      '/o/acme/../..',
      '/o/acme/./x',
      '/o/acme//x',
      '/o/acme/%2e',
      '/profiles',
    ],
  ])('is not %j', (path) => {
    expect(isPage(path)).toBe(false);
  });

  it('is told the outcome, and nothing that was sent', () => {
    expect(pathWithOutcome('/tokens', 'done')).toBe('/tokens?outcome=done');
    expect(pathWithOutcome('/tokens', 'refused', 'a&b=c')).toBe('/tokens?outcome=refused&reason=a%26b%3Dc');
  });
});
