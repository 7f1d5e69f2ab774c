/** What the API says of packages and repositories, and takes for them. */
import { z } from 'zod';
import { waitingReasons } from '../domain/package.ts';
import { confirmable, Line, Time } from './common.ts';

const vendorOrName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,149}$/, 'is no part of a package name')
  .meta({ example: 'acme' });

/** The parts of a package's name in a path. */
export const packageParams = { vendor: vendorOrName, name: vendorOrName } as const;

/** A repository's id in a path or a body. */
export const RepositoryId = z
  .string()
  .max(250)
  .regex(/^[A-Za-z0-9_-]{1,100}~[A-Za-z0-9{}_-]{1,140}$/, 'is no id of a repository')
  .meta({ description: 'As a list of repositories has it.' });

const RepositoryName = Line(300).meta({
  description: 'The id of a repository, as a list has it, or its name with or without its owner.',
});

export const Commit = z
  .string()
  .regex(
    /^(?:[0-9a-f]{40}|[0-9a-f]{64}|\/\S*@\d+)$/,
    'has to be a full hash in lower case, or of Subversion a reference as versions have it',
  );

/** In a path, where a reference of Subversion would have slashes. */
export const CommitInPath = z
  .string()
  .regex(/^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/, 'has to be a full hash in lower case')
  .meta({ description: 'A full hash; of Subversion the MD5 of the reference, as in addresses of archives.' });

export const PackageState = z.enum(['accepted', 'available', 'unreadable']).meta({
  id: 'PackageState',
  description:
    '`accepted`: its files are about to be published. `available`: clients get it. `unreadable`: its repository cannot be read any more; nobody gets it, and everything is kept.',
});

const repositoryOfPackage = z.object({
  id: z.string(),
  name: z.string().meta({ description: 'With its owner, as last known.' }),
});

const packageFields = {
  name: z.string(),
  state: PackageState,
  synchronization: z.string(),
  repository: repositoryOfPackage,
  folder: z.string().optional().meta({
    description: 'Where it is in its repository, such as `packages/money`; missing in the root.',
  }),
  versions: z.int().meta({ description: 'That clients get.' }),
  isArchived: z.boolean().meta({ description: 'Its repository is.' }),
  replacement: z.string().optional().meta({ description: 'The package that its repository is now.' }),
};

export const PackageSummary = z
  .object({
    ...packageFields,
    downloads: z.int().meta({ description: 'How often Composer reported an installation.' }),
    changedAt: Time.optional().meta({ description: 'When what clients get last changed.' }),
  })
  .meta({ id: 'PackageSummary' });

export const Package = z
  .object({
    ...packageFields,
    defaultBranch: z.string().optional(),
    links: z
      .object({
        source: z.string().meta({ description: 'Where it is cloned from.' }),
        page: z.string().optional().meta({ description: 'Its files, to be looked at.' }),
        issues: z.string().optional(),
      })
      .optional()
      .meta({ description: 'Addresses on the code host.' }),
    unreadableSince: Time.optional(),
    passedFrom: z
      .object({ at: Time, reason: z.string() })
      .optional()
      .meta({ description: 'Its name was another package’s before.' }),
    outsideCode: z
      .object({ published: z.int(), forbidden: z.int(), hosts: z.array(z.string()) })
      .optional()
      .meta({ description: 'Versions whose code is elsewhere, and not kept here.' }),
    scan: z
      .object({
        lastScannedAt: Time.optional(),
        isPending: z.boolean(),
        isUnfinished: z.boolean().meta({ description: 'Something is tried again at the next reconcile.' }),
        lastFailure: z.object({ at: Time, code: z.string(), message: z.string() }).optional(),
        notices: z.array(z.object({ version: z.string(), notice: z.string() })),
        leftOut: z.int().meta({ description: 'How many refs give no version.' }),
      })
      .meta({ description: 'The last scan of its repository.' }),
  })
  .meta({ id: 'Package' });

const requirements = z.array(
  z.object({
    name: z.string(),
    constraint: z.string(),
    isHere: z.boolean().meta({
      description: 'It is a package here, which you may install; said of the first hundred names of a page.',
    }),
  }),
);

