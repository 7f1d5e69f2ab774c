/** What there is to know of one package, in parts that each cost few reads. */
import { z } from 'zod';
import type { RepositoryFact } from '../domain/facts.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { type PackageSource, sameSource } from '../domain/package.ts';
import { parseJson } from '../domain/parse-json.ts';
import { explainName } from '../scan/explain-name.ts';
import { findRepositories } from '../store/fact-store.ts';
import { findName, nameClaims } from '../store/name-store.ts';
import {
  findDists,
  findPackage,
  findPackages,
  isLiving,
  isOfSource,
  type StoredPackage,
  type StoredVersion,
  versionPage,
} from '../store/package-store.ts';
import { type RequirementRow, requirementPage } from '../store/requirement-store.ts';
import { findScans, type ScanState } from '../store/scan-store.ts';
import type { Table } from '../store/table.ts';
import type { Visibility } from './readable-packages.ts';
import { type PageAsked, visiblePage } from './visible-page.ts';

export interface PackageDescription {
  readonly found: StoredPackage;
  /** Undefined where the repository is not known any more. */
  readonly repository: RepositoryFact | undefined;
  readonly scan: ScanState | undefined;
}

/** Two reads. */
export async function describePackage(table: Table, found: StoredPackage): Promise<PackageDescription> {
  const [[repository], [scan]] = await Promise.all([
    findRepositories(table, [found]),
    findScans(table, [found]),
  ]);
  return { found, repository, scan };
}

const Links = z.record(z.string(), z.unknown()).catch({});
const Requirements = z.object({ require: Links, 'require-dev': Links }).partial().catch({});

/** An answer holds a page of versions, and at most 6 MB. */
const requirementsMax = 200;

export interface Requirement {
  readonly name: string;
  readonly constraint: string;
}

export interface DescribedVersion {
  readonly version: StoredVersion;
  /** Symbolic links that are not in its archive, since they lead out of the package's folder. */
  readonly linksLeftOut: readonly string[];
  readonly requires: readonly Requirement[];
  readonly requiresForDevelopment: readonly Requirement[];
}

function requirementsOf(links: Readonly<Record<string, unknown>> = {}): readonly Requirement[] {
  return Object.entries(links)
    .flatMap(([name, constraint]) => (typeof constraint === 'string' ? [{ name, constraint }] : []))
    .slice(0, requirementsMax);
}

