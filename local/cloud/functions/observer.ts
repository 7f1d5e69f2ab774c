import type { Outcome } from './execution-environment.ts';

/** One completed invocation. */
export interface Invocation {
  readonly functionName: string;
  readonly payload: string;
  readonly outcome: Outcome['kind'];
  /** Whether an environment was started for it. */
  readonly isCold: boolean;
  /** Milliseconds since the epoch, of real time. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Is notified of what the functions do; for measuring. */
export interface FunctionObserver {
  /** An environment has loaded the function's code. */
  onLoaded(functionName: string, tookMs: number): void;
  onInvoked(invocation: Invocation): void;
  /** The function's code has sent a request that is no call of a service of AWS. */
  onRequest(functionName: string, method: string, url: URL): void;
  /** Bytes that the worker's V8 uses: heap, and buffers outside of it. */
  onMemory(functionName: string, bytes: number): void;
}

/** How often a running worker's memory is sampled, in milliseconds. */
export const MEMORY_SAMPLE_MS = 50;
