/**
 * Keys and values of the edge's key-value store. Imports nothing. The edge function reads what this file writes; its test holds the
 * two against each other.
 */
export const edgeKeys = {
  /** @param tokenHash base64url of the token's SHA-256; 22 characters are 132 bits */
  token: (tokenHash: string): string => `t/${tokenHash.slice(0, 22)}`,
  view: (slug: string, principal: string, chunk: number): string => `v/${slug}/${principal}/${chunk}`,
  package: (slug: string, packageName: string): string => `p/${slug}/${packageName}`,
} as const;

/** Numbers of packages in one value: 6,144 bits are 1,024 characters of base64url, the most that a value may have. */
export const packagesPerChunk = 6144;

/**
 * The value of a token's key.
 *
 * @param expiry seconds since the epoch, or 0
 * @param slugs for organization tokens only: the organizations in which they may read everything
 */
export function tokenValue(principal: string, expiry: number, slugs?: readonly string[]): string {
  return slugs === undefined ? `${principal}|${expiry}` : `*${principal}|${expiry}|${slugs.join(',')}`;
}

/**
 * The bitmaps of a set of package numbers by chunk; chunk 0 is always there, because its key is what lets a principal read the root, and has at
 * least one byte, because nothing says that the store takes an empty value.
 * Bit n % 6144 of chunk n / 6144, the least significant bit of each byte first; bytes after the last set bit are left out.
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
