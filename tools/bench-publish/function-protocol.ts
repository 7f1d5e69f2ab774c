/** What a process with a function is told, and what it answers. */
import { z } from 'zod';

export const Invocation = z.object({
  /** Of the messages of one batch. */
  bodies: z.array(z.string()),
});
export type Invocation = z.infer<typeof Invocation>;

export const Invoked = z.object({
  /** Messages that come back. */
  failed: z.number(),
  tookMs: z.number(),
  /** Of one processor. */
  cpuMs: z.number(),
  /** The most since the process began, in bytes. */
  rss: z.number(),
});
export type Invoked = z.infer<typeof Invoked>;
