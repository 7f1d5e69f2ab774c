/**
 * Counts the installations that Composer reports: https://getcomposer.org/doc/05-repositories.md#notify-batch
 *
 * Composer ignores the response, so errors are not reported; what cannot be counted is left out.
 */

import { z } from 'zod';
import { bitmapHas, edgeKeys, packagesPerChunk } from '../domain/edge-keys.ts';
import { parsePrincipal } from '../domain/ids.ts';
import { parseJson } from '../domain/parse-json.ts';
import type { Clock } from '../runtime/clock.ts';
import { countDownload, countDownloadsOfDay } from '../store/download-store.ts';
import { edgeRows } from '../store/edge-store.ts';
import { keys } from '../store/keys.ts';
import { findOrganization } from '../store/organization-store.ts';
import type { Table } from '../store/table.ts';
import { findToken, isLive, type Token } from '../store/token-store.ts';

/** More packages than any installation has: a longer list must be a mistake. */
const downloadsMax = 1000;

const Report = z.object({
  downloads: z.array(z.object({ name: z.string().max(200), version: z.string().max(200) })).max(downloadsMax),
});

/**
 * Counts only packages that the token may install.
 *
 * @param secret the token that came with the report
 * @returns how many were counted, which the token's holder must not learn: it reveals which packages exist. Undefined when the
 *   token or the report is invalid, or when access to the organization is stopped
 */
export async function recordDownloads(
  { table, clock }: { table: Table; clock: Clock },
  secret: string,
  body: string,
): Promise<number | undefined> {
  const report = Report.safeParse(parseJson(body));
  const token = await findToken(table, secret);
  if (!report.success || !token || !isLive(token, clock.now())) {
    return undefined;
  }
  const { organization } = token;
  const found = await findOrganization(table, organization);
  if (!found || found.accessStoppedAt !== undefined) {
    return undefined;
  }
  const names = [...new Set(report.data.downloads.map((download) => download.name.toLowerCase()))];
  const holders = await table.getMany(names.map((name) => keys.packageName(organization, name)));
  const numbers = new Map(names.map((name, place) => [name, holders[place]?.number]));
  const mayInstall = await installable(table, found.slug, token);
  const wanted = report.data.downloads.flatMap(({ name, version }) => {
    const number = numbers.get(name.toLowerCase());
    return typeof number === 'number' && mayInstall(number) ? [{ number, version }] : [];
  });
  // Only versions that exist, since the report is not trustworthy.
  const versions = await table.getMany(
    wanted.map(({ number, version }) => keys.version(organization, number, version)),
  );
  const known = wanted.filter((_, place) => versions[place] !== undefined);
  const counts = new Map<number, number>();
  for (const { number, version } of known) {
    await countDownload(table, organization, number, version);
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  for (const [number, count] of counts) {
    await countDownloadsOfDay(table, organization, number, count, clock.now());
  }
  return known.length;
}

/** What the edge lets the token read. */
async function installable(
  table: Table,
  slug: string,
  { principal }: Token,
): Promise<(number: number) => boolean> {
  if (parsePrincipal(principal).kind === 'organization') {
    return () => true;
  }
  const rows = await edgeRows(table, edgeKeys.view(slug, principal, 0).slice(0, -1));
  const values = new Map(rows.map((row) => [row.key, row.value]));
  return (number) =>
    bitmapHas(values.get(edgeKeys.view(slug, principal, Math.floor(number / packagesPerChunk))), number);
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
