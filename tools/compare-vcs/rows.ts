/** A version as a client sees it. */
import { z } from 'zod';

export const Row = z.object({
  name: z.string(),
  version: z.string(),
  versionNormalized: z.string(),
  /** The commit. */
  reference: z.string().nullable(),
  /** All else, as Composer's `ArrayDumper` writes it; `support` in its parts: `support.source`. */
  metadata: z.preprocess(withSupportInParts, z.record(z.string(), z.unknown())),
});
export type Row = z.infer<typeof Row>;

/** A row of Composer's own, with what the loader says to it with which Packagist reads repositories. */
export const JudgedRow = z.object({
  values: Row,
  /** Which of the keys that a driver fills in the manifest has itself. */
  own: z.array(z.enum(['source', 'dist', 'time', 'funding'])),
  /** All tags at its commit. */
  tags: z.array(z.string()),
  judgement: z.object({
    errors: z.array(z.string()),
    warnings: z.array(z.string()),
    /** What that loader makes of the version; null if it refuses it. */
    values: Row.nullable(),
  }),
});
export type JudgedRow = z.infer<typeof JudgedRow>;

/** PHP writes a map without keys as a list. */
function withSupportInParts(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.length === 0 ? {} : value;
  const { support, ...rest } = value as Record<string, unknown>;
  if (typeof support !== 'object' || support === null) return value;
  const parts = Object.entries(support).map(([key, part]) => [`support.${key}`, part]);
  return { ...rest, ...Object.fromEntries(parts) };
}

const heads = ['name', 'version', 'versionNormalized', 'reference'] as const;

/** The keys in which two rows differ. */
export function differences(one: Row, other: Row): string[] {
  const keys = new Set([...Object.keys(one.metadata), ...Object.keys(other.metadata)]);
  return [
    ...heads.filter((key) => one[key] !== other[key]),
    ...[...keys].filter((key) => canonical(one.metadata[key]) !== canonical(other.metadata[key])),
  ];
}

/** What a row has under a key of `differences`. */
export function valueAt(row: Row | undefined, key: string): unknown {
  const head = heads.find((name) => name === key);
  return head === undefined ? row?.metadata[key] : row?.[head];
}

/**
 * Text that is equal for values that no client tells apart. PHP has one type for lists and maps, so `{}` is `[]` to it. The order inside
 * `autoload` counts: it is the order in which classes are looked for.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(asPhp(value)) ?? '';
}

function asPhp(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, asPhp(inner)] as const);
  const isList = entries.every(([key], index) => key === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
