/** Turns stored versions into those in the metadata. Pure. */
import { z } from 'zod';
import type { PublishedVersion } from '../composer/package-metadata.ts';
import { distReference } from '../domain/dist-reference.ts';
import type { PublishingSettings } from '../domain/organization.ts';
import { marksDefaultBranch, treeAddress } from '../domain/repository-links.ts';
import {
  publishedShasum,
  type StoredDist,
  type StoredPackage,
  type StoredVersion,
} from '../store/package-store.ts';

/** Versions whose code we do not store: how many are in the metadata, how many the organization forbids, and where the code is. */
export interface OutsideCodeSummary {
  readonly published: number;
  readonly forbidden: number;
  readonly hosts: readonly string[];
}

/** How many hosts are shown. */
const hostsMax = 10;

/**
 * @param of.versions that may be published
 * @param of.dists recorded commits of the package, for versions that `hasCommitShasum`
 * @param of.distUrl the URL of our archive of a commit
 */
export function publishedVersions(of: {
  readonly found: StoredPackage;
  readonly versions: readonly StoredVersion[];
  readonly dists: readonly StoredDist[];
  readonly settings: PublishingSettings;
  readonly distUrl: (reference: string) => string;
}): {
  readonly published: readonly PublishedVersion[];
  readonly outsideCode: OutsideCodeSummary | undefined;
} {
  const distOf = new Map(of.dists.map((dist) => [dist.commit, dist]));
  const read = of.versions.map((version) => ({
    version,
    manifest: Manifest.parse(JSON.parse(version.manifest)),
  }));
  const outsideManifests = read.filter(({ manifest }) => isOutside(manifest));
  const shown = of.settings.outsideCode ? read : read.filter(({ manifest }) => !isOutside(manifest));
  return {
    published: shown.map(({ version, manifest }) => {
      const { links, support, homepage } = linksOf(of.found, version);
      const source = manifest.source ?? links;
      return {
        version: version.version,
        versionNormalized: version.versionNormalized,
        isDefaultBranch: version.isDefaultBranch && marksDefaultBranch(of.found.links),
        time: version.time,
        manifest,
        dist: manifest.dist
          ? // As in Composer's VcsRepository: a dist without a reference has that of the source.
            { ...manifest.dist, reference: manifest.dist.reference ?? source?.reference ?? version.commit }
          : ownDist(version, distOf.get(version.commit), of.distUrl),
        // Composer fetches no folder of a repository from its source, and the root would be another package.
        ...(of.settings.source && source && !isFolder(version, manifest) ? { source } : {}),
        ...(support ? { support } : {}),
        homepage,
        abandoned: abandonment(of.found, manifest),
      };
    }),
    outsideCode: summaryOf(
      outsideManifests.map(({ manifest }) => manifest),
      of.settings,
    ),
  };
}

/** The form that `outsideCode` returns. */
const CodeAddress = z.object({ type: z.string(), url: z.string(), reference: z.string() });
const Manifest = z.looseObject({
  source: CodeAddress.optional(),
  dist: CodeAddress.extend({
    reference: z.string().exactOptional(),
    shasum: z.string().exactOptional(),
  }).optional(),
});
type Manifest = z.infer<typeof Manifest>;

/** Whether the version is a folder of its repository, and its manifest gives no source itself. */
const isFolder = ({ directory = '' }: StoredVersion, { source }: Manifest): boolean =>
  directory !== '' && source === undefined;

const isOutside = ({ source, dist }: Manifest): boolean => source !== undefined || dist !== undefined;

/** The archive that we build of the commit on its first request. */
function ownDist(
  version: StoredVersion,
  dist: StoredDist | undefined,
  distUrl: (reference: string) => string,
): PublishedVersion['dist'] {
  const shasum = publishedShasum(version, dist);
  return {
    // Composer replaces the placeholder by the pinned commit of `dev-main#<commit>`; a tag's URL never changes.
    url: distUrl(version.refKind === 'branch' ? '%reference%' : distReference(version.commit)),
    reference: version.commit,
    ...(shasum === undefined ? {} : { shasum }),
  };
}

/** The links to the version's code and issues; none until a scan has recorded the repository's links. */
function linksOf(
  { links }: StoredPackage,
  { commit, refName, linkedRef, directory = '' }: StoredVersion,
): {
  readonly links?: z.infer<typeof CodeAddress>;
  readonly support?: PublishedVersion['support'];
  readonly homepage?: string | undefined;
} {
  if (links === undefined) {
    return {};
  }
  const tree = treeAddress(links, { ref: linkedRef ?? refName, commit });
  const source = directory === '' ? tree : tree && `${tree.replace(/\/$/, '')}/${directory}`;
  return {
    links: { ...links.source, reference: commit },
    support: { source, issues: links.issues },
    homepage: links.homepage,
  };
}

/** The package that replaces this one; or true if its repository is archived and the manifest does not say `abandoned` itself. */
function abandonment(
  { replacement, archived }: StoredPackage,
  manifest: Readonly<Record<string, unknown>>,
): true | string | undefined {
  return replacement ?? (archived && manifest.abandoned === undefined ? true : undefined);
}

function summaryOf(
  outsideManifests: readonly Manifest[],
  { outsideCode }: PublishingSettings,
): OutsideCodeSummary | undefined {
  if (outsideManifests.length === 0) {
    return undefined;
  }
  const hosts = new Set(
    outsideManifests.flatMap(({ dist, source }) =>
      [dist, source].flatMap((one) => (one ? [hostOf(one.url)] : [])),
    ),
  );
  return {
    published: outsideCode ? outsideManifests.length : 0,
    forbidden: outsideCode ? 0 : outsideManifests.length,
    hosts: [...hosts].sort().slice(0, hostsMax),
  };
}

/** The host in a URL, or in `user@host:path`. */
const hostOf = (url: string): string => URL.parse(url)?.host || (/^[^@]*@([^:]+):/.exec(url)?.[1] ?? url);
