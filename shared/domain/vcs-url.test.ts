import { describe, expect, it } from 'vitest';
import { CallerError } from './caller-error.ts';
import { parseVcsUrl } from './vcs-url.ts';

describe('parseVcsUrl', () => {
  it.each([
    [
      'https://git.example.org/acme/billing.git',
      'git',
      'https://git.example.org/acme/billing.git',
      'git.example.org/acme/billing',
      undefined,
    ],
    [
      ' https://Git.Example.org/acme/ ',
      'git',
      'https://git.example.org/acme',
      'git.example.org/acme',
      undefined,
    ],
    [
      'git@git.example.org:acme/billing.git',
      'git',
      'ssh://git.example.org/acme/billing.git',
      'git.example.org/acme/billing',
      'git',
    ],
    [
      'git.example.org:acme/billing',
      'git',
      'ssh://git.example.org/acme/billing',
      'git.example.org/acme/billing',
      undefined,
    ],
    [
      'ssh://hg@hg.example.org:2222/acme',
      'git',
      'ssh://hg.example.org:2222/acme',
      'hg.example.org/acme',
      'hg',
    ],
    [
      'svn+ssh://svn.example.org/acme',
      'svn',
      'svn+ssh://svn.example.org/acme',
      'svn.example.org/acme',
      undefined,
    ],
    [
      'svn://svn.example.org/acme/trunk',
      'svn',
      'svn://svn.example.org/acme/trunk',
      'svn.example.org/acme/trunk',
      undefined,
    ],
    ['file:///srv/git/acme.git', 'git', 'file:///srv/git/acme.git', '/srv/git/acme', undefined],
  ])('%s is read by %s', (text, kind, url, name, user) => {
    expect(parseVcsUrl(text)).toMatchObject({ kind, url, name, user });
  });

  it('a server of Mercurial or Subversion may have one repository alone', () => {
    expect(parseVcsUrl('https://hg.example.org/', 'hg')).toMatchObject({
      ...{ url: 'https://hg.example.org', name: 'hg.example.org' },
    });
    expect(parseVcsUrl('svn://svn.example.org').url).toBe('svn://svn.example.org');
  });

  it('a kind that is named counts where the scheme leaves it open', () => {
    expect(parseVcsUrl('https://hg.example.org/acme', 'hg').kind).toBe('hg');
    expect(() => parseVcsUrl('svn://svn.example.org/acme', 'git')).toThrow(
      'which is for svn and not for git',
    );
  });

  it.each([
    ['', 'is no address'],
    ['acme/billing', 'is no address'],
    ['https://ann:secret@git.example.org/acme', 'password'],
    ['https://secret@git.example.org/acme', 'token in it'],
    ['svn://secret@svn.example.org/acme', 'token in it'],
    ['https://git.example.org/acme?token=secret', 'query'],
    ['https://git.example.org/', 'no repository on it'],
    ['ext::sh -c date', 'is no address'],
    ['ext::sh', 'ext'],
    ['ftp://example.org/acme', 'no program here reads'],
    ['constructor://example.org/acme', 'no program here reads'],
    ['ssh://%zz@git.example.org/acme', 'not possible'],
    ['ssh://-oProxyCommand=date/acme', 'names no host'],
    ['-oProxyCommand=date:acme', 'is no address'],
    ['ssh://-x@git.example.org/acme', 'hyphen'],
    ['https://git.example.org/a/%2e%2e/%2e%2e%2fb', 'leads elsewhere'],
    ['https://git.example.org/a\nb', 'is no address'],
    ['file://host/srv/git', 'names a host'],
  ])('%j is refused, and what was typed is not repeated', (text, reason) => {
    let refusal: unknown;
    try {
      parseVcsUrl(text);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(CallerError);
    expect(String(refusal)).toContain(reason);
    expect(String(refusal)).not.toContain('secret');
  });
});
