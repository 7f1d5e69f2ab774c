/** Runs the function sync-organization in a process of its own, from a bundle, with no more heap than its memory has. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Invocation, Invoked } from './function-protocol.ts';

export interface FunctionHost {
  /** @returns undefined when it was killed meanwhile */
  invoke(invocation: Invocation): Promise<Invoked | undefined>;
  /** As a time-out does; the next invocation starts another process. */
  kill(): Promise<void>;
}

/** The rest is for what is no heap: code, buffers, stacks. */
const heapShare = 0.75;

export async function createFunctionHost(options: {
  readonly directory: string;
  readonly megabytes: number;
  readonly variables: Readonly<Record<string, string>>;
}): Promise<FunctionHost> {
  const { directory, megabytes, variables } = options;
  const file = join(directory, 'function.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'function-process.ts')],
    outfile: file,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as nodeCreateRequire } from 'node:module'; const require = nodeCreateRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  let child: ChildProcess | undefined;
  const start = (): ChildProcess => {
    const started = fork(file, {
      execArgv: [`--max-old-space-size=${Math.floor(megabytes * heapShare)}`],
      env: { ...variables },
    });
    started.once('exit', () => {
      if (child === started) child = undefined;
    });
    child = started;
    return started;
  };
  return {
    async invoke(invocation) {
      const running = child ?? start();
      const ended = new AbortController();
      const answered = once(running, 'message', { signal: ended.signal }).then(([raw]) => Invoked.parse(raw));
      const died = once(running, 'exit', { signal: ended.signal }).then(() => undefined);
      running.send(invocation);
      try {
        return await Promise.race([answered, died]);
      } finally {
        ended.abort();
        await Promise.allSettled([answered, died]);
      }
    },
    async kill() {
      const running = child;
      if (running === undefined) return;
      const gone = once(running, 'exit');
      running.kill('SIGKILL');
      await gone;
    },
  };
}
