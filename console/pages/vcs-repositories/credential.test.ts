import { describe, expect, it } from 'vitest';
import { addressOf, type CredentialKind, credentialOf, emptyCredential } from './credential.ts';

describe('what an address says of how it is read', () => {
  const web: readonly CredentialKind[] = ['none', 'basic', 'token-header', 'client-certificate'];

  it.each<[string, string, boolean, boolean, readonly CredentialKind[]]>([
    ['https://git.example.org/acme/billing.git', 'git', false, true, web],
    ['http://git.example.org/acme/billing', 'git', false, false, web],
    ['git@git.example.org:acme/billing.git', 'git', false, true, ['ssh-key']],
    ['ssh://hg@hg.example.org/acme/billing', 'hg', false, true, ['ssh-key']],
    ['https://example.org/hg/billing', 'hg', false, true, web],
    ['https://svn.example.org/billing', 'svn', false, true, web],
    ['https://example.org/code/billing/trunk', 'svn', false, true, web],
    ['svn://svn.example.org/billing', 'svn', true, false, ['none', 'basic']],
    ['svn+ssh://svn.example.org/billing', 'svn', true, true, ['ssh-key']],
    ['git://svn.example.org/billing', 'git', true, false, ['none']],
  ])('%s', (url, kind, isKindCertain, isEncrypted, credentials) => {
    expect(addressOf(url)).toEqual({ kind, isKindCertain, isEncrypted, credentials });
  });

  it.each(['', 'billing', 'https://', 'ftp://example.org/billing', 'https://ann:secret@example.org/billing'])(
    'is nothing where it is no address that can be read: %s',
    (url) => expect(addressOf(url)).toBeUndefined(),
  );
});

it('of what was filled in, only what belongs to the chosen credential is sent', () => {
  const form = {
    ...emptyCredential,
    ...{ username: ' ann ', password: ' p ', value: ' t ', certificate: 'c\n', key: 'k\n' },
  };
  const sent = (['none', 'ssh-key', 'basic', 'token-header', 'client-certificate'] as const).map((kind) =>
    credentialOf({ ...form, kind }),
  );
  expect(sent).toEqual([
    { kind: 'none' },
    { kind: 'ssh-key' },
    { kind: 'basic', username: 'ann', password: ' p ' },
    { kind: 'token-header', header: 'Private-Token', value: 't' },
    { kind: 'client-certificate', certificate: 'c', key: 'k' },
  ]);
});
