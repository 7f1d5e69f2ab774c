/** What stands in the queues. A message says only where to look; what is to be done stands in the table. */
import { z } from 'zod';
import {
  asId,
  asPrincipal,
  type ForgeRepositoryId,
  type OrganizationId,
  type SynchronizationId,
} from '../../shared/domain/ids.ts';
import { isScope } from '../../shared/domain/scopes.ts';

const organization = z.string().transform((text) => asId<OrganizationId>(text));
const synchronization = z.string().transform((text) => asId<SynchronizationId>(text));
const repository = z.string().transform((text) => asId<ForgeRepositoryId>(text));
const packageNumber = z.int().positive();

/** Queue `sync`: a scope of a synchronization, or a part of one, wants to be read. */
export const SyncMessage = z.object({
  synchronization,
  scope: z.string().refine(isScope, 'no scope'),
});
export type SyncMessage = z.infer<typeof SyncMessage>;

/** Queue `sync`, too: somebody wants to see what a run would change. */
export const PreviewMessage = z.object({ kind: z.literal('preview'), synchronization });

/** Queue `sync`, too: the hooks of a synchronization want to be looked after, or removed because it was ended. */
export const HooksMessage = z.object({ kind: z.enum(['hooks', 'ended-hooks']), synchronization });

/**
 * Queues `scan` and `vcs`: a repository wants to be scanned, or an archive wants to be built. Queue `scan` alone: archives that nobody asked for want
 * to be stored.
 */
export const ScanMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('scan'), synchronization, repository }),
  z.object({ kind: z.literal('archives'), synchronization }),
  z.object({
    kind: z.literal('dist'),
    organization,
    packageNumber,
    /** What stands for a commit in addresses, or its abbreviation. */
    reference: z.string().regex(/^[0-9a-f]{7,64}$/),
  }),
]);
export type ScanMessage = z.infer<typeof ScanMessage>;

/** Queue `publish-package`: the p2 files of a package want to be written; without a number, those of every package. */
export const PublishPackageMessage = z.object({ organization, packageNumber: packageNumber.optional() });
export type PublishPackageMessage = z.infer<typeof PublishPackageMessage>;

/** Queue `publish-roots`: rights changed somewhere in an organization, or one principal wants its view written. */
export const PublishRootsMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('grants'), organization }),
  z.object({
    kind: z.literal('principal'),
    organization,
    principal: z.string().transform((text) => asPrincipal(text)),
  }),
]);
export type PublishRootsMessage = z.infer<typeof PublishRootsMessage>;

/** Queue `deletion`: something that an owner deleted, or refused, wants to be removed. */
export const DeletionMessage = z.object({ organization, subject: z.string() });
export type DeletionMessage = z.infer<typeof DeletionMessage>;

/** Queue `publish-access`: these keys, among others, want to be written to the edge. */
export const PublishAccessMessage = z.object({ keys: z.array(z.string()) });
export type PublishAccessMessage = z.infer<typeof PublishAccessMessage>;
