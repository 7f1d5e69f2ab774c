/** Repositories and servers of Mercurial that mean harm, a test for each danger. */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMercurial } from '../../shared/vcs/mercurial/reader.ts';
import type { VcsReader, VcsServices } from '../../shared/vcs/vcs.ts';
import { createHgRepository, type HgRepository, manifest } from './mercurial-repository.ts';
import { type HttpServer, serveHttp } from './servers/http.ts';
import { areInstalled } from './servers/programs.ts';
import { createServices, type Services } from './services.ts';
import { any, archiveOf, never, unpacked } from './unpacked.ts';

describe.skipIf(!areInstalled('hg', 'unzip'))(
  'a server or a repository of Mercurial that means harm',
  { timeout: 300_000 },
  () => {
    let services: Services;
    let plain: HgRepository;
    beforeAll(async () => {
      services = await createServices();
      plain = createHgRepository(join(services.folder, 'plain'));
      plain.write('composer.json', manifest());
      await plain.commit('one');
    }, 300_000);

    let hostile: HttpServer | undefined;
    afterAll(async () => {
      plain?.close();
      await hostile?.stop();
      await services.close();
    });

    const open = async (at: string, more: Partial<VcsServices> = {}): Promise<VcsReader> =>
      openMercurial({ kind: 'hg', url: at }, { kind: 'none' }, await services.next(more));

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

    it('cannot have a part of what it sends by ssh fetched from another server', async () => {
      const paths: (string | undefined)[] = [];
      const inner = await serveHttp(({ url }, response) => {
        paths.push(url);
        response.end();
      });
      const extension = join(services.folder, 'elsewhere.py');
      writeFileSync(extension, bundleElsewhere(`http://127.0.0.1:${inner.port}/secret`));
      const hgrc = join(services.folder, 'elsewhere.hgrc');
      writeFileSync(hgrc, `[extensions]\nelsewhere = ${extension}\n`);
      const ssh = join(services.folder, 'ssh');
      const server = `HGRCPATH=${hgrc} exec hg -R ${plain.folder} serve --stdio`;
      writeFileSync(ssh, `#!/bin/sh\n${server}\n`, { mode: 0o700 });
      const programs = { ...(await services.next()).programs, ssh };
      try {
        const reader = await open('ssh://localhost/repo', { programs });
        await expect(reader.readRefs(any)).rejects.toMatchObject({ name: 'ForgeError' });
        expect(paths).toEqual([]);
      } finally {
        await inner.stop();
      }
    });

    it('is not reached in a private network unless that is allowed, nor without encryption, nor as a folder', async () => {
      const policy = { allowsPrivate: () => false, allowsHttp: () => true, allowsFile: false };
      await expect((await open('http://127.0.0.1:1/', { policy })).readRefs(any)).rejects.toThrow(
        /private network/,
      );
      const rebound = { ...policy, lookUp: async () => ['93.184.216.34', '127.0.0.1'] };
      const named = await open('http://hg.example/repo', { policy: rebound });
      await expect(named.readRefs(any)).rejects.toThrow(/private network/);
      await expect(open(`file://${plain.folder}`, { policy })).rejects.toThrow(/folder of the machine/);
      await expect(
        open('http://127.0.0.1:1/', { policy: { ...policy, allowsHttp: () => false } }),
      ).rejects.toThrow(/not encrypted/);
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
        seconds: 2,
        diskBytes: 2 ** 26,
        memoryBytes: 2 ** 30,
        outputBytes: 2 ** 26,
        archiveBytes: 2 ** 26,
        refs: 10,
      };
      const error = await (await open(at, { limits })).readRefs(any).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        name: 'ForgeError',
        message: expect.stringMatching(/longer than it may|memory|disk/),
      });
    });

    it('cannot fill the disk, nor bring more refs than are read', async () => {
      const large = createHgRepository(join(services.folder, 'large'));
      large.write('composer.json', manifest());
      large.write('noise', randomBytesOf(2_000_000));
      const commit = await large.commit('noise');
      await large.hg('tag', '1.0');
      await large.hg('tag', '1.1');
      const at = `file://${large.folder}`;
      const base = (await services.next()).limits;
      const small = await open(at, { limits: { ...base, diskBytes: 1_000_000 } });
      await expect(small.readArchive(any, commit, never)).rejects.toThrow(/space on the disk/);
      const few = await open(at, { limits: { ...base, refs: 2 } });
      await expect(few.readRefs(any)).rejects.toThrow(/3 tags and branches, more than 2/);
      const slow = await open(at, { limits: { ...base, memoryBytes: 30_000_000 } });
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
      const within = `sub = [git]ext::sh -c touch% ${marker}\nlib = http://127.0.0.1:1/\n`;
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
      const reader = await open(`file://${trap.folder}`, { cacheFolder: join(services.folder, 'kept') });
      const read = await reader.readRefs(any);
      expect(read.branches.map(({ manifest: text }) => text)).toEqual([manifest()]);
      const { files } = unpacked(await archiveOf(reader, commit));
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
      const { files } = unpacked(await archiveOf(reader, commit));
      expect(files).toEqual([
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
      await expect((await open(`file://${plain.folder}`, { programs })).readRefs(any)).rejects.toThrow(
        /not installed/,
      );
    });
  },
);

/** An extension of a server, whose answer to a pull names an address that the rest is at. */
const bundleElsewhere = (url: string): string => `
from mercurial import bundle2, exchange, extensions
def elsewhere(orig, repo, source, *args, **options):
    bundler = bundle2.bundle20(repo.ui, {b'HG20': ()})
    part = bundler.newpart(b'remote-changegroup')
    part.addparam(b'url', b'${url}')
    part.addparam(b'size', b'1')
    part.addparam(b'digests', b'')
    return {}, bundler.getchunks()
def extsetup(ui):
    extensions.wrapfunction(exchange, 'getbundlechunks', elsewhere)
`;

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
