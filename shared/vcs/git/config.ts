/**
 * The only configuration that git gets. Of the system, the user and the repository nothing is read: what a repository could set in a clone
 * (hooks, filters, helpers) is set where it could be, and everything else is git's own default. https://git-scm.com/docs/git-config
 */
import type { VcsCredential } from '../vcs.ts';

export interface RemoteSettings {
  readonly url: string;
  readonly protocol: string;
  /** `host:port:address,address`, as curl takes it. */
  readonly resolve?: string | undefined;
  readonly credential: VcsCredential;
  /** Where a client certificate and its key are. */
  readonly certificateFiles?: { readonly certificate: string; readonly key: string } | undefined;
  /** With certificates of authorities that this machine does not know. */
  readonly authorities?: string | undefined;
  /** Of a connection on which nothing arrives. */
  readonly silenceSeconds: number;
}

type Section = readonly [section: string, values: Readonly<Record<string, string | undefined>>];

/** For every run. */
const always: readonly Section[] = [
  [
    'core',
    {
      ...{ hooksPath: '/dev/null', fsmonitor: 'false', attributesFile: '/dev/null', askPass: '' },
      ...{ logAllRefUpdates: 'false', quotePath: 'false', abbrev: '10' },
      // What is mapped and cached counts as memory.
      ...{
        packedGitWindowSize: '32m',
        packedGitLimit: '256m',
        deltaBaseCacheLimit: '64m',
        bigFileThreshold: '32m',
      },
    },
  ],
  ['credential', { helper: '' }],
  ['fetch', { unpackLimit: '1', recurseSubmodules: 'false', writeCommitGraph: 'false' }],
  ['submodule', { recurse: 'false' }],
  ['gc', { auto: '0' }],
  ['maintenance', { auto: 'false' }],
  ['pack', { threads: '1' }],
  ['log', { showSignature: 'false' }],
  ['protocol', { version: '2', allow: 'never' }],
];

/** For runs that ask nobody. */
export const localConfig = (): string => text(always);

/** For runs that ask the server. It has the credential in it. */
export function remoteConfig(settings: RemoteSettings): string {
  const { url, protocol, resolve, credential, certificateFiles, authorities, silenceSeconds } = settings;
  return text([
    ...always,
    [`protocol "${protocol}"`, { allow: 'always' }],
    ['remote "origin"', { url }],
    [
      'http',
      {
        // Also turns off alternates of other hosts: https://github.com/git/git/blob/v2.39.5/http-walker.c
        ...{ followRedirects: 'false', proxy: '', emptyAuth: 'false' },
        ...{ lowSpeedLimit: '1', lowSpeedTime: String(silenceSeconds) },
        ...{ curloptResolve: resolve, extraHeader: headerOf(credential), sslCAInfo: authorities },
        ...{ sslCert: certificateFiles?.certificate, sslKey: certificateFiles?.key },
      },
    ],
  ]);
}

/** The header of HTTP that shows the credential. */
function headerOf(credential: VcsCredential): string | undefined {
  if (credential.kind === 'basic') {
    const pair = `${credential.username}:${credential.password.reveal()}`;
    return `Authorization: Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return credential.kind === 'token-header'
    ? `${credential.header}: ${credential.value.reveal()}`
    : undefined;
}

const text = (sections: readonly Section[]): string =>
  sections
    .map(([section, values]) => {
      const lines = Object.entries(values).map(([name, value]) =>
        value === undefined ? '' : `\t${name} = ${quoted(value)}\n`,
      );
      return `[${section}]\n${lines.join('')}`;
    })
    .join('');

/** @throws RangeError for what no line of the file can have */
function quoted(value: string): string {
  if (/[\n\r\0]/.test(value)) {
    throw new RangeError('a value of the configuration of git has a line break');
  }
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
