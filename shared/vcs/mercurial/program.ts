/** Runs `hg` with a configuration of ours alone, on a copy of the repository. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError } from '../../forge/errors.ts';
import { type Gateway, openGateway, programUrl } from '../http-gateway.ts';
import { programFailure } from '../program-failure.ts';
import { outputOf, ProgramError } from '../run-program.ts';
import { serverAddress } from '../server-address.ts';
import { prepareSsh, type Ssh } from '../ssh.ts';
import type { SeenHostKey, VcsCredential, VcsPlace, VcsServices } from '../vcs.ts';
import { type CommandResult, decodeResults, encodeCommands } from './command-server.ts';

export interface HgRunOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Hg {
  /** What stands for the repository's address in commands. */
  readonly remote: string;
  /**
   * Runs a command that connects to the server.
   *
   * @returns the code it ended with
   * @throws ForgeError for every code but 0 and 1
   */
  connect(args: readonly string[], options?: HgRunOptions): Promise<number>;
  /** Makes an empty repository. */
  create(folder: string): Promise<void>;
  /** Runs a command on a copy. @throws ForgeError for every code but 0 */
  runLocal(copy: string, args: readonly string[], options?: HgRunOptions): Promise<Buffer>;
  /** Runs commands on a copy in one process. @throws ForgeError when they could not be run; a command's own code is a result */
  runMany(copy: string, commands: readonly (readonly string[])[]): Promise<CommandResult[]>;
  seenHostKey(): Promise<SeenHostKey | undefined>;
}

const remote = 'remote';

/**
 * A proxy that is not there. A server may answer a pull by the address of another one, which Mercurial would fetch the rest from, also where the
 * server itself is reached by ssh: `handleremotechangegroup` in https://repo.mercurial-scm.org/hg/file/6.3.2/mercurial/bundle2.py
 */
const nobody = '127.0.0.1:1';

/**
 * https://www.mercurial-scm.org/doc/hgrc.5.html. No extension and no hook is on; bundles at addresses that a server names are not fetched;
 * repositories within repositories are never looked at.
 */
const fixedSettings = {
  ui: { interactive: 'False', clonebundles: 'False', archivemeta: 'False', 'timeout.warn': '0' },
  subrepos: { allowed: 'False' },
  progress: { disable: 'True' },
} as const;

/** Mercurial's own variables: https://www.mercurial-scm.org/doc/hg.1.html#environment-variables */
const environment = (hgrc: string): Record<string, string> => ({
  ...{ HGRCPATH: hgrc, HGRCSKIPREPO: '1', HGPLAIN: '1', HGENCODING: 'utf-8', HGEDITOR: 'false' },
  ...{ HGUSER: 'repertoire', PYTHONDONTWRITEBYTECODE: '1' },
});

