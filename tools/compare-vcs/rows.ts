/** A version as a client sees it, in the fields that are compared. */
import { z } from 'zod';

const PhpArray = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]);

export const Row = z.object({
  name: z.string(),
  version: z.string(),
  versionNormalized: z.string(),
  /** The commit: where the source is for Composer, what the dist was made of for us. */
  reference: z.string().nullable(),
  type: z.string(),
  require: z.record(z.string(), z.string()),
  autoload: PhpArray,
  extra: PhpArray,
  /** true, or the package to use instead. */
  abandoned: z.union([z.boolean(), z.string()]),
  defaultBranch: z.boolean(),
});
export type Row = z.infer<typeof Row>;

export const fields = [
  'name',
  'version',
  'versionNormalized',
  'reference',
  'type',
  'require',
  'autoload',
  'extra',
  'abandoned',
  'defaultBranch',
] as const satisfies readonly (keyof Row)[];
export type Field = (typeof fields)[number];

/** A row of Composer's own, with what the loader says to it with which Packagist reads repositories. */
export const JudgedRow = z.object({
  values: Row,
  judgement: z.object({
    errors: z.array(z.string()),
    warnings: z.array(z.string()),
    /** What that loader makes of the version; null if it refuses it. */
    values: Row.nullable(),
  }),
});
export type JudgedRow = z.infer<typeof JudgedRow>;

/** The fields in which two rows differ. */
export function differences(one: Row, other: Row): Field[] {
  return fields.filter((field) => canonical(field, one[field]) !== canonical(field, other[field]));
}

/**
 * Text that is equal for values that no client tells apart. PHP has one type for lists and maps, so `{}` is `[]` to it; links are a
 * set, with names in any case (`ArrayLoader::parseLinks`, composer/composer `src/Composer/Package/Loader/ArrayLoader.php` at tag
 * 2.10.2). The order inside `autoload` counts: it is the order in which classes are looked for.
 */
export function canonical(field: Field, value: unknown): string {
  if (field !== 'require') return JSON.stringify(asPhp(value));
  const links = Object.entries(Row.shape.require.parse(value)).map(([name, constraint]) => [
    name.toLowerCase(),
    constraint,
  ]);
  return JSON.stringify(links.toSorted(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0)));
}

function asPhp(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, asPhp(inner)] as const);
  const isList = entries.every(([key], index) => key === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
