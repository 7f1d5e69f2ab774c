/** What there is to know of one package, in parts that each cost few reads. */
import { z } from 'zod';
import type { RepositoryFact } from '../domain/facts.ts';
import type { Organization } from '../domain/organization.ts';
import type { PackageSource } from '../domain/package.ts';
import { parseJson } from '../domain/parse-json.ts';
import { explainName } from '../scan/explain-name.ts';
import { findRepositories } from '../store/fact-store.ts';
import { findName, nameClaims } from '../store/name-store.ts';
import {
  findPackages,
  isLiving,
  type StoredPackage,
  type StoredVersion,
  versionPage,
} from '../store/package-store.ts';
import { requirementPage } from '../store/requirement-store.ts';
import { findScans, type ScanState } from '../store/scan-store.ts';
import type { Table } from '../store/table.ts';
import type { MaySee } from './readable-packages.ts';
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
 * A page of versions. One read, and up to ten for whoever does not see all of them. The list ends for others where a thousand versions in
 * a row are not published.
 *
 * @param isOwner others see published versions only
 */
export async function packageVersions(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  { number }: Pick<StoredPackage, 'number'>,
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
  return { versions: items, next };
}

function described(version: StoredVersion): DescribedVersion {
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
  const facts = await findRepositories(table, claims);
  return {
    holder: stored && explained && { name: explained.holder, why: explained.why, source: stored.source },
    isContested: stored?.isContested === true,
    claimants: claims.map((source, place) => ({
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

/**
 * A page of the packages here that require the name, as far as the viewer may install them. Two reads, and up to twenty for whoever does
 * not see all of them; after these it may be short.
 *
 * @returns with `next`, the number after which the next page begins; undefined on the last one
 */
export async function dependentsOf(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  name: string,
  asked: PageAsked<number>,
  maySee: MaySee,
): Promise<{ readonly dependents: readonly Dependent[]; readonly next: number | undefined }> {
  const { items, next, endedAt } = await visiblePage(
    asked,
    (page) => requirementPage(table, id, name, page),
    async (rows) => {
      const packages = await findPackages(
        table,
        id,
        rows.map(({ number }) => number),
      );
      return rows.map(({ constraint, isForDevelopment }, place): Dependent | undefined => {
        const found = packages[place];
        return found !== undefined && isLiving(found) && maySee(found)
          ? { name: found.name, constraint, isForDevelopment }
          : undefined;
      });
    },
    ({ number }) => number,
  );
  // So many rows were read that this is beyond where the page began. It says nothing of the rows themselves.
  const block = endedAt === undefined ? undefined : Math.floor(endedAt / numbersInBlock) * numbersInBlock;
  return { dependents: items, next: block === undefined ? next : Math.max(block, next ?? 0) };
}