export const Version = z
  .object({
    version: z.string(),
    normalized: z.string(),
    state: z.enum(['published', 'pending', 'withdrawn']).meta({
      description:
        '`pending`: a new tag whose archive is not stored yet. `withdrawn`: its tag is gone; it comes back with the same commit.',
    }),
    reason: z.string().optional().meta({ description: 'Why it is pending.' }),
    ref: z.object({ kind: z.enum(['tag', 'branch']), name: z.string() }),
    commit: z.string(),
    page: z
      .string()
      .optional()
      .meta({ description: 'Its files on the code host, to be looked at; missing before the next scan.' }),
    time: z.string(),
    isDefaultBranch: z.boolean(),
    movedTo: z.string().optional().meta({
      description: 'The commit that its tag moved to; the version keeps the first until an owner accepts it.',
    }),
    isMoveAccepted: z.boolean().meta({ description: 'An owner did; its archive is being stored.' }),
    linksLeftOut: z.array(z.string()).meta({
      description:
        'Symbolic links that lead out of the folder of the package, so they are not in its archive: the first twenty, once it is stored.',
    }),
    requires: requirements,
    requiresForDevelopment: requirements,
  })
  .meta({ id: 'Version' });

export const LeftOutRef = z.object({ ref: z.string(), reason: z.string() }).meta({ id: 'LeftOutRef' });

/** What a page of a repository's left-out refs has besides them. */
export const leftOutFields = {
  repository: z.string().meta({ description: 'Name of the repository.' }),
  scannedAt: Time,
  count: z.int().meta({ description: 'How many refs are left out in all.' }),
} as const;

export const Downloads = z
  .object({
    days: z.array(z.object({ day: z.iso.date(), count: z.int() })).meta({
      description: 'Days in UTC on which there were any, the latest first.',
    }),
    versions: z
      .array(z.object({ version: z.string(), count: z.int() }))
      .meta({ description: 'By normalized version, since it is here.' }),
  })
  .meta({ id: 'Downloads', description: 'Installations that Composer reported.' });

export const NameClaims = z
  .object({
    holder: z
      .object({ repository: repositoryOfPackage, why: z.string() })
      .optional()
      .meta({ description: 'The repository that has the name.' }),
    isContested: z.boolean().meta({ description: 'An owner has to give it.' }),
    claimants: z.array(repositoryOfPackage),
  })
  .meta({ id: 'NameClaims' });

export const NoPackageReason = z
  .enum([...waitingReasons, 'no-manifest', 'scan-failed'])
  .meta({ id: 'NoPackageReason' });

