/** The `ssh` that version control programs start: with a configuration of ours alone, the key, and the host keys that were pinned. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError } from '../forge/errors.ts';
import { checkedAddresses } from './hosts.ts';
import { outputOf } from './run-program.ts';
import type { SeenHostKey, VcsCredential, VcsServices } from './vcs.ts';

export interface SshServer {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
}

export interface Ssh {
  /** The path of a program that takes the arguments of `ssh`; there is nothing in it that a shell would have to escape. */
  readonly program: string;
  /** What to call the server in arguments and URLs. */
  readonly host: string;
  /** The key that the server has shown, or is known by; undefined before a first connection to one that is not known. */
  seenHostKey(): Promise<SeenHostKey | undefined>;
  /**
   * Why ssh did not get to the repository.
   *
   * @param stderr what the version control program, and so ssh, printed
   * @returns undefined when it did, and something else went wrong
   */
  failureOf(stderr: string): Promise<ForgeError | undefined>;
}

/** Of a connection; seconds. */
const connectSeconds = 20;

/**
 * Writes what ssh needs into the work folder.
 *
 * @throws ForgeError when the host may not be connected to, or the credential is none for ssh
 */
export async function prepareSsh(
  server: SshServer,
  credential: VcsCredential,
  services: VcsServices,
): Promise<Ssh> {
  const { workFolder, programs, hostKeys } = services;
  if (credential.kind !== 'ssh-key' && credential.kind !== 'none') {
    throw new ForgeError('credential-rejected', `ssh takes a key; this repository has another credential`);
  }
  if (!/^[\w./-]+$/.test(workFolder)) {
    throw new RangeError('the path of the work folder has characters that would have to be escaped');
  }
  const [address] = await checkedAddresses(server.host, services.policy);
  const folder = join(workFolder, 'ssh');
  await mkdir(folder, { mode: 0o700, recursive: true });
  const files = {
    ...{ program: join(folder, 'ssh'), config: join(folder, 'config') },
    ...{ key: join(folder, 'key'), knownHosts: join(folder, 'known_hosts'), probed: join(folder, 'probed') },
  };
  const pinned = hostKeys.pinned.map(pinnedLine);
  await Promise.all([
    writeFile(files.knownHosts, pinned.map((line) => `${server.host} ${line}\n`).join('')),
    writeFile(files.config, configOf({ server, address, credential, files, isPinned: pinned.length > 0 })),
    writeFile(files.program, `#!/bin/sh\nexec ${programs.ssh} -F ${files.config} "$@"\n`, { mode: 0o700 }),
    ...(credential.kind === 'ssh-key'
      ? [writeFile(files.key, keyText(credential.privateKey.reveal()), { mode: 0o600 })]
      : []),
  ]);
  // The key that was refused, if there is one: an owner may accept it.
  const seenHostKey = async () => (await keysIn(files.probed))[0] ?? (await keysIn(files.knownHosts))[0];
  return {
    program: files.program,
    host: server.host,
    seenHostKey,
    failureOf: async (stderr) =>
      isKeyUnknown.test(stderr)
        ? changedKey(server, pinned, await probe(server, files, services))
        : failureOf(server, stderr),
  };
}

/** https://man.openbsd.org/ssh_config */
function configOf(setting: {
  readonly server: SshServer;
  readonly address: string;
  readonly credential: VcsCredential;
  readonly files: { readonly key: string; readonly knownHosts: string };
  readonly isPinned: boolean;
}): string {
  const { server, address, credential, files, isPinned } = setting;
  const given = credential.kind === 'ssh-key' ? credential.user : undefined;
  const user = given ?? server.user;
  return [
    'Host *',
    `HostName ${address}`,
    `HostKeyAlias ${server.host}`,
    ...(server.port === undefined ? [] : [`Port ${server.port}`]),
    ...(user === undefined ? [] : [`User ${asWord(user)}`]),
    `IdentityFile ${credential.kind === 'ssh-key' ? files.key : 'none'}`,
    ...['IdentitiesOnly yes', 'IdentityAgent none', 'PreferredAuthentications publickey'],
    `UserKnownHostsFile ${files.knownHosts}`,
    'GlobalKnownHostsFile none',
    `StrictHostKeyChecking ${isPinned ? 'yes' : 'accept-new'}`,
    ...['UpdateHostKeys no', 'HashKnownHosts no', 'CheckHostIP no', 'VerifyHostKeyDNS no'],
    ...['BatchMode yes', 'ForwardAgent no', 'ForwardX11 no', 'ClearAllForwardings yes'],
    ...['ControlMaster no', 'ControlPath none', 'PermitLocalCommand no', 'ProxyCommand none'],
    ...[`ConnectTimeout ${connectSeconds}`, 'ServerAliveInterval 15', 'ServerAliveCountMax 4'],
    'LogLevel ERROR',
    '',
  ].join('\n');
}

