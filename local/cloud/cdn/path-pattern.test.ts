import { describe, expect, it } from 'vitest';
import { matchesPathPattern, normalizePath } from './path-pattern.ts';

describe('matchesPathPattern', () => {
  it.each([
    ['/api/*', '/api/x/y', true],
    ['api/*', '/api/x', true],
    ['/api/*', '/api', false],
    ['/api/*', '/API/x', false],
    ['/*/dists/*.zip', '/acme/dists/a/b/c.zip', true],
    ['/*/dists/*.zip', '/acme/p2/dists/a.json', false],
    ['*.jpg', '/a/b.jpg', true],
    ['/a?c', '/abc', true],
    ['/a?c', '/abbc', false],
    ['/a.c', '/abc', false],
    ['/downloads', '/downloads/', false],
  ])('%s against %s', (pattern, path, expected) => expect(matchesPathPattern(pattern, path)).toBe(expected));
});

describe('normalizePath', () => {
  it.each([
    ['/a/../b', '/b'],
    ['/a/./b', '/a/b'],
    ['/a/..', '/'],
    ['/../..', '/'],
    ['/%61pi/x', '/api/x'],
    ['/a%2fb', '/a%2Fb'],
    ['/%2e%2e/a', '/a'],
    ['/a//b/', '/a//b/'],
  ])('%s', (path, expected) => expect(normalizePath(path)).toBe(expected));
});
