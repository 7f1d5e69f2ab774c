/** Reading repositories by git from real servers. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { Secret } from '../../shared/runtime/secret.ts';
import { openVcs } from '../../shared/vcs/open-vcs.ts';
import { runProgram } from '../../shared/vcs/run-program.ts';
import type { VcsCredential, VcsServices } from '../../shared/vcs/vcs.ts';
import { addTo, gitIn, makeRepository, manifest, type Step } from './git-repositories.ts';
import { type GitHttpServer, type GitServer, startGitDaemon, startGitHttp } from './servers/git-servers.ts';
import { areInstalled } from './servers/programs.ts';
import { type SshServer, startSshd } from './servers/sshd.ts';
import { createServices, type Services } from './services.ts';

const ids = { repository: 'any' as ForgeRepositoryId };
const none: VcsCredential = { kind: 'none' };
const password = 'correct horse';

const steps: readonly Step[] = [
  {
    refs: ['refs/heads/main', 'refs/tags/v1.0.0'],
    files: {
      'composer.json': manifest(),
      '.gitattributes': 'tests export-ignore\nversion.txt export-subst\n*.bin filter=lfs\n',
      'version.txt': '$Format:%H$',
      'tests/a.php': '<?php',
      'src/a.php': '<?php // a',
      'big.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      'README.md': '# Lib',
      'docs/README.md': '# Docs',
    },
    tags: ['v1.0.1'],
  },
  { refs: ['refs/heads/main'], files: { 'composer.json': manifest({ description: 'newer' }) } },
  { refs: ['refs/heads/1.x'], files: { 'composer.json': manifest() } },
];

const servers = ['git', 'ssh', 'sshd', 'git-daemon', 'git-http-backend', 'nginx', 'fcgiwrap', 'openssl'];
describe.skipIf(!areInstalled(...servers))('git', { timeout: 60_000 }, () => {
  let folder: string;
  let services: Services;
  let daemon: GitServer;
  let http: GitHttpServer;
  let sshd: SshServer;
  let lib: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'git-served-'));
    lib = makeRepository(folder, 'lib.git', steps);
    const filtering = makeRepository(folder, 'filtering.git', steps);
    gitIn(filtering, ['config', 'uploadpack.allowFilter', 'true']);
    [services, daemon, http, sshd] = await Promise.all([
      createServices(),
      startGitDaemon(folder),
      startGitHttp(folder, { username: 'ann', password }),
      startSshd(),
    ]);
    gitIn(lib, ['update-server-info']);
  });
  afterAll(async () => {
    await Promise.all([services, daemon, http, sshd].map((one) => one?.close()));
    await rm(folder, { recursive: true, force: true });
  });

  async function open(url: string, credential = none, more: Partial<VcsServices> = {}) {
    return openVcs({ kind: 'git', url }, credential, await services.next(more));
  }
  const commitOf = (ref: string, at = lib): string => gitIn(at, ['rev-parse', `${ref}^{commit}`]);
  const sshKey = (): VcsCredential => ({ kind: 'ssh-key', privateKey: new Secret(sshd.privateKey) });

  /** All ways to the same repository. What differs from one to the other is looked at in three of them, the rest reads refs. */
  const inDetail = ['git://', 'http with filters', 'dumb http'];
  interface Way {
    readonly name: string;
    readonly url: () => string;
    readonly credential?: () => VcsCredential;
    readonly more?: () => Partial<VcsServices>;
  }
  const ways: readonly Way[] = [
    { name: 'git://', url: () => `${daemon.url}/lib.git` },
    { name: 'git:// with filters', url: () => `${daemon.url}/filtering.git` },
    { name: 'http', url: () => `${http.url}/open/lib.git` },
    { name: 'http with filters', url: () => `${http.url}/open/filtering.git` },
    { name: 'dumb http', url: () => `${http.url}/dumb/lib.git` },
    {
      name: 'http with basic auth',
      url: () => `${http.url}/basic/filtering.git`,
      credential: () => ({ kind: 'basic', username: 'ann', password: new Secret(password) }),
    },
    {
      name: 'http with a token in a header',
      url: () => `${http.url}/token/filtering.git`,
      credential: () => ({ kind: 'token-header', header: 'Private-Token', value: new Secret(password) }),
    },
    {
      name: 'https with a client certificate',
      url: () => `${http.tlsUrl}/open/filtering.git`,
      credential: () => ({
        kind: 'client-certificate',
        certificate: readFileSync(http.clientCertificate, 'utf8'),
        key: new Secret(readFileSync(http.clientKey, 'utf8')),
      }),
      more: () => ({ authorities: http.authorities }),
    },
    {
      name: 'ssh',
      url: () => `ssh://${sshd.user}@127.0.0.1:${sshd.port}${folder}/filtering.git`,
      credential: () => sshKey(),
    },
    { name: 'a folder', url: () => `file://${folder}/filtering.git` },
  ];

  describe.each(ways)('over $name', ({ url, credential = () => none, more = () => ({}) }) => {
    const opened = () => open(url(), credential(), more());

    it('refs come with their manifests and dates', async () => {
      const read = await (await opened()).readRefs(ids);
      const shown = (refs: typeof read.tags) => refs.map(({ name, commit, date }) => [name, commit, date]);
      const first = [commitOf('v1.0.0'), '2023-11-14T22:13:20Z'];
      expect(shown(read.tags)).toEqual([
        ['v1.0.0', ...first],
        ['v1.0.1', ...first],
      ]);
      expect(shown(read.branches)).toEqual([
        ['1.x', commitOf('1.x'), '2023-11-14T22:15:20Z'],
        ['main', commitOf('main'), '2023-11-14T22:14:20Z'],
      ]);
      expect(read.branches[1]?.manifest).toBe(manifest({ description: 'newer' }));
      expect(read).toMatchObject({ defaultBranch: 'main', unusable: [], archived: false });
      expect(read.links).toEqual({ source: { type: 'git', url: url() } });
    });
  });

  describe.each(ways.filter(({ name }) => inDetail.includes(name)))('over $name', ({ url }) => {
    const opened = () => open(url());

    it('an archive is what git archive makes, in one folder', async () => {
      const commit = commitOf('v1.0.0');
      const archived = async () =>
        buffer(await (await opened()).readArchive(ids, commit, new AbortController().signal));
      const zip = await archived();
      const name = url().split('/').at(-1)?.replace('.git', '');
      const top = `${name}-${commit.slice(0, 12)}/`;
      const files = await unzipped(zip);
      expect(Object.keys(files).sort()).toEqual(
        [
          '.gitattributes',
          'README.md',
          'big.bin',
          'composer.json',
          'docs/README.md',
          'src/a.php',
          'version.txt',
        ].map((file) => `${top}${file}`),
      );
      expect(files[`${top}version.txt`]).toBe(commit);
      expect(files[`${top}big.bin`]).toMatch(/^version https:\/\/git-lfs/);
      expect((await archived()).equals(zip)).toBe(true);
    });

    it('a readme is found in its folder', async () => {
      const reader = await opened();
      const commit = commitOf('main');
      expect(await reader.readReadme?.(ids, { commit, directory: 'docs' })).toEqual({
        file: 'README.md',
        text: '# Docs',
      });
      expect(await reader.readReadme?.(ids, { commit, directory: '' })).toMatchObject({ text: '# Lib' });
      expect(await reader.readReadme?.(ids, { commit, directory: 'src' })).toBeUndefined();
    });

    it('a commit is contained if a branch or tag leads to it', async () => {
      const reader = await opened();
      const commit = commitOf('v1.0.0');
      const contained = { is: 'contained', commit };
      expect(await reader.contains(ids, commit)).toEqual(contained);
      expect(await reader.contains(ids, commit.slice(0, 9))).toEqual(contained);
      const middle = commitOf('main~1');
      expect(await reader.contains(ids, middle)).toEqual({ is: 'contained', commit: middle });
      expect(await reader.contains(ids, '0'.repeat(40))).toEqual({ is: 'not-contained' });
    });
  });

  async function unzipped(zip: Uint8Array): Promise<Record<string, string>> {
    const at = await mkdtemp(join(services.folder, 'zip-'));
    await writeFile(join(at, 'a.zip'), zip);
    const names = execFileSync('unzip', ['-Z1', 'a.zip'], { cwd: at, encoding: 'utf8' }).trim().split('\n');
    const files = names.filter((name) => !name.endsWith('/'));
    return Object.fromEntries(
      files.map((name) => [
        name,
        execFileSync('unzip', ['-p', 'a.zip', name], { cwd: at, encoding: 'utf8' }),
      ]),
    );
  }

  it('what is known is not read again, and only new commits are asked for', async () => {
    const at = makeRepository(folder, 'growing.git', steps);
    gitIn(at, ['config', 'uploadpack.allowFilter', 'true']);
    const url = `${http.url}/open/growing.git`;
    const { manifests: known = new Map() } = await (await open(url)).readRefs(ids);
    const before = http.requests().length;
    const again = await (await open(url)).readRefs(ids, { known });
    expect(again.manifests).toEqual(known);
    // Capabilities and the list of refs.
    expect(http.requests().length - before).toBe(2);
    addTo(at, [{ refs: ['refs/heads/main', 'refs/tags/v2.0.0'], files: { 'composer.json': manifest() } }]);
    const { tags, manifests = new Map() } = await (await open(url)).readRefs(ids, { known });
    expect(tags.at(-1)).toMatchObject({ name: 'v2.0.0', manifest: manifest() });
    expect([...manifests.keys()].filter((commit) => !known.has(commit))).toEqual([commitOf('v2.0.0', at)]);
  });

  it('an empty repository has no refs', async () => {
    makeRepository(folder, 'empty.git', []);
    const read = await (await open(`${daemon.url}/empty.git`)).readRefs(ids);
    expect(read).toMatchObject({ tags: [], branches: [], unusable: [], defaultBranch: undefined });
    expect(await (await open(`${daemon.url}/empty.git`)).contains(ids, 'a'.repeat(40))).toEqual({
      is: 'not-contained',
    });
  });

  it('a repository with SHA-256 ids is read as well', async () => {
    const at = makeRepository(folder, 'long.git', steps, { format: 'sha256' });
    const reader = await open(`${daemon.url}/long.git`);
    const { tags } = await reader.readRefs(ids);
    const commit = commitOf('v1.0.0', at);
    expect(commit).toHaveLength(64);
    expect(tags.map((tag) => [tag.name, tag.commit, tag.manifest])).toEqual([
      ['v1.0.0', commit, manifest()],
      ['v1.0.1', commit, manifest()],
    ]);
    const zip = await buffer(await reader.readArchive(ids, commit, new AbortController().signal));
    expect(Object.keys(await unzipped(zip))).toContain(`long-${commit.slice(0, 12)}/composer.json`);
    expect(await reader.contains(ids, commit.slice(0, 12))).toEqual({ is: 'contained', commit });
  });

  it('a server that sends no commits by their ids is asked for the tag, or for everything', async () => {
    // Without the variable GIT_PROTOCOL a server speaks the oldest version.
    const url = `file://${folder}/lib.git`;
    const script = `#!/bin/sh\nunset GIT_PROTOCOL\nexec git-upload-pack "$@"\n`;
    const old = join(folder, 'old-upload-pack');
    await writeFile(old, script, { mode: 0o755 });
    const run: VcsServices['run'] = (how) =>
      runProgram({
        ...how,
        args: how.args.flatMap((arg) =>
          arg === 'fetch' || arg === 'ls-remote' ? [arg, `--upload-pack=${old}`] : [arg],
        ),
      });
    for (const commit of [commitOf('v1.0.1'), commitOf('main')]) {
      const reader = await open(url, none, { run });
      const zip = await buffer(await reader.readArchive(ids, commit, new AbortController().signal));
      expect(Object.keys(await unzipped(zip))).toContain(`lib-${commit.slice(0, 12)}/composer.json`);
    }
    const reader = await open(url, none, { run });
    expect((await reader.readRefs(ids)).tags).toHaveLength(2);
    await expect(reader.readArchive(ids, 'a'.repeat(40), new AbortController().signal)).rejects.toMatchObject(
      {
        code: 'not-found',
      },
    );
  });

  it('what is kept between readings makes the next cheaper, and what a dead reading left is not used', async () => {
    const { cacheFolder } = services;
    const url = `${http.url}/dumb/lib.git`;
    await (await open(url, none, { cacheFolder })).readRefs(ids);
    const before = http.requests().length;
    await (await open(url, none, { cacheFolder })).readRefs(ids);
    expect(http.requests().length - before).toBeLessThan(10);
    expect(await readdir(cacheFolder)).toEqual(['whole']);
  });

  describe('an address or credential that does not work is a clear error', () => {
    it.each<[string, () => string, VcsCredential | undefined, string, RegExp]>([
      ['no repository', () => `${daemon.url}/none.git`, none, 'not-found', /no repository at this address/],
      [
        'no repository',
        () => `${http.url}/open/none.git`,
        none,
        'not-found',
        /no repository at this address/,
      ],
      ['no credential', () => `${http.url}/basic/lib.git`, none, 'credential-rejected', /wants one/],
      [
        'a wrong password',
        () => `${http.url}/basic/lib.git`,
        { kind: 'basic', username: 'ann', password: new Secret('wrong-password') },
        'credential-rejected',
        /does not accept the credential/,
      ],
      ['a missing right', () => `${http.url}/token/lib.git`, none, 'insufficient-scope', /does not let it/],
      ['a redirect', () => `${http.url}/moved/lib.git`, none, 'unavailable', /redirects to another address/],
      [
        'a redirect to a private address',
        () => `${http.url}/private/lib.git`,
        none,
        'unavailable',
        /redirects/,
      ],
      ['a failing server', () => `${http.url}/failing/lib.git`, none, 'unavailable', /fails at the moment/],
      ['a limit', () => `${http.url}/busy/lib.git`, none, 'rate-limited', /fewer requests/],
      ['an unknown authority', () => `${http.tlsUrl}/open/lib.git`, none, 'unavailable', /certificate/],
      ['nobody there', () => 'http://127.0.0.1:1/lib.git', none, 'unavailable', /cannot be reached/],
      ['a program', () => 'ext::sh -c id', none, 'unexpected', /spaces/],
      ['a key for https', () => `${http.tlsUrl}/x.git`, undefined, 'unexpected', /does not take an SSH key/],
    ])('%s', async (_, url, credential, code, message) => {
      const failure = open(url(), credential ?? sshKey()).then((reader) => reader.readRefs(ids));
      await expect(failure).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    });

    it('protocols and folders that nobody allowed', async () => {
      const policy = { allowsPrivate: () => false, allowsHttp: () => false, allowsFile: false };
      const failureOf = (url: string, more = {}) =>
        open(url, none, { policy: { ...policy, ...more } }).then((reader) => reader.readRefs(ids));
      await expect(failureOf(`${http.url}/open/lib.git`)).rejects.toThrow(/not encrypted/);
      await expect(failureOf(`${daemon.url}/lib.git`)).rejects.toThrow(/not encrypted/);
      await expect(failureOf(`file://${folder}/lib.git`)).rejects.toThrow(/folders of this machine/);
      await expect(failureOf(`${http.tlsUrl}/open/lib.git`)).rejects.toThrow(/private network/);
      const allowsHttp = () => true;
      await expect(failureOf(`${http.url}/open/lib.git`, { allowsHttp })).rejects.toThrow(/private network/);
      await expect(failureOf(`${daemon.url}/lib.git`, { allowsHttp })).rejects.toThrow(/private network/);
    });
  });
});
