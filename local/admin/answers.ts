/** The parts of the functions' answers that are printed. */
import { z } from 'zod';
import { callerErrorCodes } from '../../shared/domain/caller-error.ts';

const Failure = z.object({ at: z.string(), code: z.string(), message: z.string() });

const Scope = z.object({
  lastSuccess: z.string().optional(),
  readBy: z.string().optional(),
  lastFailure: Failure.optional(),
  isPending: z.boolean(),
  cause: z.string().optional(),
  runningSince: z.string().optional(),
  lookAgainAt: z.string().optional(),
  hidden: z.object({ since: z.string(), why: z.string() }).optional(),
  differences: z.array(z.object({ since: z.string(), why: z.string() })).optional(),
  uncompared: z.array(z.object({ since: z.string(), why: z.string() })).optional(),
  notBefore: z.string().optional(),
  about: z.string().optional(),
  reading: z.object({ read: z.number(), total: z.number().optional(), since: z.string() }).optional(),
});
export type Scope = z.infer<typeof Scope>;

const HeldRemovals = z.object({
  scope: z.string(),
  about: z.string().optional(),
  since: z.string(),
  count: z.number(),
  digest: z.string(),
  changes: z.array(z.string()),
  decision: z.enum(['yes', 'no']).optional(),
  decidedAt: z.string().optional(),
});
export type HeldRemovals = z.infer<typeof HeldRemovals>;

export const Status = z.object({
  slug: z.string(),
  name: z.string(),
  url: z.string(),
  rewriting: z.object({ left: z.number(), of: z.number() }).optional(),
  ownedVendors: z.array(z.string()),
  publishing: z.object({ source: z.boolean(), outsideCode: z.boolean() }),
  accessStoppedSince: z.string().optional(),
  counts: z.object({
    members: z.number(),
    teams: z.number(),
    repositories: z.number(),
    packages: z.record(z.string(), z.number()),
    versions: z.number(),
  }),
  pending: z.record(z.string(), z.number()),
  synchronizations: z.array(
    z.object({
      id: z.string(),
      forge: z.string(),
      isUnknownForge: z.boolean().default(false),
      login: z.string(),
      credentialState: z.string(),
      credentialStateSince: z.string().optional(),
      rightsAsOf: z.string().optional(),
      rightsSuspendedSince: z.string().optional(),
      caution: z.object({ heldShare: z.number(), heldAbove: z.number(), suspendAfterDays: z.number() }),
      scopes: z.record(z.string(), Scope),
      parts: z.record(z.string(), Scope),
      hooks: z
        .object({
          working: z.number(),
          notWorking: z.number(),
          missing: z.number(),
          problem: z.object({ message: z.string(), since: z.string() }).optional(),
        })
        .optional(),
      older: z.object({ unread: z.number(), until: z.string() }).optional(),
      archives: z
        .object({
          ...{ stored: z.number(), wanted: z.number(), unavailable: z.number() },
          packagesLeft: z.number(),
        })
        .optional(),
      heldRemovals: z.array(HeldRemovals),
      scanFailures: z.array(Failure.extend({ repository: z.string() })),
    }),
  ),
  waiting: z.array(
    z.object({
      name: z.string(),
      repository: z.string(),
      reason: z.string(),
      /** Why another repository has the name. */
      why: z.string().optional(),
    }),
  ),
  proposedVendors: z.array(z.string()),
  packages: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      versions: z.number(),
      repository: z.string(),
      outsideCode: z
        .object({ published: z.number(), forbidden: z.number(), hosts: z.array(z.string()) })
        .optional(),
    }),
  ),
  repositoriesWithoutPackage: z.array(z.string()),
  leftOut: z.array(z.object({ repository: z.string(), ref: z.string(), reason: z.string() })),
  moreLeftOut: z.array(z.object({ repository: z.string(), count: z.number(), shown: z.number() })),
  notices: z.array(z.object({ repository: z.string(), version: z.string(), notice: z.string() })),
  tokens: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      principal: z.string(),
      holder: z.string().optional(),
      description: z.string().optional(),
      state: z.string(),
      expires: z.string().optional(),
    }),
  ),
  deletions: z
    .array(
      z.object({
        kind: z.string(),
        name: z.string(),
        since: z.string(),
        keptUntil: z.string().optional(),
        step: z.string(),
        objects: z.number(),
        records: z.number(),
      }),
    )
    .default([]),
  refusedCommits: z
    .array(
      z.object({
        commit: z.string(),
        by: z.string(),
        why: z.string(),
        at: z.string(),
        isRemoved: z.boolean(),
      }),
    )
    .default([]),
  auditLog: z
    .array(
      z.object({ at: z.string(), by: z.string(), act: z.string(), subject: z.string(), why: z.string() }),
    )
    .default([]),
});
export type Status = z.infer<typeof Status>;

