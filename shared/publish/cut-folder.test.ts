/** Archives as git makes them, which is how code hosts do; unpacked by unzip, as Composer does it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutFolder, NoFolderError } from './cut-folder.ts';

const run = promisify(execFile);
let folder: string;
let archive: string;

const files: Readonly<Record<string, string>> = {
  'composer.json': '{"name":"acme/all"}',
  '.gitattributes': '*.md export-ignore\n',
  'packages/a/composer.json': '{"name":"acme/a"}',
  'packages/a/src/One.php': `<?php // ${'long '.repeat(20_000)}`,
  'packages/a/README.md': 'left out by the root',
  'packages/a/.gitattributes': 'tests export-ignore\n.gitattributes export-ignore\n',
  'packages/a/tests/Test.php': 'left out by the folder',
  'packages/a/empty': '',
  'packages/ab/composer.json': '{"name":"Acme/AB"}',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cut-'));
  const code = join(folder, 'code');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(code, path)), { recursive: true });
    await writeFile(join(code, path), text);
  }
  await writeFile(join(code, 'packages/a/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  await symlink('src/One.php', join(code, 'packages/a/inside'));
  await symlink('../../LICENSE', join(code, 'packages/a/LICENSE'));
  await symlink('/etc/passwd', join(code, 'packages/a/src/absolute'));
  const git = (...args: string[]) =>
    run('git', ['-C', code, '-c', 'user.name=A', '-c', 'user.email=a@b', ...args]);
  await git('init', '-q');
  await git('add', '-A');
  await git('commit', '-qm', 'x');
  archive = join(folder, 'archive.zip');
  await git('archive', '--format=zip', '--prefix=acme-all-1/', '-o', archive, 'HEAD');
});
afterAll(() => rm(folder, { recursive: true }));

async function cut(directory: string, packageName: string) {
  const made = await cutFolder(archive, { directory, packageName, top: 'acme-a-0123' });
  const bytes = Buffer.concat(await made.archive.toArray());
  const zip = join(folder, 'cut.zip');
  await writeFile(zip, bytes);
  const out = await mkdtemp(join(folder, 'out-'));
  await run('unzip', ['-qq', zip, '-d', out]);
  const paths = (await readdir(out, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
    .sort();
  return { ...made, bytes, out, paths };
}

describe('a folder cut out of an archive', () => {
  it('has its files below one folder, as .gitattributes above and in it say', async () => {
    const { paths, out, linksLeftOut, directory } = await cut('packages/a', 'acme/a');
    expect(paths).toEqual([
      'acme-a-0123/composer.json',
      'acme-a-0123/empty',
      'acme-a-0123/inside',
      'acme-a-0123/run.sh',
      'acme-a-0123/src/One.php',
    ]);
    expect(directory).toBe('packages/a');
    const at = (path: string) => join(out, 'acme-a-0123', path);
    expect(await readFile(at('src/One.php'), 'utf8')).toBe(files['packages/a/src/One.php']);
    expect((await lstat(at('run.sh'))).mode & 0o111).toBe(0o111);
    expect((await lstat(at('inside'))).isSymbolicLink()).toBe(true);
    expect(linksLeftOut).toEqual(['LICENSE', 'src/absolute']);
  });

  it('has the same bytes each time', async () => {
    const digest = async () =>
      createHash('sha1')
        .update((await cut('packages/a', 'acme/a')).bytes)
        .digest('hex');
    expect(await digest()).toBe(await digest());
  });

  it('is the one with the name where it is elsewhere at the commit', async () => {
    const { paths, directory } = await cut('libs/ab', 'acme/ab');
    expect([directory, paths]).toEqual(['packages/ab', ['acme-a-0123/composer.json']]);
    expect((await cut('packages/all', 'acme/all')).directory).toBe('');
    await expect(cut('packages/c', 'acme/c')).rejects.toThrow(NoFolderError);
  });

  it('fails where the archive is broken', async () => {
    const broken = join(folder, 'broken.zip');
    const whole = await readFile(archive);
    await writeFile(broken, whole.subarray(0, whole.length - 200));
    await expect(
      cutFolder(broken, { directory: 'packages/a', packageName: 'acme/a', top: 't' }),
    ).rejects.toThrow();
  });
});
