/** The ssh that version control programs start, against a real sshd. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../shared/runtime/secret.ts';
import { outputOf, ProgramError } from '../../shared/vcs/run-program.ts';
import { prepareSsh, type Ssh } from '../../shared/vcs/ssh.ts';
import type { VcsCredential, VcsServices } from '../../shared/vcs/vcs.ts';
import { areInstalled } from './servers/programs.ts';
import { makeKey, type SshServer, startSshd } from './servers/sshd.ts';
import { createServices, type Services } from './services.ts';

describe.skipIf(!areInstalled('ssh', 'sshd'))('ssh', { timeout: 60_000 }, () => {
  let sshd: SshServer;
  let services: Services;
  beforeAll(async () => {
    [sshd, services] = await Promise.all([startSshd(), createServices()]);
  });
  afterAll(() => Promise.all([sshd.close(), services.close()]));

  const lookUp = async () => ['127.0.0.1'];
  const allowed = { allowsPrivate: () => true, allowsHttp: () => false, allowsFile: false, lookUp };
  const key = (privateKey = sshd.privateKey): VcsCredential => ({
    kind: 'ssh-key',
    privateKey: new Secret(privateKey),
  });

  async function prepared(
    pinned: readonly string[],
    credential = key(),
  ): Promise<{ ssh: Ssh; run: () => Promise<string>; given: VcsServices }> {
    const given = await services.next({ policy: allowed, hostKeys: { pinned } });
    const server = { host: 'code.example', port: sshd.port, user: sshd.user };
    const ssh = await prepareSsh(server, credential, given);
    const run = async () => {
      const { workFolder, programs, limits } = given;
      const how = { path: programs.path, folder: workFolder, home: workFolder, limits, folders: [] };
      const program = { program: ssh.program, args: [ssh.host, 'echo', 'arrived'] };
      return String(await outputOf(given.run, { ...how, ...program }));
    };
    return { ssh, run, given };
  }

  async function failureOf({ ssh, run }: Awaited<ReturnType<typeof prepared>>) {
    const error = await run().catch((reason: unknown) => reason);
    return ssh.failureOf(error instanceof ProgramError ? error.stderr : String(error));
  }

  it('connects by the name, to the address that was checked, and shows the key that it took', async () => {
    const { ssh, run } = await prepared([]);
    expect(await ssh.seenHostKey()).toBeUndefined();
    expect(await run()).toBe('arrived\n');
    const seen = await ssh.seenHostKey();
    expect(seen).toEqual({
      line: expect.stringMatching(/^ssh-ed25519 \S+$/),
      fingerprint: sshd.fingerprint,
    });
    const again = await prepared([seen?.line ?? '']);
    expect(await again.run()).toBe('arrived\n');
  });

  it.each(['ed25519', 'rsa'] as const)('refuses a changed key (%s), and shows both', async (type) => {
    const first = await prepared([]);
    await first.run();
    const { line = '', fingerprint: before } = (await first.ssh.seenHostKey()) ?? {};
    await sshd.changeHostKey(type);
    const changed = await prepared([line]);
    expect(await failureOf(changed)).toMatchObject({
      code: 'credential-rejected',
      message: expect.stringContaining(`${before} is expected, and not ${sshd.fingerprint}.`),
    });
    expect(await changed.ssh.seenHostKey()).toMatchObject({ fingerprint: sshd.fingerprint });
    await sshd.changeHostKey();
  });

  it('says when the key is not accepted, and when it cannot be read', async () => {
    const stranger = await readFile(makeKey(services.folder, 'stranger'), 'utf8');
    const rejected = (message: RegExp) => ({
      code: 'credential-rejected',
      message: expect.stringMatching(message),
    });
    expect(await failureOf(await prepared([], key(stranger)))).toMatchObject(
      rejected(/does not accept the SSH key/),
    );
    const locked = await readFile(makeKey(services.folder, 'locked', 'ed25519', 'passphrase'), 'utf8');
    await expect(prepared([], key(locked))).rejects.toMatchObject(rejected(/has a passphrase/));
    await expect(prepared([], key('no key'))).rejects.toMatchObject(rejected(/is no key/));
    const damaged = sshd.privateKey.replace(/(?<=-----\n.*\n).*\n/, '');
    expect(await failureOf(await prepared([], key(damaged)))).toMatchObject(rejected(/cannot be read/));
    expect(await failureOf(await prepared([], { kind: 'none' }))).toMatchObject(rejected(/does not accept/));
  });

  it('does not connect to a private address that nobody allowed', async () => {
    const given = await services.next({ policy: { ...allowed, allowsPrivate: () => false } });
    const server = { host: 'code.example', port: sshd.port, user: sshd.user };
    await expect(prepareSsh(server, key(), given)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes keys alone, and a user name that is one', async () => {
    const given = await services.next({ policy: allowed });
    const server = { host: 'code.example', port: sshd.port, user: '-oProxyCommand=id' };
    const rejected = { code: 'credential-rejected' };
    await expect(prepareSsh(server, key(), given)).rejects.toMatchObject(rejected);
    const basic = { kind: 'basic', username: 'ann', password: new Secret('secret') } as const;
    await expect(prepareSsh({ ...server, user: 'git' }, basic, given)).rejects.toMatchObject(rejected);
  });
});
