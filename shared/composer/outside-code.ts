/**
 * A manifest's own `dist` and `source`: code outside its repository, as in packages that wrap somebody else's binary releases. Composer's
 * `VcsRepository` (composer/composer at tag 2.10.2, `preProcess`) accepts anything there; a registry passes on only what every client can
 * fetch by itself over an authenticated connection, and no path on a local machine.
 */
import { shortened } from './owner-message.ts';
import { isJsonObject, isSet, type JsonObject, phpString, phpType } from './php-value.ts';

/** Where code is fetched from. */
export interface CodeAddress {
  readonly type: string;
  readonly url: string;
  /** A commit, a tag or a revision. */
  readonly reference?: string;
}

export interface OutsideDist extends CodeAddress {
  /** SHA-1 of the archive in hex. */
  readonly shasum?: string;
}

export interface OutsideSource extends CodeAddress {
  readonly reference: string;
}

export interface OutsideCode {
  readonly dist?: OutsideDist;
  readonly source?: OutsideSource;
}

/** The subclasses of Composer's `ArchiveDownloader`, which `file` and `path` are not. */
const archiveTypes: readonly string[] = ['zip', 'tar', 'gzip', 'xz', 'rar', 'phar'];
const repositoryTypes: readonly string[] = ['git', 'hg', 'svn'];
const schemes = { dist: ['https'], source: ['https', 'ssh', 'git+ssh', 'svn+ssh'] } as const;

/** `user@host:path`, which git reads as SSH. No part may look like a command-line option. */
const scpAddress = /^\w[\w.-]*@[a-z0-9][a-z0-9.-]*:(?![-/]{2})[^\s-]\S*$/i;

class NotPassedOn extends Error {
  override readonly name = 'NotPassedOn';
}

/** The `dist` and `source` of a manifest that may be passed on, or why not, as the rest of a sentence about the manifest. */
export function outsideCode(
  manifest: JsonObject,
): { readonly code: OutsideCode } | { readonly problem: string } {
  try {
    const code = {
      ...(isSet(manifest.dist) ? { dist: outsideDist(manifest.dist) } : {}),
      ...(isSet(manifest.source) ? { source: outsideSource(manifest.source) } : {}),
    };
    if (Object.keys(code).length > 0 && isSet(manifest['transport-options'])) {
      throw new NotPassedOn('transport-options cannot be passed on with a dist or source of its own');
    }
    return { code };
  } catch (error) {
    if (error instanceof NotPassedOn) return { problem: error.message };
    throw error;
  }
}

function outsideDist(value: unknown): OutsideDist {
  const own = fieldsOf('dist', value, ['type', 'url', 'reference', 'shasum']);
  const type = typeOf('dist', own, archiveTypes);
  const { shasum } = own;
  if (isSet(shasum) && typeof shasum !== 'string') {
    throw new NotPassedOn(`dist.shasum should be a string, ${phpType(shasum)} given`);
  }
  return {
    type,
    url: addressOf('dist', own),
    ...(isSet(own.reference) ? { reference: referenceOf('dist', own) } : {}),
    ...(typeof shasum === 'string' && shasum !== '' ? { shasum } : {}),
  };
}

function outsideSource(value: unknown): OutsideSource {
  const own = fieldsOf('source', value, ['type', 'url', 'reference']);
  const type = typeOf('source', own, repositoryTypes);
  return { type, url: addressOf('source', own), reference: referenceOf('source', own) };
}

type Origin = 'dist' | 'source';

function fieldsOf(origin: Origin, value: unknown, known: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw new NotPassedOn(`${origin} should be an object, ${phpType(value)} given`);
  const [unknown] = Object.entries(value).filter(([key, one]) => isSet(one) && !known.includes(key));
  if (unknown !== undefined) {
    throw new NotPassedOn(`${origin}.${shortened(unknown[0])} cannot be passed on, only ${known.join(', ')}`);
  }
  return value;
}

function typeOf(origin: Origin, { type }: JsonObject, known: readonly string[]): string {
  if (typeof type !== 'string') throw new NotPassedOn(`${origin}.type must be present, as a string`);
  // Composer finds its downloaders by the type in lower case.
  if (known.includes(type.toLowerCase())) return type;
  throw new NotPassedOn(
    `${origin}.type ${JSON.stringify(shortened(type))} cannot be passed on, only ${known.join(', ')}`,
  );
}

function addressOf(origin: Origin, { url }: JsonObject): string {
  if (typeof url !== 'string' || url === '') {
    throw new NotPassedOn(`${origin}.url must be present, as a string`);
  }
  if (/[\s\p{Cc}]/u.test(url)) throw new NotPassedOn(`${origin}.url has characters that no address has`);
  if (origin === 'source' && scpAddress.test(url)) return url;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  const parsed = URL.parse(url);
  if (scheme === undefined || parsed === null || !schemes[origin].some((one) => one === scheme)) {
    const ways = origin === 'dist' ? 'https' : 'https or ssh';
    throw new NotPassedOn(`${origin}.url is no address over ${ways}`);
  }
  const { hostname, username, password } = parsed;
  if (!/^[a-z0-9[]/i.test(hostname)) throw new NotPassedOn(`${origin}.url names no host`);
  // Everybody who may read the package could read it, and it would be in lock files.
  if (password !== '' || (scheme === 'https' && username !== '')) {
    throw new NotPassedOn(`${origin}.url has credentials in it`);
  }
  if (username !== '' && !/^\w/.test(username)) throw new NotPassedOn(`${origin}.url names no user`);
  return url;
}

function referenceOf(origin: Origin, { reference }: JsonObject): string {
  const isInt = typeof reference === 'number' && phpType(reference) === 'int';
  if (!isInt && (typeof reference !== 'string' || reference === '')) {
    throw new NotPassedOn(`${origin}.reference must be present, as a string or an integer`);
  }
  const text = phpString(reference);
  if (/^\s*-/.test(text)) throw new NotPassedOn(`${origin}.reference must not start with a "-"`);
  return text;
}
