/** Repositories of Mercurial behind real servers, and Composer's own driver as the judge. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../shared/runtime/secret.ts';
import { openVcs } from '../../shared/vcs/open-vcs.ts';
import { type ProgramRun, runProgram } from '../../shared/vcs/run-program.ts';
import type { VcsCredential, VcsReader, VcsServices } from '../../shared/vcs/vcs.ts';
import { ourVersions, readByComposer } from './composer-driver.ts';
import {
  createHgRepository,
  type HgRepository,
  makeOdd,
  makeSmall,
  manifest,
} from './mercurial-repository.ts';
import { serveBehind } from './servers/http.ts';
import { serveMercurial } from './servers/mercurial.ts';
import { areInstalled, type Started } from './servers/programs.ts';
import { type SshServer, startSshd } from './servers/sshd.ts';
import { createServices, type Services } from './services.ts';
import { any, archiveOf, never, unpacked } from './unpacked.ts';

const none: VcsCredential = { kind: 'none' };

describe.skipIf(!areInstalled('hg', 'ssh', 'sshd', 'php', 'composer', 'unzip'))(
  'Mercurial',
  { timeout: 300_000 },
  () => {
    let services: Services;
    let small: HgRepository;
    /** Of its tag 1.0. */
    let commit: string;
    let server: Started & { readonly port: number };
    let url: string;

    beforeAll(async () => {
      services = await createServices();
      small = createHgRepository(join(services.folder, 'small'));
      commit = await makeSmall(small);
      server = await serveMercurial(small.folder);
      url = `http://127.0.0.1:${server.port}/`;
    }, 300_000);
    afterAll(async () => {
      small?.close();
      await server?.stop();
      await services.close();
    });

    async function open(
      at: string,
      credential: VcsCredential = none,
      more: Partial<VcsServices> = {},
    ): Promise<VcsReader> {
      return openVcs({ kind: 'hg', url: at }, credential, await services.next(more));
    }

    const inFolder = (name: string): Promise<string> => mkdtemp(join(services.folder, `${name}-`));

    it("lists what Composer's driver lists, and makes the same versions of it", async () => {
      const odd = createHgRepository(join(services.folder, 'odd'));
      await makeOdd(odd);
      odd.close();
      const served = await serveMercurial(odd.folder);
      const at = `http://127.0.0.1:${served.port}/`;
      const theirs = readByComposer({ type: 'hg', url: at }, await inFolder('composer'));
      const ours = await (await open(at)).readRefs(any);
      await served.stop();
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
      const one = await archiveOf(await open(url), commit);
      const two = await archiveOf(await open(url), commit);
      expect(one.equals(two)).toBe(true);
      const { files } = unpacked(one);
      expect(files).toEqual([
        'TOP/composer.json -rw-r--r--',
        'TOP/run.sh -rwxr-xr-x',
        'TOP/src/A.php -rw-r--r--',
      ]);
      const cacheFolder = await inFolder('cache');
      for (const unknown of ['f'.repeat(40), 'e'.repeat(40)]) {
        const read = (await open(url, none, { cacheFolder })).readArchive(any, unknown, never);
        await expect(read).rejects.toMatchObject({ code: 'not-found' });
      }
      await expect((await open(url)).readArchive(any, '--config', never)).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it('finds commits by their beginnings, and the readme', async () => {
      const reader = await open(url, none, { cacheFolder: await inFolder('cache') });
      expect(await reader.contains(any, commit.slice(0, 9))).toEqual({ is: 'contained', commit });
      expect(await reader.contains(any, 'f'.repeat(40))).toEqual({ is: 'not-contained' });
      expect(await reader.contains(any, 'all()')).toEqual({ is: 'not-contained' });
      const tip = await small.hg('log', '--rev', 'default', '--template', '{node}');
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
      const at = () => `ssh://${sshd.user}@127.0.0.1:${sshd.port}/${small.folder}`;

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
  },
);

const byVersion = (one: { readonly version: string }, other: { readonly version: string }): number =>
  one.version < other.version ? -1 : 1;
