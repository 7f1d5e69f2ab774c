/** Runs git: for the server with the credential and one protocol, for what is already here without either. */
import { mkdir, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import type { ForgeError } from '../../forge/errors.ts';
import { Secret } from '../../runtime/secret.ts';
import { checkedAddresses } from '../hosts.ts';
import { collect, ProgramError, type RunningProgram } from '../run-program.ts';
import { prepareSsh, type Ssh } from '../ssh.ts';
import type { SeenHostKey, VcsCredential, VcsServices } from '../vcs.ts';
import { authorityOf, type GitAddress, gitUrl, portOf } from './address.ts';
import { localConfig, remoteConfig } from './config.ts';
import { explainFailure } from './failures.ts';

export interface GitRun {
  readonly args: readonly string[];
  /** The bare repository. */
  readonly repository?: string | undefined;
  /** Where its objects are, if not there. */
  readonly objects?: string | undefined;
  readonly input?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: what is kept in memory. */
  readonly outputBytes?: number | undefined;
}

export interface Git {
  /** Asks the server, which git knows as the remote `origin`. @throws ProgramError, and ForgeError when the server may not be asked */
  remote(run: GitRun): Promise<{ readonly stdout: Buffer; readonly stderr: string }>;
  /** Asks nobody. Only after `prepare`. */
  local(run: GitRun): RunningProgram;
  /** Makes the folders that every run needs. */
  prepare(): Promise<void>;
  /** An error of a run, for an owner. */
  explained(error: unknown): Promise<unknown>;
  seenHostKey(): Promise<SeenHostKey | undefined>;
}

/** How long nothing may arrive; seconds. */
const silenceSeconds = 60;

interface Remote {
  readonly environment: Readonly<Record<string, string>>;
  readonly ssh: Ssh | undefined;
}

export function createGit(address: GitAddress, credential: VcsCredential, services: VcsServices): Git {
  const { workFolder, programs, limits, run } = services;
  const folder = join(workFolder, 'git');
  const home = join(workFolder, 'home');
  const secrets = secretsOf(credential);
  const configs = { local: join(folder, 'local.config'), remote: join(folder, 'remote.config') };
  let ready: Promise<void> | undefined;
  let connection: Promise<Remote> | undefined;
  const prepare = (): Promise<void> => {
    ready ??= prepareFolders(folder, home, configs.local);
    return ready;
  };
  const connect = (): Promise<Remote> => {
    connection ??= prepare().then(() => prepareRemote(address, credential, services, configs.remote));
    return connection;
  };

  const start = (how: GitRun, config: string, environment: Readonly<Record<string, string>>) =>
    run({
      ...{ program: programs.git, path: programs.path, args: how.args, folder, home, secrets },
      ...{ input: how.input, signal: how.signal },
      limits: { ...limits, outputBytes: how.outputBytes ?? limits.outputBytes },
      folders: [workFolder, ...(services.cacheFolder === undefined ? [] : [services.cacheFolder])],
      environment: {
        ...{ GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: config, GIT_ATTR_NOSYSTEM: '1' },
        ...{ GIT_TERMINAL_PROMPT: '0', GIT_NO_REPLACE_OBJECTS: '1', GIT_OPTIONAL_LOCKS: '0' },
        // No folder above is taken for a repository.
        GIT_CEILING_DIRECTORIES: dirname(workFolder),
        ...(how.repository !== undefined && { GIT_DIR: how.repository }),
        ...(how.objects !== undefined && { GIT_OBJECT_DIRECTORY: how.objects }),
        ...environment,
      },
    });

  return {
    prepare,
    async remote(how) {
      const { environment } = await connect();
      return collect(start(how, configs.remote, environment));
    },
    local: (how) => start(how, configs.local, { GIT_ALLOW_PROTOCOL: '', GIT_NO_LAZY_FETCH: '1' }),
    async explained(error) {
      const { ssh } =
        connection === undefined ? { ssh: undefined } : await connection.catch(() => ({ ssh: undefined }));
      const ofSsh: ForgeError | undefined =
        error instanceof ProgramError && error.failure === 'exit'
          ? await ssh?.failureOf(error.stderr)
          : undefined;
      return ofSsh ?? explainFailure(error, limits);
    },
    async seenHostKey() {
      return (await connection?.catch(() => undefined))?.ssh?.seenHostKey();
    },
  };
}

async function prepareFolders(folder: string, home: string, localFile: string): Promise<void> {
  await Promise.all([folder, home].map((one) => mkdir(one, { recursive: true, mode: 0o700 })));
  await writeFile(localFile, localConfig());
}

/** Looks the host up, and writes what git needs to ask it. */
async function prepareRemote(
  address: GitAddress,
  credential: VcsCredential,
  services: VcsServices,
  file: string,
): Promise<Remote> {
  const { protocol } = address;
  const common = { protocol, credential, silenceSeconds, authorities: services.authorities };
  const environment = { GIT_ALLOW_PROTOCOL: protocol };
  const write = (settings: Parameters<typeof remoteConfig>[0]) =>
    writeFile(file, remoteConfig(settings), { mode: 0o600 });
  if (address.protocol === 'file') {
    await write({ ...common, url: gitUrl(address) });
    return { environment, ssh: undefined };
  }
  if (address.protocol === 'ssh') {
    const ssh = await prepareSsh(address, credential, services);
    const given = credential.kind === 'ssh-key' ? credential.user : undefined;
    await write({ ...common, url: gitUrl(given === undefined ? address : { ...address, user: given }) });
    return { environment: { ...environment, GIT_SSH: ssh.program, GIT_SSH_VARIANT: 'ssh' }, ssh };
  }
  const addresses = await checkedAddresses(address.host, services.policy);
  if (address.protocol === 'git') {
    // There is no way to give git the address beside the name, but the name beside the address.
    await write({ ...common, url: gitUrl(address, addresses[0]) });
    return {
      environment: { ...environment, GIT_OVERRIDE_VIRTUAL_HOST: authorityOf(address) },
      ssh: undefined,
    };
  }
  const port = portOf(address);
  const listed = addresses.map((one) => (isIP(one) === 6 ? `[${one}]` : one)).join(',');
  const certificateFiles = await writeCertificate(credential, dirname(file));
  const resolve = `${address.host}:${port}:${listed}`;
  await write({ ...common, url: gitUrl(address), resolve, certificateFiles });
  return { environment, ssh: undefined };
}

async function writeCertificate(credential: VcsCredential, folder: string) {
  if (credential.kind !== 'client-certificate') return undefined;
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  await Promise.all([
    writeFile(files.certificate, credential.certificate, { mode: 0o600 }),
    writeFile(files.key, credential.key.reveal(), { mode: 0o600 }),
  ]);
  return files;
}

function secretsOf(credential: VcsCredential): Secret<string>[] {
  switch (credential.kind) {
    case 'none':
      return [];
    case 'ssh-key':
      return [credential.privateKey];
    case 'basic':
      return [credential.password, new Secret(`${credential.username}:${credential.password.reveal()}`)];
    case 'token-header':
      return [credential.value];
    case 'client-certificate':
      return [credential.key];
  }
}
