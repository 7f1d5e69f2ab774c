/** What is compared: both sides without what they are bound to say in different words. */
import type { DriverName } from './composer-side.ts';
import type { JudgedRow, Row } from './rows.ts';

/** Where the registry and its forge are on this machine; without a trailing slash. */
export interface Places {
  readonly registry: string;
  /** Of a forge that Composer's driver knows under its own address only, and that address: `https://github.com`. */
  readonly forge?: { readonly here: string; readonly there: string };
}

/**
 * A version of ours as the judge sees its repository: as if the simulated forge were the one of that name. Its commit is that of its archive, or of its source if the archive is not
 * made here; an archive of ours goes, since no driver knows of it.
 */
export function ourRow(row: Row, places: Places): Row {
  const { dist, ...metadata } =
    places.forge === undefined ? row.metadata : onForge(row.metadata, places.forge);
  const isOurs = urlOf(dist)?.startsWith(`${places.registry}/`) === true;
  return {
    ...row,
    reference: referenceOf(isOurs ? dist : (metadata.source ?? dist)) ?? null,
    metadata: isOurs || dist === undefined ? metadata : { ...metadata, dist },
  };
}

function onForge(metadata: Row['metadata'], { here, there }: NonNullable<Places['forge']>): Row['metadata'] {
  const { host, hostname } = new URL(here);
  const forge = new URL(there).host;
  const text = JSON.stringify(metadata)
    .replaceAll(here, there)
    .replaceAll(`ssh://git@${host}/`, `git@${forge}:`)
    .replaceAll(`git@${hostname}:`, `git@${forge}:`);
  return JSON.parse(text);
}

function urlOf(place: unknown): string | undefined {
  return typeof place === 'object' && place !== null && 'url' in place ? String(place.url) : undefined;
}

function referenceOf(place: unknown): string | undefined {
  return typeof place === 'object' && place !== null && 'reference' in place
    ? String(place.reference)
    : undefined;
}

/** The driver for any git repository knows no forge: what stands here without the manifest's help is another thing there, or none. */
const forgeKeys = ['source', 'support.source', 'support.issues'];

/** Whether a judgement is about this key of a version. */
export function isAsked(key: string, { own, values }: JudgedRow, driver: DriverName): boolean {
  // Nothing of ours tells the commit of a version whose code lies wholly elsewhere.
  if (key === 'reference' && own.includes('dist') && own.includes('source')) return false;
  if (driver !== 'git') return true;
  // The author's date, not the committer's.
  if (key === 'time') return own.includes('time');
  return !forgeKeys.includes(key) || values.metadata[key] !== undefined;
}
