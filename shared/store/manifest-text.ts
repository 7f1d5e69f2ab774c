/** The form of a manifest that was read, as scans keep it. */
import { z } from 'zod';

const ManifestProblem = z.enum([
  ...(['not-utf-8', 'too-large', 'folder', 'submodule', 'link-to-outside', 'link-in-folder'] as const),
  ...(['link-to-nothing', 'link-to-link', 'link-to-folder', 'link-to-submodule'] as const),
]);

export const StoredText = z.object({
  manifest: z.string().optional(),
  manifestProblem: ManifestProblem.optional(),
});
