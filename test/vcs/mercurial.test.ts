/** Repositories of Mercurial behind real servers, and Composer's own driver as the judge. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { Secret } from '../../shared/runtime/secret.ts';
import { openMercurial } from '../../shared/vcs/mercurial/reader.ts';
import { type ProgramRun, runProgram } from '../../shared/vcs/run-program.ts';
import type { VcsCredential, VcsReader, VcsServices } from '../../shared/vcs/vcs.ts';
import { ourVersions, readByComposer } from './composer-driver.ts';
import { createHgRepository, type HgRepository, manifest } from './mercurial-repository.ts';
import { type HttpServer, serveBehind, serveHttp } from './servers/http.ts';
import { serveMercurial } from './servers/mercurial.ts';
import { areInstalled, type Started } from './servers/programs.ts';
import { type SshServer, startSshd } from './servers/sshd.ts';
import { createServices, type Services } from './services.ts';

const any = { repository: asId<ForgeRepositoryId>('any') };
const none: VcsCredential = { kind: 'none' };
const never = new AbortController().signal;

describe.skipIf(!areInstalled('hg', 'ssh', 'sshd', 'php', 'composer', 'unzip'))(
  'Mercurial',
  { timeout: 120_000 },
  () => {
    let services: Services;
    let odd: HgRepository;
    let server: Started & { readonly port: number };
    let url: string;

    beforeAll(async () => {
      services = await createServices();
      odd = createHgRepository(join(services.folder, 'odd'));
      await makeOdd(odd);
      server = await serveMercurial(odd.folder);
      url = `http://127.0.0.1:${server.port}/`;
    }, 120_000);
    afterAll(async () => {
      await server?.stop();
      await services.close();
    });

    async function open(
      at: string,
      credential: VcsCredential = none,
      more: Partial<VcsServices> = {},
    ): Promise<VcsReader> {
      return openMercurial({ kind: 'hg', url: at }, credential, await services.next(more));
    }

    const inFolder = (name: string): Promise<string> => mkdtemp(join(services.folder, `${name}-`));

    it("lists what Composer's driver lists, and makes the same versions of it", async () => {
      const theirs = readByComposer({ type: 'hg', url }, await inFolder('composer'));
      const ours = await (await open(url)).readRefs(any);
      const short = (refs: typeof ours.tags) =>
        refs
          .filter(({ leftOut }) => leftOut === undefined)
          .map(({ name, commit }) => [name, commit.slice(0, 12)])
          .sort();
      expect(short(ours.tags)).toEqual(theirs.tags.sort());
      expect(short(ours.branches)).toEqual(theirs.branches.sort());
      const versions = ourVersions(ours).map((version) => ({
        ...version,
        reference: version.reference.slice(0, 12),
      }));
      expect(versions.sort(byVersion)).toEqual(
        theirs.packages
          .map(({ name: _, default: __, time, ...version }) => ({
            ...version,
            time: new Date(time).getTime(),
          }))
          .sort(byVersion),
      );
      expect(theirs.packages.some((one) => one.default)).toBe(false);
      expect(versions.length).toBeGreaterThan(8);
      expect(ours.tags.filter(({ leftOut }) => leftOut).map(({ name }) => name)).toEqual(['two words']);
      expect(ours.defaultBranch).toBe('default');
      const manifestOf = (name: string) => ours.tags.find((tag) => tag.name === name);
      expect(manifestOf('4.0-binary')?.manifestProblem).toBe('not-utf-8');
      expect(manifestOf('5.0-folder')?.manifestProblem).toBe('folder');
      expect(manifestOf('6.0-link')?.manifest).toBe(manifest({ description: 'linked' }));
      expect(manifestOf('7.0-outside')?.manifestProblem).toBe('link-to-outside');
      expect(manifestOf('8.0-large')?.manifestProblem).toBe('too-large');
    });

    it('reads only new manifests, and keeps a copy that loses what the server lost', async () => {
      const repository = createHgRepository(join(services.folder, 'growing'));
      repository.write('composer.json', manifest());
      const first = await repository.commit('one');
      await repository.hg('tag', '1.0');
      await repository.hg('bookmark', '--rev', first, 'work');
      const growing = await serveMercurial(repository.folder);
      try {
        const at = `http://127.0.0.1:${growing.port}/`;
        const cacheFolder = await inFolder('cache');
        const before = await (await open(at, none, { cacheFolder })).readRefs(any);
        expect(before.branches.map(({ name }) => name).sort()).toEqual(['default', 'work']);
        repository.write('composer.json', manifest({ description: 'two' }));
        const second = await repository.commit('two');
        await repository.hg('bookmark', '--delete', 'work');
        const known = new Map(before.tags.map(({ commit }) => [commit, { manifest: 'known' }]));
        const runs: string[] = [];
        const counting = (run: ProgramRun) => {
          runs.push(`${run.args.join(' ')} ${run.input ?? ''}`);
          return runProgram(run);
        };
        const after = await (await open(at, none, { cacheFolder, run: counting })).readRefs(any, { known });
        expect(after.branches.map(({ name, commit }) => [name, commit])).toEqual([['default', second]]);
        expect(after.tags.map((tag) => tag.manifest)).toEqual(['known']);
        expect(runs.some((run) => run.includes('init'))).toBe(false);
        expect(runs.some((run) => run.includes(`cat\0--rev\0${first}`))).toBe(false);

        await repository.hg('strip', '--no-backup', '--rev', second, '--config', 'extensions.strip=');
        const stripped = await (await open(at, none, { cacheFolder })).readRefs(any);
        expect(stripped.branches.map(({ commit }) => commit)).not.toContain(second);
        expect(await (await open(at, none, { cacheFolder })).contains(any, second)).toEqual({
          is: 'not-contained',
        });
      } finally {
        await growing.stop();
      }
    });

    it('makes the same archive each time, of the files of the commit alone', async () => {
      const commit = await odd.hg('log', '--rev', '1.0', '--template', '{node}');
      const one = await buffer(await (await open(url)).readArchive(any, commit, never));
      const two = await buffer(await (await open(url)).readArchive(any, commit, never));
      expect(one.equals(two)).toBe(true);
      const files = await unpacked(one, await inFolder('zip'));
      expect(files.map((file) => file.replace(commit, 'TOP'))).toEqual([
        'TOP/composer.json -rw-r--r--',
        'TOP/run.sh -rwxr-xr-x',
        'TOP/src/A.php -rw-r--r--',
      ]);
      for (const unknown of ['f'.repeat(40), 'e'.repeat(40)]) {
        const read = (await open(url)).readArchive(any, unknown, never);
        await expect(read).rejects.toMatchObject({ code: 'not-found' });
      }
      await expect((await open(url)).readArchive(any, '--config', never)).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it('finds commits by their beginnings, and the readme', async () => {
      const commit = await odd.hg('log', '--rev', '1.0', '--template', '{node}');
      const reader = await open(url, none, { cacheFolder: await inFolder('cache') });
      expect(await reader.contains(any, commit.slice(0, 9))).toEqual({ is: 'contained', commit });
      expect(await reader.contains(any, 'f'.repeat(40))).toEqual({ is: 'not-contained' });
      expect(await reader.contains(any, 'all()')).toEqual({ is: 'not-contained' });
      const tip = await odd.hg('log', '--rev', 'default', '--template', '{node}');
      expect(await reader.readReadme?.(any, { commit: tip, directory: 'docs' })).toEqual({
        file: 'README.md',
        text: '# Docs\n',
      });
      expect(await reader.readReadme?.(any, { commit: tip, directory: '' })).toBeUndefined();
    });

    describe('by ssh', () => {
      let sshd: SshServer;
      beforeAll(async () => {
        sshd = await startSshd();
      });
      afterAll(() => sshd?.close());
      const key = (privateKey: string): VcsCredential => ({
        kind: 'ssh-key',
        privateKey: new Secret(privateKey),
      });
      const at = () => `ssh://${sshd.user}@127.0.0.1:${sshd.port}/${odd.folder}`;

      it('reads with the key, and pins the host key that it has seen', async () => {
        const reader = await open(at(), key(sshd.privateKey));
        const read = await reader.readRefs(any);
        expect(read.tags.map(({ name }) => name)).toContain('1.0');
        const seen = await reader.seenHostKey();
        expect(seen?.fingerprint).toBe(sshd.fingerprint);
        await sshd.changeHostKey();
        const pinned = await open(at(), key(sshd.privateKey), { hostKeys: { pinned: [seen?.line ?? ''] } });
        await expect(pinned.readRefs(any)).rejects.toThrow(sshd.fingerprint);
      });

      it('says what is wrong', async () => {
        const missing = await open(`${at()}-none`, key(sshd.privateKey));
        await expect(missing.readRefs(any)).rejects.toMatchObject({ code: 'not-found' });
        await expect(
          open(at(), { kind: 'basic', username: 'a', password: new Secret('b') }),
        ).rejects.toMatchObject({
          code: 'credential-rejected',
        });
      });
    });

    describe('with credentials for HTTP', () => {
      const password = 'pass %word \'"$HOME';
      const basic: VcsCredential = { kind: 'basic', username: 'ann', password: new Secret(password) };

      it('signs in, without a trace of the password where other processes can see it', async () => {
        const value = `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`;
        const guarded = await serveBehind(server.port, { header: 'authorization', value });
        const seen: string[] = [];
        const spying = (run: ProgramRun) => {
          seen.push(JSON.stringify([run.args, run.environment]));
          return runProgram(run);
        };
        try {
          const at = `http://127.0.0.1:${guarded.port}/`;
          const read = await (await open(at, basic, { run: spying })).readRefs(any);
          expect(read.tags.length).toBeGreaterThan(0);
          expect(seen.length).toBeGreaterThan(0);
          expect(seen.join()).not.toMatch(/word|ann/);
          const refused = (await open(at)).readRefs(any);
          await expect(refused).rejects.toMatchObject({ code: 'credential-rejected' });
        } finally {
          await guarded.stop();
        }
      });

      it('sends a token in the header that the owner named', async () => {
        const guarded = await serveBehind(server.port, { header: 'private-token', value: 'abc123' });
        try {
          const token: VcsCredential = {
            kind: 'token-header',
            header: 'Private-Token',
            value: new Secret('abc123'),
          };
          const read = await (await open(`http://127.0.0.1:${guarded.port}/`, token)).readRefs(any);
          expect(read.tags.length).toBeGreaterThan(0);
        } finally {
          await guarded.stop();
        }
      });
    });

    describe('a server or a repository that means harm', () => {
      let hostile: HttpServer | undefined;
      afterAll(async () => hostile?.stop());

      async function serving(answer: Parameters<typeof serveHttp>[0]): Promise<string> {
        await hostile?.stop();
        hostile = await serveHttp(answer);
        return `http://127.0.0.1:${hostile.port}/`;
      }

      it('is not followed to another server', async () => {
        let visits = 0;
        const inner = await serveHttp((_, response) => {
          visits += 1;
          response.end();
        });
        const at = await serving((_, response) =>
          response.writeHead(302, { Location: `http://127.0.0.1:${inner.port}/secret` }).end(),
        );
        try {
          await expect((await open(at)).readRefs(any)).rejects.toThrow(/redirects to http:\/\/127.0.0.1/);
          expect(visits).toBe(0);
        } finally {
          await inner.stop();
        }
      });

      it('is not reached in a private network unless that is allowed, nor without encryption, nor as a folder', async () => {
        const policy = { allowsPrivate: () => false, allowsHttp: () => true, allowsFile: false };
        await expect((await open(url, none, { policy })).readRefs(any)).rejects.toThrow(/private network/);
        const rebound = { ...policy, lookUp: async () => ['93.184.216.34', '127.0.0.1'] };
        const named = await open('http://hg.example/repo', none, { policy: rebound });
        await expect(named.readRefs(any)).rejects.toThrow(/private network/);
        await expect(open(`file://${odd.folder}`, none, { policy })).rejects.toThrow(/folder of the machine/);
        await expect(open(url, none, { policy: { ...policy, allowsHttp: () => false } })).rejects.toThrow(
          /not encrypted/,
        );
      });

      it('cannot send without end', async () => {
        const at = await serving((request, response) => {
          if (request.url?.includes('cmd=capabilities')) {
            response.writeHead(200, { 'Content-Type': 'application/mercurial-0.1' });
            response.end('branchmap getbundle known lookup pushkey unbundle=HG10UN batch');
            return;
          }
          response.writeHead(200, { 'Content-Type': 'application/mercurial-0.1' });
          const chunk = Buffer.alloc(64 * 1024, '1');
          const more = (): void => {
            while (!response.destroyed && response.write(chunk));
            if (!response.destroyed) response.once('drain', more);
          };
          more();
        });
        const limits = {
          seconds: 4,
          diskBytes: 2 ** 26,
          memoryBytes: 2 ** 30,
          outputBytes: 2 ** 26,
          archiveBytes: 2 ** 26,
          refs: 10,
        };
        const error = await (await open(at, none, { limits }))
          .readRefs(any)
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({
          name: 'ForgeError',
          message: expect.stringMatching(/longer than it may|memory|disk/),
        });
      });

      it('cannot fill the disk, nor bring more refs than are read', async () => {
        const large = createHgRepository(join(services.folder, 'large'));
        large.write('composer.json', manifest());
        large.write('noise', randomBytesOf(6_000_000));
        const commit = await large.commit('noise');
        await large.hg('tag', '1.0');
        await large.hg('tag', '1.1');
        const at = `file://${large.folder}`;
        const base = (await services.next()).limits;
        const small = await open(at, none, { limits: { ...base, diskBytes: 3_000_000 } });
        await expect(small.readArchive(any, commit, never)).rejects.toThrow(/space on the disk/);
        const few = await open(at, none, { limits: { ...base, refs: 2 } });
        await expect(few.readRefs(any)).rejects.toThrow(/3 tags and branches, more than 2/);
        const slow = await open(at, none, { limits: { ...base, memoryBytes: 30_000_000 } });
        await expect(slow.readRefs(any)).rejects.toMatchObject({ name: 'ForgeError' });
      });

      it('runs nothing of its own: no hook, extension, configuration or repository within', async () => {
        const marker = join(services.folder, 'ran');
        const trap = createHgRepository(join(services.folder, 'trap'));
        trap.write('composer.json', manifest());
        trap.write('hgext.py', `open(${JSON.stringify(marker)}, 'w')\n`);
        trap.write('.hgrc', `[hooks]\noutgoing = touch ${marker}\n`);
        await trap.commit('trap');
        // As a patch: `hg commit` would want the repositories within.
        const patch = join(services.folder, 'trap.patch');
        const within = `sub = [git]ext::sh -c touch% ${marker}\nlib = ${url}\n`;
        writeFileSync(patch, patchOf({ '.hgsub': within, '.hgsubstate': `${'1'.repeat(40)} sub\n` }));
        await trap.hg('import', '--bypass', '--message', 'within', patch);
        const commit = await trap.hg('log', '--rev', 'tip', '--template', '{node}');
        writeFileSync(
          join(trap.folder, '.hg', 'hgrc'),
          [
            '[hooks]',
            ...['outgoing', 'preoutgoing', 'pretxnclose', 'pre-archive', 'pre-cat', 'pre-pull'].map(
              (hook) => `${hook} = touch ${marker}`,
            ),
            '[extensions]',
            `evil = ${join(trap.folder, 'hgext.py')}`,
          ].join('\n'),
        );
        const reader = await open(`file://${trap.folder}`, none, { cacheFolder: await inFolder('cache') });
        const read = await reader.readRefs(any);
        expect(read.branches.map(({ manifest: text }) => text)).toEqual([manifest()]);
        const files = await unpacked(
          await buffer(await reader.readArchive(any, commit, never)),
          await inFolder('zip'),
        );
        expect(files.some((file) => file.includes('hgext.py'))).toBe(true);
        expect(readdirSync(services.folder)).not.toContain('ran');
      });

      it('cannot have links followed out of the archive', async () => {
        const links = createHgRepository(join(services.folder, 'links'));
        links.write('composer.json', manifest());
        execFileSync('ln', ['-s', '/etc/passwd', join(links.folder, 'secret')]);
        execFileSync('ln', ['-s', '/etc', join(links.folder, 'folder')]);
        links.write('-rf', 'a file');
        const commit = await links.commit('links');
        const reader = await open(`file://${links.folder}`);
        const files = await unpacked(
          await buffer(await reader.readArchive(any, commit, never)),
          await inFolder('zip'),
        );
        expect(files.map((file) => file.replace(commit, 'TOP'))).toEqual([
          'TOP/-rf -rw-r--r--',
          'TOP/composer.json -rw-r--r--',
          'TOP/folder lrwxrwxrwx',
          'TOP/secret lrwxrwxrwx',
        ]);
      });

      it('that is none, or needs what is not here, is told apart from one that is away', async () => {
        const page = await serving((_, response) =>
          response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>'),
        );
        await expect((await open(page)).readRefs(any)).rejects.toMatchObject({ code: 'not-found' });
        const broken = await serving((_, response) => response.writeHead(503).end());
        await expect((await open(broken)).readRefs(any)).rejects.toMatchObject({ code: 'unavailable' });
        const away = await open('http://127.0.0.1:1/');
        await expect(away.readRefs(any)).rejects.toThrow(/cannot be reached/);
        const programs = { ...(await services.next()).programs, hg: 'hg-that-is-not-here' };
        await expect((await open(url, none, { programs })).readRefs(any)).rejects.toThrow(/not installed/);
      });
    });
  },
);

const byVersion = (one: { readonly version: string }, other: { readonly version: string }): number =>
  one.version < other.version ? -1 : 1;

/** Tags and branches good, odd and gone. */
async function makeOdd(repository: HgRepository): Promise<void> {
  const { hg, write, commit } = repository;
  write('composer.json', manifest());
  write('src/A.php', '<?php\n');
  write('run.sh', '#!/bin/sh\n');
  execFileSync('chmod', ['755', join(repository.folder, 'run.sh')]);
  const first = await commit('first');
  for (const name of [
    '1.0',
    'v1.1.0',
    'release-1.2',
    'two words',
    'käse',
    'no-version',
    '1.3-beta1',
    'gone',
    'moved',
  ]) {
    await hg('tag', '--rev', first, '--', name);
  }
  await hg('tag', '--remove', 'gone');
  await hg('tag', '--local', 'mine');
  const tagged = async (tag: string, prepare: () => unknown): Promise<void> => {
    await prepare();
    await commit(tag);
    await hg('tag', tag);
  };
  await hg('branch', '--quiet', 'odd');
  await tagged('3.0-none', () => hg('remove', '--quiet', 'composer.json'));
  await tagged('4.0-binary', () =>
    write('composer.json', Buffer.from('{"name":"acme/lib","description":"\xe9"}', 'latin1')),
  );
  await tagged('5.0-folder', async () => {
    await hg('remove', '--quiet', '--force', 'composer.json');
    write('composer.json/a', '');
  });
  await tagged('6.0-link', async () => {
    await hg('remove', '--quiet', '--force', 'composer.json/a');
    mkdirSync(join(repository.folder, 'real'), { recursive: true });
    write('real/manifest.json', manifest({ description: 'linked' }));
    execFileSync('ln', ['-s', 'real/manifest.json', join(repository.folder, 'composer.json')]);
  });
  await tagged('7.0-outside', () =>
    execFileSync('ln', ['-sf', '../../../etc/passwd', join(repository.folder, 'composer.json')]),
  );
  await tagged('8.0-large', () => {
    execFileSync('rm', [join(repository.folder, 'composer.json')]);
    write('composer.json', `{"name":"acme/lib","description":"${'x'.repeat(1024 * 1024)}"}`);
  });
  // Composer has no limit, so the branch itself is small again.
  write('composer.json', manifest());
  await commit('small');
  await hg('update', '--quiet', '--clean', 'default');
  write('docs/README.md', '# Docs\n');
  write('composer.json', manifest({ description: 'second' }));
  const second = await commit('second');
  await hg('tag', '--force', '--rev', second, 'moved');
  for (const name of ['feature/x', '2.x', 'closed', 'has space', 'v3']) {
    await hg('update', '--quiet', 'default');
    await hg('branch', '--quiet', name);
    write('branch.txt', name);
    await commit(name);
    if (name === 'closed') await hg('commit', '--close-branch', '--message', 'close', '--date', '2024-06-01');
  }
  await hg('update', '--quiet', 'default');
  await hg('bookmark', '--rev', second, 'topic');
  await hg('bookmark', '--rev', first, '@');
  await hg('bookmark', '--rev', first, '4.x');
  write('last.txt', '');
  await commit('last');
}

/** A patch that adds files. */
const patchOf = (files: Readonly<Record<string, string>>): string =>
  Object.entries(files)
    .map(([name, text]) => {
      const lines = text.trimEnd().split('\n');
      const added = lines.map((line) => `+${line}\n`).join('');
      return `diff --git a/${name} b/${name}\nnew file mode 100644\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1,${lines.length} @@\n${added}`;
    })
    .join('');

const randomBytesOf = (length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    bytes[at] = (state >> 16) & 255;
  }
  return bytes;
};

/** The files in an archive with their permissions, as `unzip` has them. */
async function unpacked(archive: Buffer, folder: string): Promise<string[]> {
  const file = join(folder, 'archive.zip');
  writeFileSync(file, archive);
  execFileSync('unzip', ['-q', file, '-d', join(folder, 'out')]);
  const found = execFileSync('find', ['.', '-not', '-type', 'd', '-printf', '%P %M\n'], {
    cwd: join(folder, 'out'),
    encoding: 'utf8',
  });
  await rm(join(folder, 'out'), { recursive: true });
  return found.trim().split('\n').sort();
}
