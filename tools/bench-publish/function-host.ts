/** Runs shipped functions, each in a process of its own with no more heap than its memory has room for. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { megabytesOf } from '../../infra/function-needs.ts';
import { Invoked } from './function-protocol.ts';

export type Measured = 'scan-repository' | 'publish-package' | 'publish-roots';

/** What the invocations of a function took, as far as they were measured. */
interface Load {
  readonly invocations: number;
  readonly failed: number;
  /** The longest, in milliseconds, and what of it was on a processor. */
  readonly longestMs: number;
  readonly longestCpuMs: number;
  /** Bytes, the most of all. */
  readonly rss: number;
}

export interface FunctionHost {
  /** @throws Error when the function died, as it does when it runs out of memory */
  invoke(name: Measured, messages: readonly unknown[]): Promise<Invoked>;
  loadOf(name: Measured): Load;
  close(): Promise<void>;
}

/** The rest is for what is no heap: code, buffers, stacks. */
const heapShare = 0.75;
const none: Load = { invocations: 0, failed: 0, longestMs: 0, longestCpuMs: 0, rss: 0 };

/** @param bundles the folder with a bundle for each function */
export function createFunctionHost(
  bundles: string,
  variables: Readonly<Record<string, string>>,
): FunctionHost {
  const children = new Map<Measured, Promise<ChildProcess>>();
  const loads = new Map<Measured, Load>();
  const start = async (name: Measured): Promise<ChildProcess> => {
    const child = fork(
      join(import.meta.dirname, 'function-process.ts'),
      [join(bundles, 'functions', name, 'index.mjs')],
      {
        execArgv: [`--max-old-space-size=${Math.floor(megabytesOf(name) * heapShare)}`],
        env: { ...variables, POWERTOOLS_LOG_LEVEL: 'ERROR' },
      },
    );
    await once(child, 'message');
    return child;
  };
  const childOf = (name: Measured): Promise<ChildProcess> => {
    const child = children.get(name) ?? start(name);
    children.set(name, child);
    return child;
  };
  return {
    async invoke(name, messages) {
      const child = await childOf(name);
      const ended = new AbortController();
      const answered = once(child, 'message', { signal: ended.signal }).then(([raw]) => Invoked.parse(raw));
      const died = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`${name} died with ${code}`);
      });
      child.send({ bodies: messages.map((message) => JSON.stringify(message)) });
      try {
        const invoked = await Promise.race([answered, died]);
        loads.set(name, added(loads.get(name) ?? none, invoked));
        return invoked;
      } finally {
        ended.abort();
        await Promise.allSettled([answered, died]);
      }
    },
    loadOf: (name) => loads.get(name) ?? none,
    async close() {
      for (const one of children.values()) {
        const child = await one;
        if (child.exitCode === null) {
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
        }
      }
    },
  };
}

function added(load: Load, { failed, tookMs, cpuMs, rss }: Invoked): Load {
  const isLongest = tookMs > load.longestMs;
  return {
    invocations: load.invocations + 1,
    failed: load.failed + failed,
    longestMs: isLongest ? tookMs : load.longestMs,
    longestCpuMs: isLongest ? cpuMs : load.longestCpuMs,
    rss: Math.max(load.rss, rss),
  };
}
