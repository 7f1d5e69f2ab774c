/** Runs `svn` with a configuration of ours. */
import { mkdir, writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { ForgeError } from '../../forge/errors.ts';
import type { Secret } from '../../runtime/secret.ts';
import { checkedAddresses } from '../hosts.ts';
import { type Gateway, openGateway, programUrl } from '../http-gateway.ts';
import { programFailure } from '../program-failure.ts';
import { ProgramError } from '../run-program.ts';
import { type ServerAddress, serverAddress } from '../server-address.ts';
import { prepareSsh, type Ssh } from '../ssh.ts';
import type { SeenHostKey, VcsCredential, VcsPlace, VcsServices } from '../vcs.ts';

export interface SvnRunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: the limit of programs. */
  readonly outputBytes?: number;
}

export interface SvnResult {
  /** 0, or 1 when some targets could not be read. */
  readonly code: number;
  readonly output: Buffer;
  readonly errors: string;
}

export interface Svn {
  /** The address that the program is given, without a slash at its end. It differs from the repository's where we are between them. */
  readonly url: string;
  /** @param targets addresses of this repository, with a revision after `@` */
  run(args: readonly string[], targets: readonly string[], options?: SvnRunOptions): Promise<SvnResult>;
  /** Does something with many runs, which share what stands between the program and the server. */
  session<Result>(act: () => Promise<Result>): Promise<Result>;
  seenHostKey(): Promise<SeenHostKey | undefined>;
}

/** @param base the address that everything is relative to @throws ForgeError when the address or the credential cannot be used */
export async function prepareSvn(
  { base, ...place }: VcsPlace & { readonly base: string },
  credential: VcsCredential,
  services: VcsServices,
): Promise<Svn> {
  const address = serverAddress({ ...place, url: base, kind: 'svn' }, services.policy);
  const home = join(services.workFolder, 'svn');
  const configFolder = join(home, 'config');
  await mkdir(configFolder, { mode: 0o700, recursive: true });
  const ssh = address.by === 'ssh' ? await prepareSsh(address, credential, services) : undefined;
  const login = loginFor(address, credential);
  const url = (await shownUrl(address, services)).replace(/\/+$/, '');
  const write = async (gateway?: Gateway): Promise<void> => {
    const mode = { mode: 0o600 };
    await Promise.all([
      writeFile(join(configFolder, 'servers'), serversText(gateway, login), mode),
      writeFile(join(configFolder, 'config'), configText(ssh), mode),
      writeFile(join(configFolder, 'README.txt'), '', mode),
    ]);
  };
  await write();

  let gateway: Gateway | undefined;
  const run: Svn['run'] = async (args, targets, options = {}) => {
    const { outputBytes = services.limits.outputBytes, signal } = options;
    const running = services.run({
      program: services.programs.svn,
      path: services.programs.path,
      args: [
        ...args,
        ...['--non-interactive', '--no-auth-cache', '--config-dir', configFolder],
        ...(login === undefined ? [] : ['--password-from-stdin']),
        ...['--', ...targets],
      ],
      folder: home,
      home,
      input: login?.password.reveal(),
      limits: { ...services.limits, outputBytes },
      folders: [services.workFolder],
      signal,
      secrets: login === undefined ? [] : [login.password],
    });
    const parts: Buffer[] = [];
    running.stdout.on('data', (part: Buffer) => parts.push(part));
    try {
      const { stderr } = await running.ended;
      return { code: 0, output: Buffer.concat(parts), errors: stderr };
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      if (error.failure === 'output' && options.outputBytes !== undefined) throw error;
      if (error.failure === 'exit') {
        const failure =
          (await ssh?.failureOf(error.stderr)) ?? gateway?.failure() ?? failureOf(error, address);
        if (failure !== undefined) throw failure;
        return { code: error.code ?? 1, output: Buffer.concat(parts), errors: error.stderr };
      }
      throw programFailure(error, 'Subversion');
    }
  };
  return {
    url,
    run,
    session: async (act) => {
      if (address.by !== 'http' || gateway !== undefined) return act();
      gateway = await openGateway(address.url, { credential, policy: services.policy });
      try {
        await write(gateway);
        return await act();
      } finally {
        await gateway.close();
        gateway = undefined;
      }
    },
    seenHostKey: async () => ssh?.seenHostKey(),
  };
}

