import { spawn } from 'node:child_process';

/** Thrown when git exits with a code other than 0. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly exitCode: number | null;

  constructor(args: readonly string[], exitCode: number | null, stderr: string) {
    const command = args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--git-dir');
    super(`git ${command ?? ''} failed: ${stderr.trim() || `exit code ${exitCode}`}`);
    this.exitCode = exitCode;
  }
}

/**
 * Environment for git that serves simulated repositories: without the user's own configuration, so that commit ids and answers are the same
 * on every machine.
 */
export function cleanGitEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    ...extra,
  };
}

/**
 * Runs git to its end and returns its standard output.
 *
 * @throws {GitError} when git exits with a code other than 0.
 */
export function runGit(
  args: readonly string[],
  options: { input?: string | Uint8Array; environment?: Record<string, string> } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const git = spawn('git', args, {
      env: options.environment ?? cleanGitEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    git.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    git.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    // A git that exits early closes its input; its exit code says why.
    git.stdin.on('error', () => undefined);
    git.on('error', reject);
    git.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
      else reject(new GitError(args, code, Buffer.concat(errors).toString('utf8')));
    });
    git.stdin.end(options.input ?? '');
  });
}
