/** Addresses of git repositories. https://git-scm.com/docs/git-clone#_git_urls */
import { isIP } from 'node:net';
import { posix } from 'node:path';

interface Server {
  /** In lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

export type GitAddress =
  /** @property path with the slash before it, escaped as in the URL */
  | ({ readonly protocol: 'https' | 'http' | 'git'; readonly path: string } & Server)
  /** @property path where `isRelative`, from the home of the user on the server */
  | ({
      readonly protocol: 'ssh';
      readonly user: string | undefined;
      readonly path: string;
      readonly isRelative: boolean;
    } & Server)
  /** @property path absolute */
  | { readonly protocol: 'file'; readonly path: string };

export type ParsedAddress = { readonly address: GitAddress } | { readonly problem: string };

const problem = (text: string): ParsedAddress => ({ problem: text });

/** @returns the parts of a URL, or a sentence for whoever entered it */
export function parseGitAddress(url: string): ParsedAddress {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0020\u007f\\]/.test(url) || url.startsWith('-')) {
    return problem(
      'the address has spaces, backslashes or characters that cannot be seen, or begins with a dash',
    );
  }
  // `ext::sh -c …` and other programs of git.
  if (/^[\w+.-]*::/.test(url)) {
    return problem(
      'the address names a program that git would start; only https, http, ssh, git and file are possible',
    );
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return parseScpLike(url);
    case 'https':
    case 'http':
    case 'ssh':
    case 'git':
      return parseUrl(scheme, url);
    case 'file':
      return parseFile(url);
    default:
      return problem(`git cannot read ${scheme}:// here; https, http, ssh, git and file are possible`);
  }
}

const urlParts = /^[a-z]+:\/\/(?:([^@/?#]*)@)?(\[[0-9a-f:.]+\]|[^:/?#@[\]]+)(?::(\d+))?(\/[^?#]*)$/i;
const defaultPorts = { https: 443, http: 80, ssh: 22, git: 9418 } as const;

function parseUrl(protocol: keyof typeof defaultPorts, url: string): ParsedAddress {
  const [, user, host = '', port, path = ''] = urlParts.exec(url) ?? [];
  if (path === '' || path === '/') {
    return problem('the address needs a host and the path of the repository, without ? and #');
  }
  const server = serverOf(protocol, host, port);
  if ('problem' in server) return server;
  if (user?.includes(':') === true) {
    return problem('the address has a password in it; it belongs into the credential');
  }
  if (protocol !== 'ssh') {
    return { address: { protocol, ...server, path } };
  }
  return userProblem(user) ?? { address: { protocol, ...server, user, path, isRelative: false } };
}

/** `user@host:path` */
function parseScpLike(url: string): ParsedAddress {
  const [, user, host = '', path = ''] =
    /^(?:([^@/:]*)@)?(\[[0-9a-f:.]+\]|[^:/@[\]]+):(.+)$/i.exec(url) ?? [];
  if (path === '') {
    return problem('the address is no URL, such as https://host/path, and not of the form user@host:path');
  }
  if (path.startsWith('-')) {
    return problem('the path of the address begins with a dash');
  }
  const server = serverOf('ssh', host, undefined);
  if ('problem' in server) return server;
  const isRelative = !path.startsWith('/');
  return userProblem(user) ?? { address: { protocol: 'ssh', ...server, user, path, isRelative } };
}

function parseFile(url: string): ParsedAddress {
  const path = url.slice('file://'.length);
  return path.startsWith('/')
    ? { address: { protocol: 'file', path: posix.normalize(path).replace(/(?<=.)\/$/, '') } }
    : problem('an address with file:// needs an absolute path: three slashes');
}

const userProblem = (user: string | undefined): ParsedAddress | undefined =>
  user === undefined || /^[\w.+][\w.+-]*$/.test(user)
    ? undefined
    : problem('the name of the user in the address has characters that are not possible there');

function serverOf(
  protocol: keyof typeof defaultPorts,
  given: string,
  portText: string | undefined,
): Server | { readonly problem: string } {
  const host = given.replace(/^\[|\]$/g, '').toLowerCase();
  const isName = /^(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/.test(host);
  if (!isName && isIP(host) === 0) {
    return { problem: `${JSON.stringify(given)} is no name of a host` };
  }
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port < 1 || port > 65_535)) {
    return { problem: `${port} is no port` };
  }
  return { host, port: port === defaultPorts[protocol] ? undefined : port };
}

const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** The host with its port, as URLs have it. */
export const authorityOf = ({ host, port }: Server): string =>
  `${bracketed(host)}${port === undefined ? '' : `:${port}`}`;

/** The port, also where it is the protocol's own. */
export const portOf = ({ protocol, port }: Exclude<GitAddress, { protocol: 'file' }>): number =>
  port ?? defaultPorts[protocol];

/**
 * The address as git takes it. Two that lead to the same repository by the same text but for its case, port or slashes give the same.
 *
 * @param host in place of the address's own
 */
export function gitUrl(address: GitAddress, host?: string): string {
  if (address.protocol === 'file') {
    return `file://${address.path}`;
  }
  const server = { ...address, host: host ?? address.host };
  if (address.protocol !== 'ssh') {
    return `${address.protocol}://${authorityOf(server)}${address.path}`;
  }
  const user = address.user === undefined ? '' : `${address.user}@`;
  return address.isRelative
    ? `${user}${bracketed(server.host)}:${address.path}`
    : `ssh://${user}${authorityOf(server)}${address.path}`;
}
