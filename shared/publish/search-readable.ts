/**
 * Answers `composer search`: the packages that a principal may read and that have all words. In Packagist's form, which Composer expects:
 * https://packagist.org/apidoc#search-packages
 *
 * The CDN sends requests here only after the edge function has allowed them, and the path has the principal that it found.
 */
import { matchingPackages, type SearchedPackage } from '../composer/package-search.ts';
import { asPrincipal, type OrganizationId, type Principal } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import { type HttpAnswer, jsonAnswer } from '../runtime/http-message.ts';
import { readableAtEdge } from '../store/edge-store.ts';
import { namesOf } from '../store/name-store.ts';
import { findOrganizationBySlug } from '../store/organization-store.ts';
import { packagesOf } from '../store/package-store.ts';
import { countRequest, secondsToNextWindow } from '../store/rate-store.ts';
import type { Table } from '../store/table.ts';

export interface SearchDependencies {
  readonly table: Table;
  readonly clock: Clock;
  /** Of the console host, without a slash at its end. */
  readonly consoleBaseUrl: string;
}

export interface Search {
  readonly slug: string;
  /** As the edge function wrote it into the path. */
  readonly principal: string;
  /** `q`: the words; `type`: a package type, or nothing. */
  readonly query: URLSearchParams;
}

/** Searches of one principal in a minute. A person types a few; a team's token may be used by many. */
export const searchesMax = 120;
/** Results in an answer: `total` says how many there are, and Composer 2.10 prints the note about it. As many as a page of Packagist may have. */
export const resultsMax = 100;
/** Characters of the words together. */
const textMax = 200;

/** Those of the edge, which says no more either. */
const notFound = jsonAnswer(404, { error: 'not found' });

/** @returns 200; 400 for words that are too long; 404 for an organization that is gone; 429 for too many searches */
export async function searchReadable(
  { table, clock, consoleBaseUrl }: SearchDependencies,
  { slug, principal: text, query }: Search,
): Promise<HttpAnswer> {
  const organization = await findOrganizationBySlug(table, slug);
  if (organization === undefined) {
    return notFound;
  }
  const principal = asPrincipal(text);
  const now = clock.now();
  if ((await countRequest(table, `search.${slug}.${principal}`, now)) > searchesMax) {
    const warning = `More than ${searchesMax} searches in a minute came with this token. Try again in the next one, or search names alone: composer search --only-name`;
    return jsonAnswer(429, { warning }, { 'retry-after': String(secondsToNextWindow(now)) });
  }
  const words = query.get('q') ?? '';
  if (words.length > textMax) {
    return jsonAnswer(400, { warning: `Search for fewer words: they have more than ${textMax} characters.` });
  }
  const readable = await readablePackages(table, organization.id, slug, principal);
  const found = matchingPackages(readable, { text: words, type: query.get('type') ?? '' });
  return jsonAnswer(200, {
    results: found.slice(0, resultsMax).map((one) => resultOf(one, `${consoleBaseUrl}/o/${slug}`)),
    total: found.length,
    ...(found.length > resultsMax
      ? { info: `The first ${resultsMax} of ${found.length} packages are shown. More words find fewer.` }
      : {}),
  });
}

/** Three reads, and one more for each MB that the packages of the organization take: about 1,500 of them. */
async function readablePackages(
  table: Table,
  organization: OrganizationId,
  slug: string,
  principal: Principal,
): Promise<readonly SearchedPackage[]> {
  const [names, packages, isReadable] = await Promise.all([
    namesOf(table, organization),
    packagesOf(table, organization),
    readableAtEdge(table, slug, principal),
  ]);
  const downloadsOf = new Map(names.map(({ number, downloads }) => [number, downloads]));
  return packages
    .filter(({ number, state }) => state === 'available' && downloadsOf.has(number) && isReadable(number))
    .map(({ name, number, summary = noSummary }) => ({
      ...{ name, downloads: downloadsOf.get(number) ?? 0 },
      ...summary,
    }));
}

/** Of a package whose files were last published before summaries were kept. */
const noSummary = { description: '', keywords: [], type: 'library', abandoned: false } as const;

/** `url` is where Composer links to. Nothing of the package's repository: an organization may leave that out. */
const resultOf = (
  { name, description, downloads, abandoned }: SearchedPackage,
  consoleUrl: string,
): Readonly<Record<string, unknown>> => ({
  ...{ name, description, url: `${consoleUrl}/packages/${name}`, downloads },
  ...(abandoned === false ? {} : { abandoned }),
});