export const Repository = z
  .object({
    id: z.string(),
    name: z.string(),
    synchronization: z.string(),
    visibility: z.enum(['public', 'internal', 'private']),
    isFork: z.boolean(),
    isArchived: z.boolean(),
    packages: z.array(z.string()),
    waiting: z
      .array(z.object({ name: z.string(), reason: z.enum(waitingReasons) }))
      .meta({ description: 'Names that its last scan found and that are no packages yet.' }),
    reason: NoPackageReason.optional().meta({
      description: 'Why it has no package; missing where it has one, or was not scanned yet.',
    }),
    leftOut: z.int().meta({ description: 'How many of its tags and branches give no version.' }),
    foldersWithManifests: z.int().meta({
      description:
        'In how many folders below its root there is a composer.json: `readPackageFolders` proposes patterns.',
    }),
    lastScannedAt: Time.optional(),
    isScanPending: z.boolean(),
    lastFailure: z.object({ at: Time, code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'Repository' });

const Patterns = z.array(z.string().min(1).max(200)).max(20);

export const PackageFolders = z
  .object({
    repository: z.string(),
    patterns: Patterns.meta({
      description: 'Of the manifests of packages below the root, such as `packages/*/composer.json`.',
    }),
    proposed: z.array(z.string()).meta({ description: 'Patterns that would fit the folders that have one.' }),
    lookedAt: Time.optional().meta({
      description: 'As of when `proposed` and `found` are; missing before the first look.',
    }),
    found: z.object({
      patterns: z.array(z.string()),
      folders: z.array(z.string()).meta({ description: 'The folders that become packages, the first 1000.' }),
      count: z.int(),
    }),
  })
  .meta({ id: 'PackageFolders' });

export const PackageFoldersChoice = z
  .strictObject({ patterns: Patterns })
  .meta({ id: 'PackageFoldersChoice', description: 'None: only the root may be a package.' });

export const PackageChoice = z
  .strictObject({
    repositories: z.union([z.literal('all'), z.array(RepositoryName).min(1).max(1000)]),
    forks: z.boolean().optional().meta({ description: 'With `all`: forks too.' }),
  })
  .meta({ id: 'PackageChoice', description: 'Repositories that are to become packages.' });

export const HolderChoice = z
  .strictObject({
    repository: RepositoryName,
    samePackage: z
      .boolean()
      .optional()
      .meta({ description: 'It is the same package, moved: it keeps its archives.' }),
    why: Line(500),
  })
  .meta({ id: 'HolderChoice' });

export const GivenName = z
  .object({
    package: z.string(),
    from: z.string(),
    to: z.string(),
    numberBefore: z.int(),
    number: z.int().meta({ description: 'The same as before where it is the same package.' }),
  })
  .meta({ id: 'GivenName' });

export const PackageDeletionRequest = z
  .strictObject({
    ...confirmable,
    keepArchives: z.boolean().optional().meta({ description: 'For 90 days, where nobody gets them.' }),
  })
  .meta({ id: 'PackageDeletionRequest', description: '`confirm` is the name of the package.' });

export const PackageDeletion = z
  .object({
    done: z.boolean(),
    package: z.string(),
    versions: z.int(),
    archives: z.int(),
    archivesKeptUntil: Time.optional(),
  })
  .meta({ id: 'PackageDeletion', description: 'What is deleted, or would be.' });

export const VersionDeletionRequest = z
  .strictObject({ ...confirmable, versions: z.array(z.string().min(1).max(300)).min(1).max(90) })
  .meta({ id: 'VersionDeletionRequest', description: '`confirm` is the name of the package.' });

export const CommitRefusalRequest = z
  .strictObject({ ...confirmable, commits: z.array(Commit).min(1).max(90) })
  .meta({ id: 'CommitRefusalRequest', description: '`confirm` is the commits, with commas between them.' });

export const CommitRefusal = z
  .object({
    done: z.boolean(),
    commits: z.array(z.string()),
    versions: z.array(z.object({ package: z.string(), version: z.string() })),
    archives: z.int(),
  })
  .meta({ id: 'CommitRefusal', description: 'What is refused, or would be: all versions at these commits.' });

export const RefusedCommit = z
  .object({
    commit: z.string(),
    by: z.string().optional().meta({ description: 'Not for keys without the scope `members`.' }),
    why: z.string(),
    at: Time,
    isWithdrawn: z.boolean().meta({ description: 'Clients get none of its archives any more.' }),
    removedAt: Time.optional().meta({ description: 'When its archives were removed.' }),
  })
  .meta({ id: 'RefusedCommit' });

export const AllowedCommit = z
  .object({ commit: z.string(), packages: z.array(z.string()), renumbered: z.array(z.string()) })
  .meta({ id: 'AllowedCommit' });

export const ChosenRepositories = z
  .object({
    chosen: z.int(),
    repositories: z.array(z.string()).meta({ description: 'Their names, the first 10,000.' }),
  })
  .meta({ id: 'ChosenRepositories' });

export const MoveAcceptance = z
  .strictObject({
    commit: Commit.meta({ description: '`movedTo` of the version: what the owner looked at.' }),
    why: Line(500),
  })
  .meta({ id: 'MoveAcceptance' });

export const AcceptedMove = z
  .object({ version: z.string(), from: z.string(), to: z.string() })
  .meta({ id: 'AcceptedMove', description: 'The commits of the version.' });

export const Dependent = z
  .object({ name: z.string(), constraint: z.string(), isForDevelopment: z.boolean() })
  .meta({
    id: 'Dependent',
    description: 'A package here that requires another, as its default branch says.',
  });

export const ScanLogEntry = z
  .object({
    at: Time,
    cause: z.string().optional().meta({ description: 'What asked for the scan, where that is known.' }),
    changes: z
      .array(z.object({ kind: z.enum(['write', 'remove']), version: z.string(), reason: z.string() }))
      .meta({ description: 'The first 50.' }),
    changeCount: z.int(),
    failure: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'ScanLogEntry', description: 'A scan that changed versions, or failed.' });

/** Filter of a list by a part of a name. */
export const NamePart = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(200)
  .meta({ description: 'Part of the name.' });

export const Readme = z
  .object({
    file: z.string().meta({ example: 'README.md' }),
    mediaType: z.enum(['text/markdown', 'text/plain']),
    text: z.string().meta({ description: 'The source, as its authors wrote it: never to be shown as HTML.' }),
    commit: z.string(),
  })
  .meta({ id: 'Readme' });
