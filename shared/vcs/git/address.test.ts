import { describe, expect, it } from 'vitest';
import { gitUrl, parseGitAddress } from './address.ts';

function normalized(url: string): string {
  const parsed = parseGitAddress(url);
  return 'problem' in parsed ? parsed.problem : gitUrl(parsed.address);
}

describe('the address of a git repository', () => {
  it.each([
    ['https://Code.Example/acme/lib.git', 'https://code.example/acme/lib.git'],
    ['https://code.example:443/acme/lib', 'https://code.example/acme/lib'],
    ['https://ann@code.example/acme/lib', 'https://code.example/acme/lib'],
    ['http://code.example:8080/a%20b.git', 'http://code.example:8080/a%20b.git'],
    ['https://[2001:DB8::1]:8443/x.git', 'https://[2001:db8::1]:8443/x.git'],
    ['ssh://git@code.example:22/acme/lib.git', 'ssh://git@code.example/acme/lib.git'],
    ['ssh://git@code.example:7999/acme/lib.git', 'ssh://git@code.example:7999/acme/lib.git'],
    ['git@code.example:acme/lib.git', 'git@code.example:acme/lib.git'],
    ['code.example:/srv/lib.git', 'ssh://code.example/srv/lib.git'],
    ['git@[::1]:lib.git', 'git@[::1]:lib.git'],
    ['git://code.example:9418/lib.git', 'git://code.example/lib.git'],
    ['file:///srv//git/./lib.git/', 'file:///srv/git/lib.git'],
  ])('%s is %s', (url, expected) => {
    expect(normalized(url)).toBe(expected);
  });

  it.each([
    ['ext::sh -c id', /spaces/],
    ['ext::sh', /names a program/],
    ['file::/srv/lib.git', /names a program/],
    ['ftp://code.example/lib.git', /git cannot read ftp:/],
    ['rsync://code.example/lib.git', /git cannot read rsync:/],
    ['--upload-pack=id', /begins with a dash/],
    ['-u:x', /begins with a dash/],
    ['git@-oProxyCommand=id:x', /no name of a host/],
    ['ssh://-oProxyCommand=id/x', /no name of a host/],
    ['ssh://-oid@host/x', /name of the user/],
    ['git@host:-x', /begins with a dash/],
    ['https://ann:secret@host/x', /password/],
    ['https://host', /path of the repository/],
    ['https://host/x?token=1', /without \?/],
    ['https://host:0/x', /no port/],
    ['https://host:99999/x', /no port/],
    ['https://ho%73t/x', /no name of a host/],
    ['file://host/x', /absolute path/],
    ['/srv/lib.git', /no URL/],
    ['lib', /no URL/],
    ['https://host/a\nb', /cannot be seen/],
    ['https://host\\@other/x', /backslashes/],
  ])('%s is refused', (url, message) => {
    expect(normalized(url)).toMatch(message);
  });
});
