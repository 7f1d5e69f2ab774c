/** How much of the edge's key-value store an organization takes, and how many of its size there is room for. */

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores */
const storeBytes = 5 * 1024 * 1024;
/** An alarm goes off at this part of it. */
const alarmPart = 0.7;

export interface EdgeSize {
  /** By the kind of key: `p` packages, `v` what a principal may read, `t` tokens, `o` others. */
  readonly kinds: Readonly<Record<string, { readonly keys: number; readonly bytes: number }>>;
  readonly bytes: number;
  /** Bytes if every member had a token, as those that have one take on average. */
  readonly bytesWithAllTokens: number;
  /** Organizations like that in one store, until it is full and until the alarm. */
  readonly fits: number;
  readonly fitsUntilAlarm: number;
}

/** @param members people who could have a token */
export function edgeSizeOf(items: ReadonlyMap<string, string>, members: number): EdgeSize {
  const kinds: Record<string, { keys: number; bytes: number }> = {};
  for (const [key, value] of items) {
    const prefix = /^([ptv])\//.exec(key)?.[1] ?? 'o';
    const { keys, bytes } = kinds[prefix] ?? { keys: 0, bytes: 0 };
    kinds[prefix] = { keys: keys + 1, bytes: bytes + Buffer.byteLength(key) + Buffer.byteLength(value) };
  }
  const of = (prefix: string) => kinds[prefix] ?? { keys: 0, bytes: 0 };
  const bytes = Object.values(kinds).reduce((sum, kind) => sum + kind.bytes, 0);
  const tokens = Math.max(1, of('t').keys);
  const byTokens = of('t').bytes + of('v').bytes;
  const bytesWithAllTokens = Math.round(bytes - byTokens + (byTokens / tokens) * Math.max(members, tokens));
  const room = (part: number) => Math.floor((storeBytes * part) / Math.max(1, bytesWithAllTokens));
  return { kinds, bytes, bytesWithAllTokens, fits: room(1), fitsUntilAlarm: room(alarmPart) };
}
