/** Repositories and servers that mean harm. Whatever they do, a read ends with an error, and nothing of theirs runs. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { Secret } from '../../shared/runtime/secret.ts';
import { openGit } from '../../shared/vcs/git/reader.ts';
import { runProgram } from '../../shared/vcs/run-program.ts';
import { defaultLimits, type VcsCredential, type VcsServices } from '../../shared/vcs/vcs.ts';
import { gitIn, makeRepository, manifest } from './git-repositories.ts';
import { areInstalled } from './servers/programs.ts';
import { createServices, type Services } from './services.ts';

const ids = { repository: 'any' as ForgeRepositoryId };
const none: VcsCredential = { kind: 'none' };
const mebibyte = 1024 ** 2;

describe.skipIf(!areInstalled('git'))('git and hostile repositories', { timeout: 60_000 }, () => {
  let folder: string;
  let services: Services;
  const started: Server[] = [];
  beforeAll(async () => {
    [folder, services] = [await mkdtemp(join(tmpdir(), 'git-hostile-')), await createServices()];
  });
  afterAll(async () => {
    for (const server of started) {
      server.closeAllConnections();
      server.close();
    }
    await Promise.all([services.close(), rm(folder, { recursive: true, force: true })]);
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    started.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }
  const limited = (limits: Partial<VcsServices['limits']>) => ({ limits: { ...defaultLimits, ...limits } });
  async function open(url: string, more: Partial<VcsServices> = {}, credential = none) {
    return openGit({ kind: 'git', url }, credential, await services.next(more));
  }
  const refsOf = async (...given: Parameters<typeof open>) => (await open(...given)).readRefs(ids);

  it('a list of refs without an end is stopped', async () => {
    const host = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
      response.write('001e# service=git-upload-pack\n0000');
      const line = (count: number) => {
        const text = `${'a'.repeat(40)} refs/heads/${String(count).padStart(12, '0')}${count === 0 ? '\0agent=x' : ''}\n`;
        return `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
      };
      let count = 0;
      const more = () => {
        while (!response.destroyed && response.write(line(count++)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const error = await refsOf(
      `http://${host}/x.git`,
      limited({ seconds: 2, memoryBytes: 200 * mebibyte }),
    ).catch((e) => e);
    expect(['incomplete', 'unavailable']).toContain(error.code);
  });

  it('a server that says nothing is stopped at the limit of time', async () => {
    const host = await serve(() => {});
    await expect(refsOf(`http://${host}/x.git`, limited({ seconds: 1 }))).rejects.toMatchObject({
      ...{ code: 'unavailable', message: 'the repository could not be read in 1 seconds' },
    });
  });

  it('more refs, output or bytes on the disk than allowed are an error that says so', async () => {
    const at = makeRepository(folder, 'large.git', [
      {
        refs: ['refs/heads/main', 'refs/tags/1.0', 'refs/tags/2.0'],
        files: { big: randomBytes(3 * mebibyte), 'composer.json': manifest() },
      },
    ]);
    const url = `file://${at}`;
    const incomplete = (message: RegExp) => ({ code: 'incomplete', message: expect.stringMatching(message) });
    await expect(refsOf(url, limited({ refs: 2 }))).rejects.toMatchObject(
      incomplete(/3 branches and tags; at most 2/),
    );
    await expect(refsOf(url, limited({ outputBytes: 50 }))).rejects.toMatchObject(
      incomplete(/larger than what is read/),
    );
    await expect(refsOf(url, limited({ diskBytes: mebibyte }))).rejects.toMatchObject(
      incomplete(/larger than 1 MiB/),
    );
    const archive = await (await open(url, limited({ archiveBytes: mebibyte }))).readArchive(
      ...([ids, gitIn(at, ['rev-parse', 'main']), new AbortController().signal] as const),
    );
    await expect(buffer(archive)).rejects.toMatchObject(incomplete(/its archive, is larger/));
  });

  it('no hook, filter or configuration of a repository runs, and no name of a ref is taken for an option', async () => {
    const ran = join(folder, 'ran');
    const names = ['--upload-pack=touch', `$(touch${'$'}{IFS}ran)`, ';id', '`id`'].map(
      (name) => `refs/heads/${name}`,
    );
    const at = makeRepository(folder, 'evil.git', [
      {
        refs: ['refs/heads/main', ...names],
        files: {
          'composer.json': manifest(),
          '.gitattributes': '* filter=evil diff=evil\n',
          '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% ${ran}\n`,
          x: { submodule: 'a'.repeat(40) },
        },
      },
    ]);
    const command = `touch ${ran}`;
    for (const [name, value] of [
      ...[
        ['core.fsmonitor', command],
        ['core.sshCommand', command],
        ['filter.evil.smudge', command],
      ],
      ...[
        ['filter.evil.clean', command],
        ['diff.evil.textconv', command],
        ['uploadpack.packObjectsHook', command],
      ],
      ...[
        ['core.alternateRefsCommand', command],
        ['tar.zip.command', command],
        ['core.pager', command],
      ],
    ] as const) {
      gitIn(at, ['config', name ?? '', value ?? '']);
    }
    mkdirSync(join(at, 'hooks'), { recursive: true });
    for (const hook of ['post-checkout', 'reference-transaction', 'pre-receive', 'post-upload-pack']) {
      writeFileSync(join(at, 'hooks', hook), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
    }
    const reader = await open(`file://${at}`);
    const { branches } = await reader.readRefs(ids);
    const commit = branches[0]?.commit ?? '';
    expect(branches).toHaveLength(names.length + 1);
    expect(branches.filter(({ leftOut }) => leftOut !== undefined).map(({ name }) => name)).toEqual([
      '--upload-pack=touch',
    ]);
    const zip = await buffer(await reader.readArchive(ids, commit, new AbortController().signal));
    expect(zip.length).toBeGreaterThan(100);
    expect(await reader.contains(ids, commit.slice(0, 10))).toMatchObject({ is: 'contained' });
    expect(existsSync(ran)).toBe(false);
  });

  it('links lead nowhere but into the repository, and to one file', async () => {
    const link = (name: string, to: string, more = {}) => ({
      refs: [`refs/heads/${name}`],
      files: {
        'composer.json': { link: to },
        a: { link: 'composer.json' },
        'd/real.json': manifest(),
        ...more,
      },
    });
    const at = makeRepository(folder, 'links.git', [
      ...[link('outside', '../../../etc/passwd'), link('absolute', '/etc/passwd'), link('loop', 'a')],
      ...[
        link('folder', 'd'),
        link('nothing', 'e/f'),
        link('through', 'd/../d/real.json'),
        link('dot', '.git/config'),
      ],
      { refs: ['refs/heads/large'], files: { 'composer.json': ' '.repeat(2 * mebibyte) } },
      { refs: ['refs/heads/tree'], files: { 'composer.json/x': 'y' } },
      { refs: ['refs/heads/module'], files: { 'composer.json': { submodule: 'a'.repeat(40) } } },
    ]);
    const { branches } = await refsOf(`file://${at}`);
    expect(
      Object.fromEntries(branches.map((ref) => [ref.name, ref.manifestProblem ?? ref.manifest])),
    ).toEqual({
      ...{
        absolute: 'link-to-outside',
        dot: 'link-to-nothing',
        folder: 'link-to-folder',
        large: 'too-large',
      },
      ...{
        loop: 'link-to-link',
        module: 'submodule',
        nothing: 'link-to-nothing',
        outside: 'link-to-outside',
      },
      ...{ through: manifest(), tree: 'folder' },
    });
  });

  it('alternates of a repository that is served as files lead to no other address', async () => {
    const asked: string[] = [];
    const elsewhere = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(404).end();
    });
    const files: Record<string, string> = {
      '/x.git/info/refs': `${'a'.repeat(40)}\trefs/heads/main\n`,
      '/x.git/HEAD': 'ref: refs/heads/main\n',
      '/x.git/objects/info/http-alternates': `http://${elsewhere}/other.git/objects/\n`,
      '/x.git/objects/info/alternates': `/etc\n`,
    };
    const host = await serve((request, response) => {
      const file = files[request.url?.replace(/\?.*/, '') ?? ''];
      if (file === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'text/plain' }).end(file);
    });
    await expect(refsOf(`http://${host}/x.git`)).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  it('git connects to the address that was checked, whatever the name leads to afterwards', async () => {
    const hosts: (string | undefined)[] = [];
    const host = await serve((request, response) => {
      hosts.push(request.headers.host);
      response.writeHead(503).end();
    });
    const port = host.split(':')[1];
    const addresses = [['127.0.0.1'], ['169.254.169.254']];
    const policy = { allowsPrivate: () => true, allowsHttp: () => true, allowsFile: false };
    const lookUp = async () => addresses.shift() ?? [];
    const reader = await open(`http://code.example:${port}/x.git`, { policy: { ...policy, lookUp } });
    await expect(reader.readRefs(ids)).rejects.toThrow(/fails at the moment/);
    await expect(reader.readRefs(ids)).rejects.toThrow(/fails at the moment/);
    expect([...new Set(hosts)]).toEqual([`code.example:${port}`]);
  });

  it('a credential is in no argument, environment or error, and in files for us alone', async () => {
    const asked: (string | undefined)[] = [];
    const host = await serve((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`no: ${request.headers.authorization}`);
    });
    const password = 'correct horse "battery" \\ staple';
    const pair = Buffer.from(`ann:${password}`).toString('base64');
    const runs: string[] = [];
    const run: VcsServices['run'] = (how) => {
      runs.push(JSON.stringify({ ...how, environment: how.environment }));
      return runProgram(how);
    };
    const given = await services.next({ run });
    const credential = { kind: 'basic', username: 'ann', password: new Secret(password) } as const;
    const reader = await openGit({ kind: 'git', url: `http://${host}/x.git` }, credential, given);
    const error = await reader.readRefs(ids).catch((reason: unknown) => reason);
    expect(asked).toContain(`Basic ${pair}`);
    const said = [...runs, String(error), JSON.stringify(error), String((error as Error).cause)].join('\n');
    for (const secret of ['battery', 'staple', pair]) expect(said).not.toContain(secret);
    const files = await readdir(join(given.workFolder, 'git'));
    expect(files).toContain('remote.config');
    expect(statSync(join(given.workFolder, 'git/remote.config')).mode & 0o777).toBe(0o600);
  });
});
