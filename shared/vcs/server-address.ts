/** The address of a repository of Mercurial or Subversion, as its program is given it. */
import { ForgeError } from '../forge/errors.ts';
import type { HostPolicy, VcsPlace } from './vcs.ts';

export interface ServerAddress {
  /** Whom the program talks to; `file`: nobody. */
  readonly by: 'http' | 'ssh' | 'svn' | 'file';
  readonly url: URL;
  /** A name, or an address without brackets; empty for `file`. */
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
}

const schemes = {
  hg: { 'https:': 'http', 'http:': 'http', 'ssh:': 'ssh', 'file:': 'file' },
  svn: { 'https:': 'http', 'http:': 'http', 'svn+ssh:': 'ssh', 'svn:': 'svn', 'file:': 'file' },
} as const satisfies Record<string, Readonly<Record<string, ServerAddress['by']>>>;

const hostForm = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]+\])$/;

/**
 * @throws ForgeError `unexpected` for an address that the program does not read, or that could mean something else to it; `unavailable` for one
 * that an owner or operator has to allow first
 */
export function serverAddress(
  { kind, url: text }: VcsPlace & { readonly kind: 'hg' | 'svn' },
  policy: HostPolicy,
): ServerAddress {
  const url = parsed(text);
  const by = new Map<string, ServerAddress['by']>(Object.entries(schemes[kind])).get(url.protocol);
  if (by === undefined) {
    const known = Object.keys(schemes[kind]).map((scheme) => `${scheme}//`);
    throw refused(`begins with ${url.protocol}//, which ${kind} does not read; it reads ${known.join(', ')}`);
  }
  if (url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refused('has a password, a query or a fragment; a password is given as the credential');
  }
  const path = decoded(url.pathname);
  if (path.split('/').includes('..') || [...path].some((character) => character < ' ')) {
    throw refused('has a path that leads elsewhere');
  }
  if (by === 'file' ? url.hostname !== '' : !hostForm.test(url.hostname)) {
    throw refused(by === 'file' ? 'names a host; a folder is file:///path' : 'names no host');
  }
  const user = url.username === '' ? undefined : decoded(url.username);
  if (user?.startsWith('-') === true) {
    throw refused('has a user name that begins with a hyphen');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  requireAllowed(url, host, policy);
  const port = url.port === '' ? undefined : Number(url.port);
  return { by, url, host, port, user };
}

function requireAllowed({ protocol }: URL, host: string, policy: HostPolicy): void {
  if (protocol === 'file:' && !policy.allowsFile) {
    throw new ForgeError(
      'unavailable',
      'a folder of the machine can be read only where Repertoire runs on one',
    );
  }
  if ((protocol === 'http:' || protocol === 'svn:') && !policy.allowsHttp(host)) {
    const scheme = protocol.slice(0, -1);
    throw new ForgeError(
      'unavailable',
      `${scheme}:// is not encrypted, so anybody on the way could change what is read; an owner has to allow it for ${host}`,
    );
  }
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw refused('is no URL');
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('has a path that cannot be decoded');
  }
}

const refused = (what: string): ForgeError =>
  new ForgeError('unexpected', `the address of the repository ${what}`);
