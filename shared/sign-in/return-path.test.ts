import { describe, expect, it } from 'vitest';
import { returnPath } from './return-path.ts';

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
