/** Answers `POST /downloads`. */
import type { Clock } from '../runtime/clock.ts';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../runtime/http-message.ts';
import { viewerAddress } from '../runtime/viewer.ts';
import { countForAddress } from '../store/rate-store.ts';
import type { Table } from '../store/table.ts';
import { recordDownloads, tokenOf } from './record-downloads.ts';

/**
 * Reports in a minute, of all who share the address. Composer sends one for each `install` or `update`, however many packages that
 * installs, so a company's build servers behind one address stay far below.
 */
export const reportsMax = 600;

/** @returns 201, 401 for a token or a report that counts for nothing, 429 for more reports than an address may send */
export async function receiveReport(
  dependencies: { readonly table: Table; readonly clock: Clock },
  { headers, body }: Pick<HttpRequest, 'headers' | 'body'>,
): Promise<HttpAnswer> {
  const { table, clock } = dependencies;
  const retryAfter = await countForAddress(
    table,
    'downloads',
    viewerAddress(headers),
    reportsMax,
    clock.now(),
  );
  if (retryAfter !== undefined) {
    const warning = 'Too many reports came from your network in this minute.';
    return jsonAnswer(429, { warning }, { 'retry-after': String(retryAfter) });
  }
  const counted = await recordDownloads(dependencies, tokenOf(headers.authorization), body.toString('utf8'));
  return counted === undefined
    ? jsonAnswer(401, { warning: 'The registry does not know this token.' })
    : jsonAnswer(201, { status: 'success' });
}
