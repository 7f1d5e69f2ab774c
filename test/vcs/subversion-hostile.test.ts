/** Repositories and servers of Subversion that mean harm, a test for each danger. */
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubversion } from '../../shared/vcs/subversion/reader.ts';
import type { VcsReader, VcsServices } from '../../shared/vcs/vcs.ts';
import { serveHttp } from './servers/http.ts';
import { areInstalled, freePort } from './servers/programs.ts';
import { createServices, type Services } from './services.ts';
import { createSvnRepository, type SvnRepository } from './subversion-repository.ts';
import { any, archiveOf, unpacked } from './unpacked.ts';

const manifest = JSON.stringify({ name: 'acme/lib' });

describe.skipIf(!areInstalled('svn', 'unzip'))(
  'a server or a repository of Subversion that means harm',
  { timeout: 300_000 },
  () => {
    let services: Services;
    let repository: SvnRepository;
    beforeAll(async () => {
      services = await createServices();
      repository = createSvnRepository(join(services.folder, 'hostile'));
      repository.write('trunk/composer.json', manifest);
      repository.write('trunk/-rf', 'a file');
      repository.write('trunk/large', Buffer.alloc(6_000_000, 'x'));
      repository.commit();
      repository.branch('trunk', 'tags/1.0');
    }, 300_000);
    afterAll(() => services.close());

    const open = async (url: string, more: Partial<VcsServices> = {}): Promise<VcsReader> =>
      openSubversion({ kind: 'svn', url }, { kind: 'none' }, await services.next(more));
    const limits = async (more: Partial<VcsServices['limits']>) => ({
      ...(await services.next()).limits,
      ...more,
    });

    it('is not followed to another server or protocol', async () => {
      let visits = 0;
      const inner = createServer(() => {
        visits += 1;
      });
      const port = await freePort();
      await new Promise<void>((resolve) => inner.listen(port, '127.0.0.1', resolve));
      for (const to of [
        `svn://127.0.0.1:${port}/x`,
        `http://127.0.0.1:${port}/x`,
        `svn+ssh://127.0.0.1:${port}/x`,
      ]) {
        const outer = await serveHttp((_, response) => response.writeHead(301, { Location: to }).end());
        try {
          const read = (await open(`http://127.0.0.1:${outer.port}/repo`)).readRefs(any);
          await expect(read).rejects.toThrow(/redirects to/);
        } finally {
          await outer.stop();
        }
      }
      expect(visits).toBe(0);
      await closed(inner);
    });

    it('is not reached in a private network unless that is allowed, nor without encryption, nor as a folder', async () => {
      const policy = { allowsPrivate: () => false, allowsHttp: () => true, allowsFile: false };
      const rebound = { ...policy, lookUp: async () => ['93.184.216.34', '10.0.0.1'] };
      await expect(open('svn://svn.example/repo', { policy: rebound })).rejects.toThrow(/private network/);
      await expect((await open('http://127.0.0.1:1/repo', { policy })).readRefs(any)).rejects.toThrow(
        /private network/,
      );
      await expect(open(`file://${repository.folder}`, { policy })).rejects.toThrow(/folder of the machine/);
      const strict = { ...policy, allowsHttp: () => false };
      await expect(open('svn://svn.example/repo', { policy: strict })).rejects.toThrow(/not encrypted/);
      for (const url of [
        'svn+nc://h.example/x',
        'ssh://h.example/x',
        'svn://-oProxy=x/y',
        'svn://u:p@h.example/x',
      ]) {
        await expect(open(url)).rejects.toMatchObject({ name: 'ForgeError' });
      }
    });

    it('cannot send without end, nor keep silent', async () => {
      const chunk = Buffer.alloc(64 * 1024, '(');
      const endless = createServer((socket) => {
        socket.on('error', () => {});
        const more = (): void => {
          while (!socket.destroyed && socket.write(chunk));
          if (!socket.destroyed) socket.once('drain', more);
        };
        more();
      });
      const silent = createServer((socket) => void socket.on('error', () => {}));
      for (const server of [endless, silent]) {
        const port = await freePort();
        await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
        const reader = await open(`svn://127.0.0.1:${port}/repo`, {
          limits: await limits({ seconds: 2, memoryBytes: 2 ** 29 }),
        });
        await expect(reader.readRefs(any)).rejects.toMatchObject({ name: 'ForgeError' });
        await closed(server);
      }
    });

    it('cannot fill the disk, nor bring more refs than are read', async () => {
      const url = `file://${repository.folder}`;
      const small = await open(url, { limits: await limits({ diskBytes: 3_000_000 }) });
      await expect(archiveOf(small, '/trunk/@2')).rejects.toThrow(/space on the disk/);
      const few = await open(url, { limits: await limits({ refs: 1 }) });
      await expect(few.readRefs(any)).rejects.toThrow(/2 tags and branches, more than 1/);
    });

    it('runs nothing of its own, and brings nothing of others', async () => {
      const marker = join(services.folder, 'ran');
      for (const hook of ['start-commit', 'pre-lock', 'post-commit']) {
        writeFileSync(join(repository.folder, 'hooks', hook), `#!/bin/sh\ntouch ${marker}\n`, {
          mode: 0o755,
        });
      }
      const other = createSvnRepository(join(services.folder, 'other'));
      other.write('trunk/secret.txt', 'secret');
      other.commit();
      repository.svn('propset', '--quiet', 'svn:externals', `file://${other.folder}/trunk within`, 'trunk');
      repository.svn('propset', '--quiet', 'svn:keywords', 'URL', 'trunk/-rf');
      writeFileSync(join(repository.folder, 'hooks', 'start-commit'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
      writeFileSync(join(repository.folder, 'hooks', 'post-commit'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
      repository.commit();
      const reader = await open(`file://${repository.folder}`);
      const [trunk] = (await reader.readRefs(any)).branches;
      const { files } = unpacked(await archiveOf(reader, trunk?.commit ?? ''));
      expect(files).toEqual(['TOP/-rf -rw-r--r--', 'TOP/composer.json -rw-r--r--', 'TOP/large -rw-r--r--']);
      expect(readdirSync(services.folder)).not.toContain('ran');
    });

    it('that is none is told apart from one that is away or needs another program', async () => {
      await expect((await open(`file://${services.folder}/nothing`)).readRefs(any)).rejects.toMatchObject({
        code: 'not-found',
      });
      await expect((await open('svn://127.0.0.1:1/repo')).readRefs(any)).rejects.toMatchObject({
        code: 'unavailable',
      });
      const programs = { ...(await services.next()).programs, svn: 'svn-that-is-not-here' };
      const reader = await open(`file://${repository.folder}`, { programs });
      await expect(reader.readRefs(any)).rejects.toThrow(/not installed/);
    });
  },
);

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => void server.close(() => resolve()));
