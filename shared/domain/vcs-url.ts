/** The address of a repository on no forge, as people type it. */
import { CallerError } from './caller-error.ts';
import type { VcsKind } from './vcs-repository.ts';

/** Where a repository is, and the program that reads it. */
export interface VcsAddress {
  readonly kind: VcsKind;
  /** Without user name and password. */
  readonly url: string;
  /** Without scheme and ending; for display. */
  readonly name: string;
  /** In lower case; empty for a folder of this machine. */
  readonly host: string;
  /** The user name of an address for SSH. */
  readonly user: string | undefined;
}

/** What each scheme is for, where it says which program reads it. */
const kindOfScheme: Readonly<Record<string, VcsKind | undefined>> = {
  git: 'git',
  svn: 'svn',
  'svn+ssh': 'svn',
  https: undefined,
  http: undefined,
  ssh: undefined,
  file: undefined,
};

const urlMax = 2000;
/** `git@host:path`, which is no URL: https://git-scm.com/docs/git-clone#_git_urls */
const scpLike = /^(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?):(?!\/\/)([^:].*)$/;

/**
 * Parses an address. Without a kind the scheme decides, and Git otherwise.
 *
 * @throws CallerError `invalid` for an address of no known form, one with a password or a query in it, and one with characters that programs might
 * take for something else
 */
export function parseVcsUrl(text: string, kind?: VcsKind): VcsAddress {
  const typed = text.trim();
  if (typed.length === 0 || typed.length > urlMax || hasForbidden(typed)) {
    throw invalid('is no address of a repository');
  }
  const scp = scpLike.exec(typed);
  const url = parsed(scp === null ? typed : fromScp(scp));
  const scheme = url.protocol.slice(0, -1);
  if (!Object.hasOwn(kindOfScheme, scheme)) {
    throw invalid(
      `begins with ${scheme}://, which no program here reads: use https, ssh, git, svn, svn+ssh or file`,
    );
  }
  const ofScheme = kindOfScheme[scheme];
  if (kind !== undefined && ofScheme !== undefined && kind !== ofScheme) {
    throw invalid(`begins with ${scheme}://, which is for ${ofScheme} and not for ${kind}`);
  }
  return addressOf(url, kind ?? ofScheme ?? 'git');
}

function addressOf(url: URL, kind: VcsKind): VcsAddress {
  if (url.password !== '') {
    throw invalid('has a password in it: leave it out, and give it as the credential');
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalid('has a query or a fragment, which no repository has');
  }
  const isLocal = url.protocol === 'file:';
  const host = url.hostname.toLowerCase();
  if (isLocal ? host !== '' : host === '' || host.startsWith('-')) {
    throw invalid(isLocal ? 'names a host: a folder is file:///path' : 'names no host');
  }
  const path = decodedPath(url);
  // Servers of the others may have one repository alone.
  if (kind === 'git' && !isLocal && path.replaceAll('/', '') === '') {
    throw invalid('names a host and no repository on it');
  }
  const user = userOf(url);
  const plain = new URL(url.href);
  // The user of SSH is no secret, but is given with the key: two addresses of one repository are one.
  plain.username = '';
  const name = `${host}${path}`.replace(/\/+$/, '').replace(/\.git$/, '');
  return { kind, url: plain.href.replace(/\/+$/, ''), name, host, user };
}

/** Only SSH has users in addresses. Elsewhere that place often holds a token, which must not be stored as if it were a name. */
function userOf({ username, protocol }: URL): string | undefined {
  if (username === '') {
    return undefined;
  }
  if (protocol !== 'ssh:' && protocol !== 'svn+ssh:') {
    throw invalid('has a user name or a token in it: leave it out, and give it as the credential');
  }
  // As ssh takes it: anything else would be refused, or read as something else, when the repository is read.
  if (!/^[A-Za-z0-9._+][A-Za-z0-9._+-]*$/.test(username)) {
    throw invalid('has a user name that begins with a hyphen, or has characters that are not possible there');
  }
  return username;
}

const fromScp = ([, user, host, path]: RegExpExecArray): string =>
  `ssh://${user === undefined ? '' : `${user}@`}${host}/${path?.replace(/^\/+/, '')}`;

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalid('is no address of a repository: one looks like https://git.example.org/acme/billing.git');
  }
}

function decodedPath({ pathname }: URL): string {
  try {
    const path = decodeURIComponent(pathname);
    if (hasForbidden(path) || path.split('/').includes('..')) {
      throw invalid('has a path that leads elsewhere');
    }
    return path;
  } catch (error) {
    throw error instanceof CallerError ? error : invalid('has a path that cannot be decoded');
  }
}

/** White space, control characters and backslashes. */
const hasForbidden = (text: string): boolean =>
  [...text].some((character) => character <= ' ' || character === '\u007f' || character === '\\');

const invalid = (what: string): CallerError =>
  new CallerError('invalid', `The address ${what}.`, { errors: [{ pointer: '/url', detail: what }] });
