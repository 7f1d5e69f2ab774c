/** A real sshd with a host key of its own, which lets the current user in by keys. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer } from './programs.ts';

export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** A private key that the server accepts. */
  readonly privateKey: string;
  /** The file with the keys of those who are let in. */
  readonly authorizedKeys: string;
  /** As `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** Starts it again at the same port with a new host key. */
  changeHostKey(type?: 'ed25519' | 'rsa'): Promise<void>;
  close(): Promise<void>;
}

/** A new key pair. @returns the path of the private key */
export function makeKey(folder: string, name: string, type = 'ed25519', passphrase = ''): string {
  const file = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', file]);
  return file;
}

export async function startSshd(): Promise<SshServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sshd-'));
  const port = await freePort();
  const key = makeKey(folder, 'client');
  writeFileSync(join(folder, 'authorized_keys'), readFileSync(`${key}.pub`));
  const isRoot = userInfo().uid === 0;
  // Where sshd wants it when root starts it; Debian's service makes it.
  if (isRoot) mkdirSync('/run/sshd', { recursive: true });
  let hostKey = makeKey(folder, 'host-1');
  const start = () => {
    const config = join(folder, 'sshd_config');
    const lines = [
      ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${hostKey}`, 'PidFile none'],
      ...[`AuthorizedKeysFile ${join(folder, 'authorized_keys')}`, 'PasswordAuthentication no'],
      ...['KbdInteractiveAuthentication no', 'PermitRootLogin prohibit-password', 'StrictModes no'],
      // So that root may have a locked password.
      ...[`UsePAM ${isRoot ? 'yes' : 'no'}`, 'LogLevel ERROR', 'AcceptEnv GIT_PROTOCOL'],
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    return startServer('sshd', ['-D', '-e', '-f', config], { port });
  };
  let running = await start();
  let made = 1;
  return {
    ...{ port, user: userInfo().username, privateKey: readFileSync(key, 'utf8') },
    authorizedKeys: join(folder, 'authorized_keys'),
    get fingerprint() {
      return (
        execFileSync('ssh-keygen', ['-l', '-f', `${hostKey}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? ''
      );
    },
    async changeHostKey(type = 'ed25519') {
      await running.stop();
      made += 1;
      hostKey = makeKey(folder, `host-${made}`, type);
      running = await start();
    },
    async close() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