interface Login {
  readonly username: string;
  readonly password: Secret<string>;
}

/** For svnserve; elsewhere the gateway or ssh signs in. */
function loginFor({ by }: ServerAddress, credential: VcsCredential): Login | undefined {
  if (by !== 'svn' || credential.kind === 'none') return undefined;
  if (credential.kind !== 'basic') {
    throw new ForgeError(
      'credential-rejected',
      'svn:// takes a user name and a password; this repository has another credential',
    );
  }
  const { username, password } = credential;
  if (/[\r\n]/.test(`${username}${password.reveal()}`) || username !== username.trim() || username === '') {
    throw new ForgeError('credential-rejected', 'the user name or password cannot be given to Subversion');
  }
  return { username, password };
}

/**
 * svn:// has no name of the host in its protocol, so the program is given the address that was checked. User and port of ssh are in its
 * configuration.
 */
async function shownUrl({ by, url, host, port }: ServerAddress, services: VcsServices): Promise<string> {
  if (by === 'http') return programUrl(url);
  if (by === 'ssh') return `svn+ssh://${url.hostname}${url.pathname}`;
  if (by === 'file') return url.href;
  const [checked] = await checkedAddresses(host, services.policy);
  const name = isIPv6(checked) ? `[${checked}]` : checked;
  return `svn://${name}${port === undefined ? '' : `:${port}`}${url.pathname}`;
}

/** https://svnbook.red-bean.com/en/1.8/svn.advanced.confarea.html#svn.advanced.confarea.opts.servers */
function serversText(gateway: Gateway | undefined, login: Login | undefined): string {
  return [
    '[global]',
    ...['store-auth-creds = no', 'store-passwords = no', 'store-plaintext-passwords = no'],
    ...(login === undefined ? [] : [`username = ${login.username}`]),
    ...(gateway === undefined
      ? []
      : [
          ...['http-proxy-host = 127.0.0.1', `http-proxy-port = ${gateway.port}`, 'http-proxy-exceptions ='],
          `http-proxy-username = ${gateway.user}`,
          `http-proxy-password = ${gateway.password.reveal()}`,
        ]),
    '',
  ].join('\n');
}

/** Without a way to start any other program. */
const configText = (ssh: Ssh | undefined): string =>
  ['[auth]', 'password-stores =', '[helpers]', '[tunnels]', `ssh = ${ssh?.program ?? 'false'}`, ''].join(
    '\n',
  );

const missingTarget = /E200009|W160013|E160013|W170000|E170000|W195007|[EW]160006|[EW]160005/;

/** @returns undefined where only a target is missing */
function failureOf(error: ProgramError, { host }: ServerAddress): ForgeError | undefined {
  const { stderr } = error;
  if (/E170001|E215004|E170013.*uthorization|uthentication (failed|error)/.test(stderr)) {
    return new ForgeError('credential-rejected', `the server ${host} does not accept the credential`, {
      cause: error,
    });
  }
  if (/E180001|E210005|E000002/.test(stderr)) {
    return new ForgeError(
      'not-found',
      `there is no Subversion repository at this address of ${host || 'the machine'}`,
      {
        cause: error,
      },
    );
  }
  if (
    /E000111|E000110|E000113|E000101|E210002|E170013|E175002|E120\d{3}/.test(stderr) &&
    !missingTarget.test(stderr)
  ) {
    return new ForgeError('unavailable', `the server ${host} cannot be reached, or broke off`, {
      cause: error,
    });
  }
  return missingTarget.test(stderr) ? undefined : programFailure(error, 'Subversion');
}
