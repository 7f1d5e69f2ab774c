/** A package in a repository of each version control system, behind a real server. */
import { appendFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addTo, makeRepository } from '../git-repositories.ts';
import { createHgRepository } from '../mercurial-repository.ts';
import { createSvnRepository } from '../subversion-repository.ts';
import { serveMercurial } from './mercurial.ts';
import { startSshd } from './sshd.ts';
import { login, serveSubversion, wantLogin } from './subversion.ts';

export interface OneOfEach {
  /** As the API takes them, without who may install. */
  readonly repositories: {
    readonly folder: { readonly url: string; readonly kind: 'git'; readonly credential: unknown };
    readonly git: { readonly url: string; readonly kind: 'git'; readonly credential: unknown };
    readonly hg: { readonly url: string; readonly kind: 'hg'; readonly credential: unknown };
    readonly svn: { readonly url: string; readonly kind: 'svn'; readonly credential: unknown };
  };
  /** Lets the owner of the key in by SSH, where Git is. */
  letIn(publicKey: string): void;
  /** Of the SSH server, as OpenSSH prints it. */
  readonly fingerprint: string;
  /** Tags another version in the repository of Git. */
  pushTag(name: string): void;
  close(): Promise<void>;
}

const manifestOf = (name: string): string => JSON.stringify({ name, description: `From ${name}` });

/** Tags 1.0.0 of `<vendor>/in-folder`, `of-git`, `of-hg` and `of-svn`: the first one a folder, Git by SSH, Mercurial by HTTP, Subversion by its own protocol with a password. */
export async function serveOneOfEach(vendor: string): Promise<OneOfEach> {
  const folder = await mkdtemp(join(tmpdir(), 'one-of-each-'));
  const git = makeRepository(folder, 'of-git.git', [
    {
      refs: ['refs/heads/main', 'refs/tags/1.0.0'],
      files: { 'composer.json': manifestOf(`${vendor}/of-git`) },
    },
  ]);
  const inFolder = makeRepository(folder, 'in-folder.git', [
    {
      refs: ['refs/heads/main', 'refs/tags/1.0.0'],
      files: { 'composer.json': manifestOf(`${vendor}/in-folder`) },
    },
  ]);
  const hg = createHgRepository(join(folder, 'of-hg'));
  hg.write('composer.json', manifestOf(`${vendor}/of-hg`));
  await hg.commit('one');
  await hg.hg('tag', '1.0.0');
  const svn = createSvnRepository(join(folder, 'svn', 'of-svn'));
  svn.write('trunk/composer.json', manifestOf(`${vendor}/of-svn`));
  svn.commit();
  svn.branch('trunk', 'tags/1.0.0');
  wantLogin(svn.folder);
  const [sshd, hgServer, svnServer] = await Promise.all([
    startSshd(),
    serveMercurial(hg.folder),
    serveSubversion(join(folder, 'svn')),
  ]);
  return {
    repositories: {
      folder: { url: `file://${inFolder}`, kind: 'git', credential: { kind: 'none' } },
      git: {
        ...{ url: `ssh://${sshd.user}@127.0.0.1:${sshd.port}${git}`, kind: 'git' },
        credential: { kind: 'ssh-key' },
      },
      hg: { url: `http://127.0.0.1:${hgServer.port}`, kind: 'hg', credential: { kind: 'none' } },
      svn: {
        ...{ url: `svn://127.0.0.1:${svnServer.port}/of-svn`, kind: 'svn' },
        credential: { kind: 'basic', ...login },
      },
    },
    letIn: (publicKey) => appendFileSync(sshd.authorizedKeys, `${publicKey}\n`),
    fingerprint: sshd.fingerprint,
    pushTag: (name) =>
      addTo(git, [{ refs: ['refs/heads/main', `refs/tags/${name}`], files: { [name]: 'new' } }]),
    async close() {
      hg.close();
      await Promise.all([sshd.close(), hgServer.stop(), svnServer.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