/** @throws ForgeError when the address or the credential cannot be used */
export async function prepareHg(
  place: VcsPlace,
  credential: VcsCredential,
  services: VcsServices,
): Promise<Hg> {
  const address = serverAddress({ ...place, kind: 'hg' }, services.policy);
  const home = join(services.workFolder, 'hg');
  await mkdir(home, { mode: 0o700, recursive: true });
  const hgrc = join(home, 'hgrc');
  const ssh = address.by === 'ssh' ? await prepareSsh(address, credential, services) : undefined;
  const url = address.by === 'http' ? programUrl(address.url) : address.url.href;
  const write = (gateway?: Gateway): Promise<void> =>
    writeFile(hgrc, settingsText(settingsFor({ url, ssh, gateway })), { mode: 0o600 });
  await write();
  const run = (args: readonly string[], { signal }: HgRunOptions = {}, input?: Buffer): Promise<Buffer> =>
    outputOf(services.run, {
      program: services.programs.hg,
      path: services.programs.path,
      args,
      folder: home,
      home,
      environment: environment(hgrc),
      input,
      limits: services.limits,
      folders: [services.workFolder, ...(services.cacheFolder === undefined ? [] : [services.cacheFolder])],
      signal,
    });
  const connect = async (args: readonly string[], options?: HgRunOptions): Promise<number> => {
    const gateway =
      address.by === 'http'
        ? await openGateway(address.url, { credential, policy: services.policy })
        : undefined;
    try {
      await write(gateway);
      await run(args, options);
      return 0;
    } catch (error) {
      if (error instanceof ProgramError && error.failure === 'exit' && error.code === 1) return 1;
      const isExit = error instanceof ProgramError && error.failure === 'exit';
      const ofServer = isExit ? ((await ssh?.failureOf(error.stderr)) ?? gateway?.failure()) : undefined;
      throw ofServer ?? failureOf(error, address.host);
    } finally {
      await gateway?.close();
    }
  };
  return {
    remote,
    connect,
    create: async (folder) => {
      await run(['init', folder]).catch((error: unknown) => {
        throw failureOf(error, address.host);
      });
    },
    runLocal: (copy, args, options) =>
      run(['--repository', copy, ...args], options).catch((error: unknown) => {
        throw failureOf(error, address.host);
      }),
    runMany: async (copy, commands) => {
      if (commands.length === 0) return [];
      const args = ['serve', '--cmdserver', 'pipe', '--repository', copy];
      const answer = await run(args, {}, encodeCommands(commands)).catch((error: unknown) => {
        throw failureOf(error, address.host);
      });
      return decodeResults(answer, commands.length);
    },
    seenHostKey: async () => ssh?.seenHostKey(),
  };
}

type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>;

function settingsFor(setting: {
  readonly url: string;
  readonly ssh: Ssh | undefined;
  readonly gateway: Gateway | undefined;
}): Settings {
  const { url, ssh, gateway } = setting;
  return {
    ...fixedSettings,
    ui: { ...fixedSettings.ui, ssh: ssh?.program ?? 'false' },
    // Bookmarks are the server's, whatever was in the copy before.
    paths: { [remote]: url, [`${remote}:bookmarks.mode`]: 'mirror' },
    http_proxy: {
      always: 'True',
      ...(gateway === undefined
        ? { host: nobody }
        : {
            ...{ host: `127.0.0.1:${gateway.port}`, user: gateway.user },
            passwd: gateway.password.reveal(),
          }),
    },
  };
}

const settingsText = (settings: Settings): string =>
  Object.entries(settings)
    .flatMap(([section, values]) => [
      `[${section}]`,
      ...Object.entries(values).map(([name, value]) => `${name} = ${value}`),
    ])
    .join('\n')
    .concat('\n');

const reasons: readonly (readonly [RegExp, ForgeError['code'], (host: string) => string])[] = [
  [
    /no suitable response from remote hg|repository .* not found|does not appear to be an hg repository|HTTP Error 404|there is no Mercurial repository here/i,
    'not-found',
    (host) => `there is no Mercurial repository at this address of ${host || 'the machine'}`,
  ],
  [/unknown (revision|changeset)|hidden revision/i, 'not-found', () => 'the repository has no such commit'],
  [
    /requires features unknown|requires the .* extension|unsupported.*requirement/i,
    'unexpected',
    () => 'the repository needs an extension of Mercurial, and none is used here',
  ],
  [
    /connection (refused|reset)|timed out|network is unreachable|connection ended unexpectedly/i,
    'unavailable',
    (host) => `the server ${host} cannot be reached`,
  ],
];

/** What a failure of the program means to an owner. */
function failureOf(error: unknown, host: string): unknown {
  if (!(error instanceof ProgramError)) return error;
  const found = reasons.find(([pattern]) => error.failure === 'exit' && pattern.test(error.stderr));
  if (found !== undefined) return new ForgeError(found[1], found[2](host), { cause: error });
  return programFailure(error, 'Mercurial');
}
