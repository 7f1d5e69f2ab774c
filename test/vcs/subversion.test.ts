/** Repositories of Subversion behind real servers, and Composer's own driver as the judge. */
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distReference } from '../../shared/domain/dist-reference.ts';
import { Secret } from '../../shared/runtime/secret.ts';
import { openVcs } from '../../shared/vcs/open-vcs.ts';
import { type ProgramRun, runProgram } from '../../shared/vcs/run-program.ts';
import { type SubversionLayout, usualLayout } from '../../shared/vcs/subversion/layout.ts';
import type { VcsCredential, VcsReader, VcsServices } from '../../shared/vcs/vcs.ts';
import { ourVersions, readByComposer } from './composer-driver.ts';
import { areInstalled } from './servers/programs.ts';
import { type SshServer, startSshd } from './servers/sshd.ts';
import { login, type SubversionServer, serveDav, serveSubversion, wantLogin } from './servers/subversion.ts';
import { createServices, type Services } from './services.ts';
import { createSvnRepository, type SvnRepository } from './subversion-repository.ts';
import { any, archiveOf, never, unpacked } from './unpacked.ts';

const none: VcsCredential = { kind: 'none' };
const basic: VcsCredential = {
  kind: 'basic',
  username: login.username,
  password: new Secret<string>(login.password),
};
const manifest = (more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ name: 'acme/lib', ...more });

