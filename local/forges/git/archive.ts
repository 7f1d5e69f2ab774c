import { spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { cleanGitEnvironment } from './run-git.ts';

export interface ArchiveOptions {
  readonly gitDirectory: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** Name of the file, and of the folder that contains everything. */
  readonly name: string;
  /** Whether the connection breaks in the middle. */
  readonly truncated: boolean;
  /** Whether the same files are sent as other bytes: uncompressed. */
  readonly otherBytes: boolean;
  /** Ends the answer; by default normally. */
  readonly end?: (response: ServerResponse) => void;
}

/** Sends the zip archive of a commit, as `git archive` makes it. Resolves when git has exited. */
export function sendArchive(response: ServerResponse, options: ArchiveOptions): Promise<void> {
  const { gitDirectory, commit, name, truncated, end = (ended) => void ended.end() } = options;
  const level = options.otherBytes ? ['-0'] : [];
  const child = spawn(
    'git',
    [`--git-dir=${gitDirectory}`, 'archive', '--format=zip', ...level, `--prefix=${name}/`, commit],
    { env: cleanGitEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] },
  );
  response.writeHead(200, {
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename=${name}.zip`,
    'x-content-type-options': 'nosniff',
  });
  return new Promise((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (truncated) {
        // Sends half of the first chunk, then breaks the connection.
        response.write(chunk.subarray(0, chunk.length >> 1), () => response.destroy());
        child.kill();
      } else if (!response.write(chunk)) {
        child.stdout.pause();
        response.once('drain', () => child.stdout.resume());
      }
    });
    response.on('close', () => child.kill());
    child.on('error', () => response.destroy());
    child.on('close', (code) => {
      if (code !== 0 || truncated) response.destroy();
      else end(response);
      resolve();
    });
  });
}
