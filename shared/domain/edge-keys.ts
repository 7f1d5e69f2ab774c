/**
 * Keys and values of the edge's key-value store. Imports nothing. The edge function parses what this file writes; its test checks
 * that both agree.
 */
export const edgeKeys = {
  /** @param tokenHash base64url of the token's SHA-256; 22 characters are 132 bits */
  token: (tokenHash: string): string => `t/${tokenHash.slice(0, 22)}`,
  view: (slug: string, principal: string, chunk: number): string => `v/${slug}/${principal}/${chunk}`,
  package: (slug: string, packageName: string): string => `p/${slug}/${packageName}`,
  /** Exists while the organization is open: the edge refuses every token for a slug without it. */
  organization: (slug: string): string => `o/${slug}`,
} as const;

/** Package numbers in one value: 6,144 bits are 1,024 characters of base64url, the most that a value may have. */
export const packagesPerChunk = 6144;

/** The value of an organization's key; only the key's existence matters. */
export const openOrganization = 'open';

/** The maximum size of a value: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const valueBytesMax = 1024;

/** The organizations in which a token reads, by slug: only these, or all except these. */
export type TokenReach = { readonly only: readonly string[] } | { readonly not: readonly string[] };

/**
 * The value of a token's key: `<own or all>|<principal>|<expiry>|<only or not>:<slug>,…`. The principal of an organization reads
 * every package (`all`), of named organizations only; any other reads what its bitmaps contain (`own`).
 *
 * @param expiry seconds since the epoch, or 0
 * @throws RangeError for an invalid reach, or slugs that do not fit
 */
export function tokenValue(principal: string, expiry: number, reach: TokenReach): string {
  const mode = principal.startsWith('o.') ? 'all' : 'own';
  const [kind, slugs] = 'only' in reach ? (['only', reach.only] as const) : (['not', reach.not] as const);
  if (slugs.some((slug) => !/^[a-z0-9-]+$/.test(slug))) {
    throw new RangeError(`not slugs: ${slugs.join(', ')}`);
  }
  if (kind === 'only' ? slugs.length === 0 : mode === 'all') {
    throw new RangeError(`a token of ${principal} must name organizations`);
  }
  const value = `${mode}|${principal}|${expiry}|${kind}:${slugs.join(',')}`;
  if (value.length > valueBytesMax) {
    throw new RangeError(`a token of ${slugs.length} organizations does not fit into ${valueBytesMax} bytes`);
  }
  return value;
}

/** The most refused commits in one package's value: 60 take 780 of its 1,024 bytes. */
export const refusedCommitsMax = 60;
/** Hexadecimal digits of a refused commit in the value. */
const refusedPrefixLength = 12;

/**
 * The value of a package's key: its number, and the prefixes of the commits whose archives the edge refuses, even if cached.
 * `12`, or `12!4f0c0123abcd,…`. The same commits give the same value, in any order.
 *
 * @param refusedCommits full hashes, or prefixes of at least 12 digits
 * @throws RangeError for more than 60 of them, or for an invalid hash
 */
export function packageValue(packageNumber: number, refusedCommits: Iterable<string> = []): string {
  const prefixes = new Set<string>();
  for (const commit of refusedCommits) {
    if (!/^[0-9a-f]{12,64}$/.test(commit)) {
      throw new RangeError(`not a commit hash: ${JSON.stringify(commit)}`);
    }
    prefixes.add(commit.slice(0, refusedPrefixLength));
  }
  if (prefixes.size > refusedCommitsMax) {
    throw new RangeError(
      `${prefixes.size} refused commits of package ${packageNumber}; the edge takes at most ${refusedCommitsMax}`,
    );
  }
  return prefixes.size === 0 ? String(packageNumber) : `${packageNumber}!${[...prefixes].sort().join(',')}`;
}

/** The package number in a package's value; undefined if the value is missing or invalid. */
export function packageNumberOf(value: string | undefined): number | undefined {
  const digits = /^(0|[1-9]\d{0,8})(?:![0-9a-f]{12}(?:,[0-9a-f]{12}){0,59})?$/.exec(value ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The bitmaps of a set of package numbers, by chunk. Bit n % 6144 of chunk n / 6144, the least significant bit of each byte
 * first; bytes after the last set bit are left out. Chunk 0 always exists, because its key lets a principal read the root. It has
 * at least one byte, because it is not documented that the store accepts an empty value.
 */
export function bitmapChunks(packageNumbers: Iterable<number>): ReadonlyMap<number, string> {
  const chunks = new Map<number, number[]>([[0, [0]]]);
  for (const packageNumber of packageNumbers) {
    const chunk = Math.floor(packageNumber / packagesPerChunk);
    const bit = packageNumber % packagesPerChunk;
    let bytes = chunks.get(chunk);
    if (!bytes) {
      bytes = [];
      chunks.set(chunk, bytes);
    }
    const place = bit >> 3;
    while (bytes.length <= place) {
      bytes.push(0);
    }
    bytes[place] = (bytes[place] ?? 0) | (1 << (bit & 7));
  }
  return new Map([...chunks].map(([chunk, bytes]) => [chunk, Buffer.from(bytes).toString('base64url')]));
}

/** Whether the number's bit is set in the value of its chunk. */
export function bitmapHas(value: string | undefined, packageNumber: number): boolean {
  const bytes = Buffer.from(value ?? '', 'base64url');
  const bit = packageNumber % packagesPerChunk;
  return ((bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}