describe.skipIf(!areInstalled('svn', 'svnserve', 'php', 'composer', 'unzip'))(
  'Subversion',
  { timeout: 300_000 },
  () => {
    let services: Services;
    let repositories: string;
    let odd: SvnRepository;
    let small: SvnRepository;
    let server: SubversionServer;
    let url: string;

    beforeAll(async () => {
      services = await createServices();
      repositories = join(services.folder, 'repositories');
      odd = createSvnRepository(join(repositories, 'odd'));
      makeOdd(odd);
      small = createSvnRepository(join(repositories, 'small'));
      makeSmall(small);
      server = await serveSubversion(repositories);
      url = `svn://127.0.0.1:${server.port}/odd`;
    }, 300_000);
    afterAll(async () => {
      await server?.stop();
      await services.close();
    });

    async function open(
      at: string,
      credential: VcsCredential = none,
      more: Partial<VcsServices> & { readonly layout?: Partial<SubversionLayout> } = {},
    ): Promise<VcsReader> {
      const { layout, ...given } = more;
      const place = { kind: 'svn' as const, url: at, layout: { ...usualLayout, ...layout } };
      return openVcs(place, credential, await services.next(given));
    }
    const cache = (): Promise<string> => mkdtemp(join(services.folder, 'composer-'));

    /** Composer's reading and ours of the same, without what is left out with a reason. */
    async function compared(settings: Readonly<Record<string, unknown>>, ours: VcsReader) {
      const theirs = readByComposer({ type: 'svn', ...settings }, await cache());
      const read = await ours.readRefs(any);
      const named = (refs: typeof read.tags) =>
        refs.filter(({ leftOut }) => leftOut === undefined).map(({ name, commit }) => [name, commit]);
      const odds = new Set(
        read.tags.flatMap(({ name, leftOut }) => (leftOut ? [name.split(' ').at(-1)] : [])),
      );
      expect(named(read.tags)).toEqual(theirs.tags.filter(([name]) => !odds.has(name)));
      expect(named(read.branches)).toEqual(theirs.branches);
      const versions = ourVersions(read).sort(byVersion);
      expect(versions).toEqual(
        theirs.packages
          .map(({ name: _, default: __, time, ...rest }) => ({ ...rest, time: new Date(time).getTime() }))
          .sort(byVersion),
      );
      expect(theirs.packages.some((one) => one.default)).toBe(false);
      return { read, versions };
    }

    it("lists what Composer's driver lists, and makes the same versions of it", async () => {
      const { read, versions } = await compared({ url }, await open(url));
      expect(versions.length).toBeGreaterThan(6);
      expect(read.links.source).toEqual({ type: 'svn', url });
      expect(read.branches[0]).toMatchObject({
        name: 'trunk',
        commit: expect.stringMatching(/^\/trunk\/@\d+$/),
      });
      const tag = (name: string) => read.tags.find((one) => one.name === name);
      expect(tag('two words')?.leftOut).toMatch(/white space/);
      expect(tag('5.0-binary')?.manifestProblem).toBe('not-utf-8');
      expect(tag('6.0-folder')?.manifestProblem).toBe('folder');
      expect(tag('7.0-link')?.manifest).toBe(manifest({ description: 'linked' }));
      expect(tag('8.0-outside')?.manifestProblem).toBe('link-to-outside');
      expect(tag('9.0-large')?.manifestProblem).toBe('too-large');
    });

    it('reads other folders, a package within each, and an address of the trunk', async () => {
      const other = createSvnRepository(join(repositories, 'other'), [
        'code/main/packages/a',
        'code/lines',
        'code/releases',
      ]);
      other.write('code/main/packages/a/composer.json', manifest());
      other.commit();
      other.branch('code/main', 'code/releases/1.0.0');
      other.branch('code/main', 'code/lines/2.x');
      other.write('code/main/outside.txt', '');
      other.commit();
      const at = `svn://127.0.0.1:${server.port}/other/code`;
      const paths = {
        'trunk-path': 'main',
        'branches-path': 'lines',
        'tags-path': 'releases',
        'package-path': 'packages/a',
      };
      const layout = { trunk: 'main', branches: 'lines', tags: 'releases', package: 'packages/a' };
      const { versions } = await compared({ url: at, ...paths }, await open(at, none, { layout }));
      expect(versions.map(({ reference }) => reference)).toContain('/releases/1.0.0/packages/a/@3');
      await compared({ url: `${at}/main`, ...paths }, await open(`${at}/main`, none, { layout }));
      await compared(
        { url: at, ...paths, 'branches-path': false, 'tags-path': false },
        await open(at, none, { layout: { ...layout, branches: false, tags: false } }),
      );
      const trunkOnly = await open(`${at}/main/packages/a`, none, {
        layout: { trunk: false, branches: false, tags: false },
      });
      expect((await trunkOnly.readRefs(any)).branches).toMatchObject([
        { name: 'trunk', commit: '/@2', manifest: manifest() },
      ]);
      const wrong = await open(at);
      await expect(wrong.readRefs(any)).rejects.toThrow(/no folder \/trunk for its trunk/);
    });

    it('reads no manifest twice, and finds references of the past by their MD5', async () => {
      const reader = await open(url);
      const before = await reader.readRefs(any);
      const known = new Map(
        [...before.tags, ...before.branches].map(({ commit }) => [commit, { manifest: 'known' }]),
      );
      const runs: string[] = [];
      const run = (one: ProgramRun) => {
        runs.push(one.args.join(' '));
        return runProgram(one);
      };
      const again = await (await open(url, none, { run })).readRefs(any, { known });
      expect(runs.filter((line) => line.startsWith('cat'))).toEqual([]);
      expect(again.tags.find(({ name }) => name === '1.0')?.manifest).toBe('known');
      const past = '/trunk/@2';
      expect(before.branches.map(({ commit }) => commit)).not.toContain(past);
      expect(await reader.contains(any, distReference(past))).toEqual({ is: 'contained', commit: past });
      const step = await reader.contains(any, distReference('/trunk/@1000'));
      if (step.is !== 'undecided') throw new Error('more folders than one step looks at');
      expect(await reader.contains(any, distReference('/trunk/@1000'), step.progress)).toEqual({
        is: 'not-contained',
      });
      expect(await reader.contains(any, past)).toEqual({ is: 'not-contained' });
    });

    it('makes the same archive each time, as an export has it', async () => {
      const { tags } = await (await open(url)).readRefs(any);
      const commit = tags.find(({ name }) => name === '2.0')?.commit ?? '';
      const one = await archiveOf(await open(url), commit);
      expect(one.equals(await archiveOf(await open(url), commit))).toBe(true);
      const { files, text } = unpacked(one);
      expect(files).toEqual([
        'TOP/composer.json -rw-r--r--',
        'TOP/folder lrwxrwxrwx',
        'TOP/keywords.txt -rw-r--r--',
        'TOP/run.sh -rwxr-xr-x',
        'TOP/secret lrwxrwxrwx',
      ]);
      expect(text('keywords.txt')).toMatch(
        new RegExp(`^\\$URL: ${url}/tags/2.0/keywords.txt \\$ \\$Rev: \\d+ \\$ @home\n$`),
      );
      for (const unknown of ['/trunk/@9999', '/nope/@2', '/../x/@1', '--version', 'f'.repeat(40)]) {
        await expect((await open(url)).readArchive(any, unknown, never)).rejects.toMatchObject({
          code: 'not-found',
        });
      }
      expect(await (await open(url)).readReadme?.(any, { commit: '/trunk/@2', directory: '' })).toEqual({
        ...{ file: 'README.md', text: '# Lib\n' },
      });
    });

    it('signs in to svnserve, without a trace of the password where other processes can see it', async () => {
      const closed = createSvnRepository(join(repositories, 'closed'));
      closed.write('trunk/composer.json', manifest());
      closed.commit();
      wantLogin(closed.folder);
      const at = `svn://127.0.0.1:${server.port}/closed`;
      const seen: string[] = [];
      const run = (one: ProgramRun) => {
        seen.push(JSON.stringify([one.args, one.environment]));
        return runProgram(one);
      };
      const read = await (await open(at, basic, { run })).readRefs(any);
      expect(read.branches.map(({ manifest: text }) => text)).toEqual([manifest()]);
      expect(seen.join()).not.toMatch(/s3cret|ann/);
      await expect((await open(at)).readRefs(any)).rejects.toMatchObject({ code: 'credential-rejected' });
      const wrong: VcsCredential = { ...basic, password: new Secret('wr0ng-word') };
      const error = await (await open(at, wrong)).readRefs(any).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'credential-rejected' });
      expect(`${error}`).not.toContain('wr0ng');
    });

    describe.skipIf(!areInstalled('apache2'))('by HTTP', () => {
      let dav: SubversionServer;
      beforeAll(async () => {
        dav = await serveDav(join(services.folder, 'apache'), repositories);
      });
      afterAll(() => dav?.stop());

      it('signs in to mod_dav_svn and reads the same', async () => {
        const at = `http://127.0.0.1:${dav.port}/svn/small`;
        const read = await (await open(at, basic)).readRefs(any);
        const plain = await (await open(`svn://127.0.0.1:${server.port}/small`)).readRefs(any);
        expect(read.tags).toEqual(plain.tags);
        expect(read.branches).toEqual(plain.branches);
        const commit = read.tags.find(({ name }) => name === '1.0')?.commit ?? '';
        expect(unpacked(await archiveOf(await open(at, basic), commit)).text('keywords.txt')).toContain(
          `$URL: ${at}/tags`,
        );
        await expect((await open(at)).readRefs(any)).rejects.toMatchObject({ code: 'credential-rejected' });
        await expect((await open(`${at}-none`, basic)).readRefs(any)).rejects.toMatchObject({
          name: 'ForgeError',
        });
      });
    });

    describe.skipIf(!areInstalled('ssh', 'sshd'))('by ssh', () => {
      let sshd: SshServer;
      beforeAll(async () => {
        sshd = await startSshd();
      });
      afterAll(() => sshd?.close());

      it('reads with the key, and notices another host key', async () => {
        const at = `svn+ssh://${sshd.user}@127.0.0.1:${sshd.port}${small.folder}`;
        const key: VcsCredential = { kind: 'ssh-key', privateKey: new Secret(sshd.privateKey) };
        const reader = await open(at, key);
        const read = await reader.readRefs(any);
        expect(read.tags).toMatchObject([{ name: '1.0', manifest: manifest() }]);
        const seen = await reader.seenHostKey();
        expect(seen?.fingerprint).toBe(sshd.fingerprint);
        await sshd.changeHostKey();
        const pinned = await open(at, key, { hostKeys: { pinned: [seen?.line ?? ''] } });
        await expect(pinned.readRefs(any)).rejects.toThrow(sshd.fingerprint);
      });
    });
  },
);

