import { describe, expect, it } from 'vitest';
import { outsideCode } from './outside-code.ts';

const url = 'https://downloads.example/wordpress-6.5.zip';
const git = { type: 'git', url: 'https://forge.example/other/repository.git', reference: '6.5' };

const problemOf = (manifest: Record<string, unknown>): string | undefined => {
  const outcome = outsideCode(manifest);
  return 'problem' in outcome ? outcome.problem : undefined;
};

describe("a manifest's own dist", () => {
  it.each([
    [{ type: 'zip', url }],
    [{ type: 'TAR', url, reference: 'v6.5', shasum: 'a'.repeat(40) }],
    [{ type: 'xz', url: 'https://downloads.example:8443/%package%/%version%.tar.xz?x=1', reference: '6' }],
    [{ type: 'gzip', url: 'https://[::1]/a.gz' }],
    [{ type: 'rar', url }],
    [{ type: 'phar', url }],
  ])('%j is passed on as it is', (dist) => {
    expect(outsideCode({ dist })).toEqual({ code: { dist } });
  });

  it('has its reference as text, and no empty or null fields', () => {
    expect(outsideCode({ dist: { type: 'zip', url, reference: 65, shasum: '', mirrors: null } })).toEqual({
      code: { dist: { type: 'zip', url, reference: '65' } },
    });
    expect(outsideCode({ dist: null, source: null, 'transport-options': { a: 1 } })).toEqual({ code: {} });
  });

  it.each([
    ['a text', 'x', 'should be an object'],
    ['nothing in it', {}, 'dist.type must be present'],
    ['a list', [], 'should be an object'],
    ['no address', { type: 'zip' }, 'dist.url must be present'],
    ['a path', { type: 'path', url: '../other' }, 'dist.type "path" cannot be passed on'],
    ['a file', { type: 'file', url }, 'dist.type "file" cannot be passed on'],
    ['a repository', { type: 'git', url, reference: 'a' }, 'dist.type "git" cannot be passed on'],
    ['mirrors', { type: 'zip', url, mirrors: [{ url }] }, 'dist.mirrors cannot be passed on'],
    ['options', { type: 'zip', url, 'transport-options': {} }, 'dist.transport-options cannot be passed on'],
    ['plain http', { type: 'zip', url: 'http://downloads.example/a.zip' }, 'no address over https'],
    ['a local file', { type: 'zip', url: 'file:///etc/passwd' }, 'no address over https'],
    ['a local path', { type: 'zip', url: '/etc/passwd' }, 'no address over https'],
    ['ssh', { type: 'zip', url: 'ssh://git@forge.example/a' }, 'no address over https'],
    ['an option', { type: 'zip', url: '-oProxyCommand=x' }, 'no address over https'],
    ['a password', { type: 'zip', url: 'https://ann:secret@downloads.example/a.zip' }, 'credentials'],
    ['a token', { type: 'zip', url: 'https://token@downloads.example/a.zip' }, 'credentials'],
    ['a line break', { type: 'zip', url: 'https://downloads.example/a\n.zip' }, 'characters'],
    ['a number as address', { type: 'zip', url: 1 }, 'dist.url must be present'],
    ['an option as reference', { type: 'zip', url, reference: ' -x' }, 'must not start with a "-"'],
    ['a list as reference', { type: 'zip', url, reference: [] }, 'as a string or an integer'],
    ['a list as checksum', { type: 'zip', url, shasum: [] }, 'dist.shasum should be a string'],
  ])('with %s leaves the version out, with the reason', (_, dist, problem) => {
    expect(problemOf({ dist })).toContain(problem);
  });

  it('is refused without its password in the reason', () => {
    const dist = { type: 'zip', url: 'https://ann:secret@downloads.example/a.zip' };
    expect(problemOf({ dist })).not.toContain('secret');
  });
});

describe("a manifest's own source", () => {
  it.each([
    [git],
    [{ ...git, url: 'ssh://git@forge.example:2222/other/repository.git' }],
    [{ ...git, url: 'git@forge.example:other/repository.git' }],
    [{ ...git, url: 'git@forge.example:/srv/repository.git' }],
    [{ type: 'hg', url: 'https://forge.example/hg', reference: 'tip' }],
    [{ type: 'svn', url: 'svn+ssh://svn@forge.example/trunk', reference: '/tags/1.0@12' }],
  ])('%j is passed on as it is', (source) => {
    expect(outsideCode({ source })).toEqual({ code: { source } });
  });

  it.each([
    ['no reference', { ...git, reference: undefined }, 'source.reference must be present'],
    ['an empty reference', { ...git, reference: '' }, 'source.reference must be present'],
    ['another program', { ...git, type: 'fossil' }, 'source.type "fossil" cannot be passed on'],
    ['a checksum', { ...git, shasum: 'a' }, 'source.shasum cannot be passed on'],
    ['the git protocol', { ...git, url: 'git://forge.example/a.git' }, 'no address over https or ssh'],
    ['a helper of git', { ...git, url: 'ext::sh -c x' }, 'characters'],
    ['another helper of git', { ...git, url: 'ext::sh' }, 'no address over https or ssh'],
    ['a local path', { ...git, url: '../other' }, 'no address over https or ssh'],
    ['an option as host', { ...git, url: 'ssh://-oProxyCommand=x/a' }, 'source.url'],
    ['an option as user', { ...git, url: 'ssh://-x@forge.example/a' }, 'names no user'],
    ['an option as path', { ...git, url: 'git@forge.example:-x' }, 'no address over https or ssh'],
    ['an option as scp user', { ...git, url: '-x@forge.example:a' }, 'no address over https or ssh'],
    ['a password', { ...git, url: 'ssh://git:secret@forge.example/a' }, 'credentials'],
  ])('with %s leaves the version out, with the reason', (_, source, problem) => {
    expect(problemOf({ source })).toContain(problem);
  });
});

it("transport-options with the manifest's own dist leave the version out, and are ignored without one", () => {
  const options = { 'transport-options': { http: { header: ['X: y'] } } };
  expect(problemOf({ dist: { type: 'zip', url }, ...options })).toContain('transport-options');
  expect(outsideCode(options)).toEqual({ code: {} });
});