export interface VersionPage {
  readonly versions: readonly DescribedVersion[];
  /** The normalized text after which the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/**
 * A page of versions. One read, two of a package below the root, and up to ten for whoever does not see all of them. The list ends for others where a thousand versions in
 * a row are not published.
 *
 * @param isOwner others see published versions only
 */
export async function packageVersions(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  { number, directory = '' }: Pick<StoredPackage, 'number' | 'directory'>,
  asked: PageAsked<string>,
  isOwner: boolean,
): Promise<VersionPage> {
  const { items, next } = await visiblePage(
    asked,
    (page) => versionPage(table, id, number, page),
    async (rows) =>
      rows.map((version) => (isOwner || version.state === 'published' ? described(version) : undefined)),
    ({ versionNormalized }) => versionNormalized,
  );
  const commits = directory === '' ? [] : items.map(({ version }) => version.commit);
  const dists = await findDists(table, id, number, commits);
  const linksLeftOut = (commit: string) => dists.get(commit)?.linksLeftOut ?? [];
  return {
    versions: items.map((one) => ({ ...one, linksLeftOut: linksLeftOut(one.version.commit) })),
    next,
  };
}

function described(version: StoredVersion): Omit<DescribedVersion, 'linksLeftOut'> {
  const links = Requirements.parse(parseJson(version.manifest));
  return {
    version,
    requires: requirementsOf(links.require),
    requiresForDevelopment: requirementsOf(links['require-dev']),
  };
}

export interface NameClaims {
  /** Who has the name, and why; undefined where nobody has it. */
  readonly holder:
    | { readonly name: string; readonly why: string; readonly source: PackageSource }
    | undefined;
  /** Whether nobody gets it without an owner's word. */
  readonly isContested: boolean;
  readonly claimants: readonly { readonly source: PackageSource; readonly name: string }[];
}

/**
 * Who has a name, and who else claims it.
 *
 * @param now milliseconds since the epoch
 */
export async function claimsOn(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  name: string,
  now: number,
): Promise<NameClaims> {
  const [stored, explained, claims] = await Promise.all([
    findName(table, id, name),
    explainName(table, id, name, now),
    nameClaims(table, id, name),
  ]);
  // The claim of a repository that was given the name goes with its next scan. One whose package was deleted here claims it again.
  const held = stored && (await findPackage(table, id, stored.number));
  const others =
    held !== undefined && isOfSource(held) ? claims.filter((source) => !sameSource(source, held)) : claims;
  const facts = await findRepositories(table, others);
  return {
    holder: stored && explained && { name: explained.holder, why: explained.why, source: stored.source },
    isContested: stored?.isContested === true,
    claimants: others.map((source, place) => ({
      source,
      name: facts[place]?.fullName ?? source.repository,
    })),
  };
}

export interface Dependent {
  readonly name: string;
  readonly constraint: string;
  readonly isForDevelopment: boolean;
}

/** Pages may begin at such numbers, whether or not there is a package. */
const numbersInBlock = 100;
/** Rows of one read: they are small. */
const rowsMax = 1000;

interface DependentPage {
  readonly dependents: readonly Dependent[];
  /** The number after which the next page begins; undefined on the last one. */
  readonly next: number | undefined;
}

/**
 * A page of the packages here that require the name, as far as the viewer may install them. Two reads; up to twenty while what the viewer may
 * read is decided from facts. It may be short, and empty where the viewer sees none of a thousand.
 */
export async function dependentsOf(
  table: Table,
  organization: Pick<Organization, 'id'>,
  name: string,
  asked: PageAsked<number>,
  { maySee, maySeeNumber }: Visibility,
): Promise<DependentPage> {
  return maySeeNumber === undefined
    ? dependentsByFacts(table, organization, name, asked, maySee)
    : dependentsByNumber(table, organization, name, asked, maySeeNumber);
}

async function dependentsByNumber(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  name: string,
  { limit, after }: PageAsked<number>,
  maySeeNumber: (packageNumber: number) => boolean,
): Promise<DependentPage> {
  const rows = await requirementPage(table, id, name, { limit: rowsMax, after });
  const visible = rows.filter(({ number }) => maySeeNumber(number));
  const page = visible.slice(0, limit);
  const next =
    visible.length > limit ? page.at(-1)?.number : blockOf(rows.length < rowsMax ? undefined : rows.at(-1));
  const shown = await shownDependents(table, id, page, () => true);
  return { dependents: shown.filter((one) => one !== undefined), next };
}

/** So many rows were read that this is beyond where the page began. It says nothing of the rows themselves. */
const blockOf = (last: { readonly number: number } | undefined): number | undefined =>
  last && Math.floor(last.number / numbersInBlock) * numbersInBlock;

/** In the order of the rows; undefined for what is gone or not to be seen. */
async function shownDependents(
  table: Table,
  organization: OrganizationId,
  rows: readonly RequirementRow[],
  maySee: Visibility['maySee'],
): Promise<readonly (Dependent | undefined)[]> {
  const numbers = rows.map(({ number }) => number);
  const packages = await findPackages(table, organization, numbers);
  return rows.map(({ constraint, isForDevelopment }, place) => {
    const found = packages[place];
    return found !== undefined && isLiving(found) && maySee(found)
      ? { name: found.name, constraint, isForDevelopment }
      : undefined;
  });
}

async function dependentsByFacts(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  name: string,
  asked: PageAsked<number>,
  maySee: Visibility['maySee'],
): Promise<DependentPage> {
  const { items, next, endedAt } = await visiblePage(
    asked,
    (page) => requirementPage(table, id, name, page),
    (rows) => shownDependents(table, id, rows, maySee),
    ({ number }) => number,
  );
  const block = endedAt === undefined ? undefined : blockOf({ number: endedAt });
  return { dependents: items, next: block === undefined ? next : Math.max(block, next ?? 0) };
}