const byVersion = (one: { readonly version: string }, other: { readonly version: string }): number =>
  one.version < other.version ? -1 : 1;

/** Little to read: each of Subversion's programs connects and signs in anew. */
function makeSmall({ svn, write, commit, branch }: SvnRepository): void {
  write('trunk/composer.json', manifest());
  write('trunk/keywords.txt', '$URL$\n');
  commit();
  svn('propset', '--quiet', 'svn:keywords', 'URL', 'trunk/keywords.txt');
  commit();
  branch('trunk', 'tags/1.0');
}

/** Tags and branches good, odd and gone. */
function makeOdd({ copy, svn, write, commit, branch }: SvnRepository): void {
  write('trunk/composer.json', manifest());
  write('trunk/README.md', '# Lib\n');
  commit();
  for (const tag of [
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
    branch('trunk', `tags/${tag}`);
  }
  svn('delete', '--quiet', 'tags/gone', 'trunk/README.md');
  write('trunk/keywords.txt', '$URL$ $Rev$ @home\n');
  write('trunk/run.sh', '#!/bin/sh\n');
  execFileSync('chmod', ['755', join(copy, 'trunk/run.sh')]);
  symlinkSync('/etc/passwd', join(copy, 'trunk/secret'));
  symlinkSync('/etc', join(copy, 'trunk/folder'));
  commit();
  svn('propset', '--quiet', 'svn:keywords', 'URL Rev', 'trunk/keywords.txt');
  svn('propset', '--quiet', 'svn:externals', '^/branches outside', 'trunk');
  commit();
  branch('trunk', 'tags/2.0');
  svn('delete', '--quiet', 'tags/moved');
  commit();
  branch('trunk', 'tags/moved');
  branch('trunk', 'branches/2.x');
  branch('trunk', 'branches/feature-x');
  svn(
    'mkdir',
    '--quiet',
    'branches/team',
    'tags/3.0-none',
    'tags/5.0-binary',
    'tags/6.0-folder',
    'tags/7.0-link',
    'tags/8.0-outside',
    'tags/9.0-large',
  );
  branch('trunk', 'branches/-dash');
  write('tags/a-file', '');
  write('tags/5.0-binary/composer.json', Buffer.from('{"name":"acme/lib","description":"\xe9"}', 'latin1'));
  write('tags/6.0-folder/composer.json/a', '');
  write('tags/7.0-link/real.json', manifest({ description: 'linked' }));
  symlinkSync('real.json', join(copy, 'tags/7.0-link/composer.json'));
  symlinkSync('../../etc/passwd', join(copy, 'tags/8.0-outside/composer.json'));
  write('tags/9.0-large/composer.json', `{"name":"acme/lib","description":"${'x'.repeat(1024 * 1024)}"}`);
  commit();
}