/** The answer of `status` without an organization. */
export const Installations = z.object({
  organizations: z.array(z.object({ slug: z.string(), name: z.string() })),
  unclaimedInstallations: z.array(
    z.object({ installation: z.string(), login: z.string(), forge: z.string() }),
  ),
});
export type Installations = z.infer<typeof Installations>;

const Counts = z.object({ add: z.number(), update: z.number(), remove: z.number() });
export type Counts = z.infer<typeof Counts>;

const Run = z.object({
  number: z.number(),
  started: z.string(),
  seconds: z.number(),
  requests: z.number().optional(),
  counts: Counts,
  scopes: z.array(
    z.object({
      scope: z.string(),
      cause: z.string(),
      delivery: z.string().optional(),
      outcome: z.string(),
      held: z.number().optional(),
      deferred: z.number().optional(),
    }),
  ),
});
export type Run = z.infer<typeof Run>;
export const Runs = z.object({ runs: z.array(Run) });
export const OneRun = z.object({ run: Run.extend({ changes: z.array(z.string()) }) });

export const LeftOut = z.object({
  repository: z.string(),
  scanned: z.string(),
  count: z.number(),
  leftOut: z.array(z.object({ ref: z.string(), reason: z.string() })),
});

export type LeftOut = z.infer<typeof LeftOut>;

export const Preview = z.object({
  requests: z.number().optional(),
  scopes: z.array(
    z.object({
      scope: z.string(),
      outcome: z.string(),
      message: z.string().optional(),
      counts: Counts.optional(),
      changes: z.array(z.string()),
      held: z.array(z.string()),
      deferred: z.array(z.string()),
    }),
  ),
});
export type Preview = z.infer<typeof Preview>;

/** A preview that was asked for. */
export const PreviewJob = z.object({
  number: z.number(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  progress: z.object({ read: z.number(), of: z.number() }).optional(),
  failure: z.object({ code: z.enum(callerErrorCodes), message: z.string() }).optional(),
});

export const Asked = z.object({
  asked: z.string(),
  isDone: z.boolean(),
  scopes: z.array(
    Scope.extend({
      scope: z.string(),
      outcome: z.enum(['pending', 'read', 'failed']),
      failure: Failure.optional(),
    }),
  ),
});
export type Asked = z.infer<typeof Asked>;

export const Undone = Asked.extend({
  run: z.number(),
  recordedAs: z.array(z.number()),
  putBack: z.array(z.string()),
  left: z.array(z.object({ what: z.string(), reason: z.string() })),
  counts: z.object({ putBack: z.number(), left: z.number() }),
});
export type Undone = z.infer<typeof Undone>;

export const GivenName = z.object({
  package: z.string(),
  from: z.string(),
  to: z.string(),
  numberBefore: z.number(),
  number: z.number(),
});

/** `done` is false for an answer that only shows what would be deleted. */
const Done = z.object({ done: z.boolean() });

export const Refusal = Done.extend({
  commits: z.array(z.string()),
  versions: z.array(z.object({ package: z.string(), version: z.string() })),
  archives: z.number(),
});

export const Allowed = z.object({
  commit: z.string(),
  packages: z.array(z.string()),
  renumbered: z.array(z.string()),
});

export const PackageDeletion = Done.extend({
  package: z.string(),
  versions: z.number(),
  archives: z.number(),
  archivesKeptUntil: z.string().optional(),
});

export const SynchronizationDeletion = Done.extend({
  login: z.string(),
  packages: z.array(z.string()),
  teamTokens: z.number(),
  endingOwners: z.array(z.string()).default([]),
});

export const OrganizationDeletion = Done.extend({
  slug: z.string(),
  synchronizations: z.array(z.string()),
  packages: z.number(),
  versions: z.number(),
  tokens: z.number(),
});
