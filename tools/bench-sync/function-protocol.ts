/** What the process with the function is told, and what it answers. */
import { z } from 'zod';
import { SyncMessage } from '../../events/messages/schema.ts';

export const Invocation = z.object({
  message: SyncMessage,
  /** Milliseconds by which its clock is ahead. */
  aheadMs: z.number(),
  stepMs: z.number().optional(),
});
export type Invocation = z.input<typeof Invocation>;

export const Invoked = z.object({
  outcome: z.string(),
  tookMs: z.number(),
  /** Of one processor. */
  cpuMs: z.number(),
  /** The most that was seen while it ran, in bytes. */
  heapUsed: z.number(),
  rss: z.number(),
});
export type Invoked = z.infer<typeof Invoked>;
