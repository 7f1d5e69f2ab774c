import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readFlags } from './calls.ts';
import { repositoryCommands } from './repository-commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'repository-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));
const secretFile = join(folder, 'secret');
writeFileSync(secretFile, 'very secret\n');

const repository = {
  ...{ id: 'vcs-acme~1', name: 'git.example.org/acme/billing', kind: 'git', credential: 'none' },
  ...{ url: 'https://git.example.org/acme/billing.git', allowsPrivate: false, allowsHttp: false },
  ...{ readers: { everyone: false, teams: [] as { name: string }[] }, packages: [], waiting: [] },
  ...{ state: 'working', lastReadAt: '2026-11-28T19:00:00.000Z' },
};
/** Read again. */
const later = { ...repository, lastReadAt: '2026-11-28T20:00:00.000Z' };

/** Carries the command out. Each answer is that of one call; the last one of all that follow. */
async function run(answers: readonly unknown[], ...args: string[]) {
  const { values: flags, positionals } = readFlags(args);
  const asked: [string, unknown][] = [];
  const invoke = async (name: string, input: unknown) => {
    asked.push([name, input]);
    return answers[Math.min(asked.length, answers.length) - 1];
  };
  const printed = await repositoryCommands.repository?.({
    ...{ client: { invoke }, slug: 'acme', rest: positionals, flags, progress: () => {} },
  });
  return { ...printed, asked };
}
const input = { slug: 'acme', repository: 'billing' };

describe('repository', () => {
  it('lists', async () => {
    const { lines } = await run([{ items: [repository] }]);
    expect(lines).toEqual(['vcs-acme~1  git  git.example.org/acme/billing  working  no package']);
    expect((await run([{ items: [] }])).lines).toEqual(['acme has no repositories at a URL']);
  });

  it('add says how the first reading went, and takes the secret from a file', async () => {
    const failure = { at: '2026-11-28T20:00:00.000Z', code: 'credential-rejected', message: 'it says no' };
    const { lines, asked, exitCode } = await run(
      [repository, { ...repository, state: 'failed', lastFailure: failure }],
      ...['add', repository.url, '--credential', 'basic', '--username', 'ann', '--secret-file', secretFile],
      ...['--readers', 'everyone,backend', '--allow-private', 'yes'],
    );
    expect(asked).toEqual([
      [
        'add-vcs-repository',
        {
          ...{ slug: 'acme', url: repository.url, kind: undefined, allowsPrivate: true },
          credential: { kind: 'basic', username: 'ann', password: 'very secret' },
          readers: { everyone: true, teams: ['backend'] },
        },
      ],
      ['read-vcs-repository', { slug: 'acme', repository: 'vcs-acme~1' }],
    ]);
    expect(lines).toContain('  failure: 2026-11-28 20:00:00 UTC credential-rejected: it says no');
    expect(exitCode).toBe(1);
  });

  it('test asks for a reading, and waits for it and not for the one before', async () => {
    const { lines, asked, exitCode } = await run([repository, {}, repository, later], 'test', 'billing');
    expect(asked.map(([name]) => name)).toEqual([
      ...['read-vcs-repository', 'scan-vcs-repository', 'read-vcs-repository', 'read-vcs-repository'],
    ]);
    expect(lines).toContain('  state: working, last read 2026-11-28 20:00:00 UTC');
    expect(exitCode).toBe(0);
  });

  it('add prints the key that was made, and does not wait', async () => {
    const made = { ...repository, credential: 'ssh-key', publicKey: 'ssh-ed25519 AAAA', state: 'new' };
    const { lines, asked } = await run([made], 'add', 'git@git.example.org:a/b', '--credential', 'ssh-key');
    expect(asked).toHaveLength(1);
    expect(lines).toContain('  public key: ssh-ed25519 AAAA');
    expect(lines?.at(-1)).toBe('npm run admin -- repository acme test vcs-acme~1');
  });

  it('change sends what is named alone, and waits where it is read in another way', async () => {
    const fingerprint = 'SHA256:abc';
    const answers = [repository, repository, later];
    const { asked } = await run(answers, 'change', 'billing', '--accept-host-key', fingerprint);
    expect(asked[0]).toEqual(['change-vcs-repository', { ...input, acceptHostKey: fingerprint }]);
    expect(asked.slice(1).map(([name]) => name)).toEqual(['read-vcs-repository', 'read-vcs-repository']);
    const readers = await run([repository], 'change', 'billing', '--readers', 'nobody');
    expect(readers.asked).toEqual([
      ['change-vcs-repository', { ...input, readers: { everyone: false, teams: [] } }],
    ]);
  });

  it('names the folders of Subversion, the usual ones where one is left out', async () => {
    const { asked } = await run(
      [repository, later],
      'change',
      'billing',
      '--tags-path',
      'no',
      '--package-path',
      'lib',
    );
    expect(asked[0]).toEqual([
      'change-vcs-repository',
      { ...input, layout: { trunk: 'trunk', branches: 'branches', tags: false, package: 'lib' } },
    ]);
  });

  it('remove asks for the name first', async () => {
    const first = await run([repository], 'remove', 'billing');
    expect(first.asked).toEqual([['read-vcs-repository', input]]);
    expect(first.lines?.[0]).toContain('--confirm git.example.org/acme/billing');
    const then = await run([repository], 'remove', 'billing', '--confirm', repository.name);
    expect(then.asked.at(-1)).toEqual(['remove-vcs-repository', input]);
  });

  it('hook prints the address and the secret', async () => {
    const { lines } = await run(
      [{ url: 'https://console.example/webhooks/vcs/x', secret: 's' }],
      'hook',
      'b',
    );
    expect(lines?.slice(0, 2)).toEqual(['address: https://console.example/webhooks/vcs/x', 'secret:  s']);
  });

  it.each([
    [['move'], 'repository takes add, show, test'],
    [['add'], 'needs a URL'],
    [['show'], 'needs a repository'],
    [['change', 'billing'], 'needs what is to be changed'],
    [['add', 'x', '--credential', 'basic'], 'basic needs --username'],
    [['add', 'x', '--credential', 'basic', '--username', 'a'], 'needs --secret-file'],
    [['add', 'x', '--credential', 'password'], '--credential takes none'],
    [['add', 'x', '--allow-http', 'maybe'], '--allow-http takes yes or no'],
    [['add', 'x', '--readers', 'nobody,backend'], 'takes nobody alone'],
    [
      ['add', 'x', '--credential', 'token-header', '--header', 'A', '--secret-file', '/nowhere'],
      'cannot be read',
    ],
  ])('%s is refused: %s', async (args, reason) => {
    await expect(run([repository], ...args)).rejects.toThrow(reason);
  });
});
