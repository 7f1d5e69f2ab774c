import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeSshKey } from './ssh-key.ts';

it('OpenSSH derives the same public key from the private file, whatever the length of the comment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ssh-key-'));
  try {
    for (const comment of ['repertoire', 'acme git.example.org', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
      const { publicKey, privateKey } = makeSshKey(comment);
      const file = join(folder, `${comment.replaceAll(' ', '-')}.key`);
      writeFileSync(file, privateKey.reveal(), { mode: 0o600 });
      expect(execFileSync('ssh-keygen', ['-y', '-P', '', '-f', file], { encoding: 'utf8' }).trim()).toBe(
        publicKey,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('the private part is hidden from whatever prints it, and no two keys are the same', () => {
  const [one, other] = [makeSshKey('a'), makeSshKey('a')];
  expect(JSON.stringify(one)).not.toContain('BEGIN');
  expect(one.publicKey).not.toBe(other.publicKey);
});
