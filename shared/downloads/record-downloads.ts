/**
 * Counts the installations that Composer reports: https://getcomposer.org/doc/05-repositories.md#notify-batch
 *
 * Composer ignores the response, so errors are not reported; what cannot be counted is left out.
 */

import { z } from 'zod';
import type { Organization } from '../domain/organization.ts';
import { parseJson } from '../domain/parse-json.ts';
import { isWellFormed } from '../domain/well-formed.ts';
import type { Clock } from '../runtime/clock.ts';
import { countDownload, countDownloadsOfDay } from '../store/download-store.ts';
import { readableAtEdge } from '../store/edge-store.ts';
import { keys } from '../store/keys.ts';
import { noteDownloads } from '../store/name-store.ts';
import { findOrganization } from '../store/organization-store.ts';
import type { Table } from '../store/table.ts';
import { findTokens, isLive, noteInstall, type Token } from '../store/token-store.ts';

/** More packages than any installation has; of a longer list the first ones count. */
export const downloadsMax = 500;
/** Writes that are under way at the same time. */
const writesAtOnce = 25;

const Report = z.object({
  downloads: z.array(z.object({ name: z.string().max(200), version: z.string().max(200) })),
});

/**
 * Counts only packages that the token may install, each version once. Reads nothing of the report of somebody whose token is not known.
 *
 * @param secret the token that came with the report
 * @returns how many were counted, which the token's holder must not learn: it reveals which packages exist. Undefined when the
 *   token or the report is invalid, or when access to every organization that it reads is stopped
 */
export async function recordDownloads(
  { table, clock }: { table: Table; clock: Clock },
  secret: string,
  body: string,
): Promise<number | undefined> {
  const tokens = (await findTokens(table, secret, clock.now())).filter(
    (token) => token.state !== 'suspended' && isLive(token, clock.now()),
  );
  let downloads: readonly Download[] | undefined = tokens.length === 0 ? undefined : downloadsIn(body);
  if (downloads === undefined) {
    return undefined;
  }
  let counted: number | undefined;
  // The report names no organization. A name that several have counts for the first.
  for (const token of tokens) {
    const organization = await findOrganization(table, token.organization);
    if (organization === undefined || organization.accessStoppedAt !== undefined) {
      continue;
    }
    const known = await countIn(table, organization, token, downloads, clock.now());
    downloads = downloads.filter((download) => !known.has(download));
    counted = (counted ?? 0) + known.size;
    if (known.size > 0) {
      await noteInstall(table, token, clock.now());
    }
  }
  return counted;
}

interface Download {
  /** In lower case. */
  readonly name: string;
  /** As Composer normalizes it. */
  readonly version: string;
}

/** The different versions that were installed; undefined when the report is invalid. */
function downloadsIn(body: string): readonly Download[] | undefined {
  const report = Report.safeParse(parseJson(body));
  if (!report.success) {
    return undefined;
  }
  const downloads = report.data.downloads
    .filter(isWellFormed)
    .map(({ name, version }) => ({ name: name.toLowerCase(), version }));
  const different = new Map(downloads.map((download) => [`${download.name}\n${download.version}`, download]));
  return [...different.values()].slice(0, downloadsMax);
}

/** @returns those that were counted */
async function countIn(
  table: Table,
  { id, slug }: Organization,
  token: Token,
  downloads: readonly Download[],
  now: number,
): Promise<ReadonlySet<Download>> {
  const names = [...new Set(downloads.map(({ name }) => name))];
  const holders = await table.getMany(names.map((name) => keys.packageName(id, name)));
  const numbers = new Map(names.map((name, place) => [name, holders[place]?.number]));
  const mayInstall = await readableAtEdge(table, slug, token.principal);
  const wanted = downloads.flatMap((download) => {
    const number = numbers.get(download.name);
    return typeof number === 'number' && mayInstall(number) ? [{ number, download }] : [];
  });
  // Only versions that exist, since the report is not trustworthy.
  const versions = await table.getMany(
    wanted.map(({ number, download }) => keys.version(id, number, download.version)),
  );
  const known = wanted.filter((_, place) => versions[place] !== undefined);
  const counts = new Map<string, { readonly number: number; readonly count: number }>();
  for (const { number, download } of known) {
    counts.set(download.name, { number, count: (counts.get(download.name)?.count ?? 0) + 1 });
  }
  await writeAll([
    ...known.map(
      ({ number, download }) =>
        () =>
          countDownload(table, id, number, download.version),
    ),
    ...[...counts].flatMap(([name, { number, count }]) => [
      () => countDownloadsOfDay(table, id, number, count, now),
      () => noteDownloads(table, id, { name, number }, count),
    ]),
    ...(known.length > 0 ? [() => countDownloadsOfDay(table, id, 'all', known.length, now)] : []),
  ]);
  return new Set(known.map(({ download }) => download));
}

/** Some at once. No transaction: counters of a package that many install at this moment would make each other fail. */
async function writeAll(writes: readonly (() => Promise<void>)[]): Promise<void> {
  for (let from = 0; from < writes.length; from += writesAtOnce) {
    await Promise.all(writes.slice(from, from + writesAtOnce).map((write) => write()));
  }
}

/** The token in an Authorization header, Basic or Bearer, as Composer sends it; empty when there is none. Parsed as at the edge. */
export function tokenOf(authorization: string | undefined): string {
  const [, scheme = '', value = ''] = /^(basic|bearer) +(\S+) *$/i.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') {
    return value;
  }
  const pair = Buffer.from(value, 'base64').toString();
  const colon = pair.indexOf(':');
  return colon === -1 ? '' : pair.slice(colon + 1);
}