function asWord(user: string): string {
  if (!/^[\w.@+-]+$/.test(user) || user.startsWith('-')) {
    throw new ForgeError('credential-rejected', `${JSON.stringify(user)} is no user name for ssh`);
  }
  return user;
}

/**
 * A private key as OpenSSH reads it: lines end with LF, and the last one ends.
 *
 * @throws ForgeError when it is none, or needs a passphrase: of that ssh itself says nothing
 */
function keyText(key: string): string {
  const text = `${key.replaceAll('\r\n', '\n').trim()}\n`;
  const [, type, body = ''] =
    /^-----BEGIN ([A-Z ]*)PRIVATE KEY-----\n([\s\S]*)\n-----END \1PRIVATE KEY-----\n$/.exec(text) ?? [];
  if (type === undefined) {
    throw new ForgeError(
      'credential-rejected',
      'the private SSH key is no key in the format of OpenSSH or PEM',
    );
  }
  // https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key: a name, and the cipher with its length before it
  const start = Buffer.from(body, 'base64').subarray(0, 64).toString('latin1');
  const cipher = start.startsWith('openssh-key-v1\0') ? start.slice(19, 23) : 'none';
  if (cipher !== 'none' || /ENCRYPTED/.test(text)) {
    throw new ForgeError(
      'credential-rejected',
      'the private SSH key has a passphrase; it has to be stored without',
    );
  }
  return text;
}

const keyLine = /^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}$/;

function pinnedLine(line: string): string {
  if (!keyLine.test(line)) {
    throw new RangeError('a pinned host key is no line of known_hosts without its host');
  }
  return line;
}

/** As `ssh-keygen -l` prints it. */
const fingerprintOf = (line: string): string =>
  `SHA256:${createHash('sha256')
    .update(Buffer.from(line.split(' ')[1] ?? '', 'base64'))
    .digest('base64')
    .replace(/=+$/, '')}`;

/** The keys in a file of ours, which has one host. */
async function keysIn(file: string): Promise<SeenHostKey[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((row) => row.split(' ').slice(1, 3).join(' '))
    .filter((line) => keyLine.test(line))
    .map((line) => ({ line, fingerprint: fingerprintOf(line) }));
}

const isKeyUnknown = /host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i;

/** The key that the server shows now. Ends before any credential is sent. */
async function probe(
  { host }: SshServer,
  { program, probed }: { readonly program: string; readonly probed: string },
  { run, workFolder, programs, limits }: VcsServices,
): Promise<SeenHostKey | undefined> {
  const options = [
    `UserKnownHostsFile=${probed}`,
    ...['StrictHostKeyChecking=accept-new', 'PreferredAuthentications=none', 'IdentityFile=none'],
  ].flatMap((option) => ['-o', option]);
  await outputOf(run, {
    ...{
      program,
      args: [...options, host, 'exit'],
      path: programs.path,
      folder: workFolder,
      home: workFolder,
    },
    ...{ limits: { ...limits, seconds: connectSeconds }, folders: [] },
  }).catch(() => undefined);
  return (await keysIn(probed))[0];
}

function changedKey(
  { host }: SshServer,
  pinned: readonly string[],
  seen: SeenHostKey | undefined,
): ForgeError {
  const known = pinned.map(fingerprintOf).join(', ');
  const now = seen === undefined ? '' : `, and not ${seen.fingerprint}`;
  return new ForgeError(
    'credential-rejected',
    `the server ${host} does not have the host key that it is known by: ${known} is expected${now}. An owner can accept the new one, if the server's operator confirms it`,
  );
}

const failures: readonly (readonly [RegExp, ForgeError['code'], (host: string) => string])[] = [
  [
    /error in libcrypto|invalid format/i,
    'credential-rejected',
    () => 'the private SSH key cannot be read: it is damaged, or of a kind that this ssh does not know',
  ],
  [
    /permission denied|too many authentication failures/i,
    'credential-rejected',
    (host) => `the server ${host} does not accept the SSH key; its public part has to be registered there`,
  ],
  [
    /connection refused|timed out|no route to host|network is unreachable|could not resolve/i,
    'unavailable',
    (host) => `the server ${host} cannot be reached by ssh`,
  ],
  [
    /no matching (host key|key exchange|cipher)/i,
    'unavailable',
    (host) => `the server ${host} and this ssh have no method of encryption in common`,
  ],
  [
    /connection (closed|reset)|kex_exchange_identification|broken pipe/i,
    'unavailable',
    (host) => `the server ${host} closed the connection by ssh`,
  ],
];

function failureOf({ host }: SshServer, stderr: string): ForgeError | undefined {
  const found = failures.find(([pattern]) => pattern.test(stderr));
  return found && new ForgeError(found[1], found[2](host));
}
