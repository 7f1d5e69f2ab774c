/** What went wrong, by what git printed. The messages are for owners. */
import { ForgeError, type ForgeErrorCode } from '../../forge/errors.ts';
import { ProgramError } from '../run-program.ts';
import type { VcsLimits } from '../vcs.ts';

type Rule = readonly [pattern: RegExp, code: ForgeErrorCode, message: string];

const rules: readonly Rule[] = [
  [
    /could not read (Username|Password)|Authentication failed|terminal prompts disabled|returned error: 401/i,
    'credential-rejected',
    'the server does not accept the credential of the repository, or wants one',
  ],
  [
    /returned error: 403|forbidden/i,
    'insufficient-scope',
    'the server knows the credential, and does not let it read the repository',
  ],
  [
    /returned error: 30\d|redirect/i,
    'unavailable',
    'the server redirects to another address, which is not followed; enter that address, if it is the right one',
  ],
  [/returned error: 429/, 'rate-limited', 'the server wants fewer requests'],
  [/returned error: 5\d\d/, 'unavailable', 'the server fails at the moment'],
  [
    /repository .* not found|returned error: 404|does not appear to be a git repository|repository not exported|no such repository|does not exist|project .* not be found/i,
    'not-found',
    'there is no repository at this address, or the credential does not see it',
  ],
  [
    /dubious ownership/,
    'insufficient-scope',
    'the folder belongs to another user of this machine, and git does not read it',
  ],
  [
    /certificate|SSL|TLS|gnutls/i,
    'unavailable',
    "the server's certificate, or its encryption, is not accepted",
  ],
  [
    /could not resolve|connection (refused|reset|timed out)|timed out|failed to connect|couldn't connect|unable to connect|operation too slow|network is unreachable|no route to host|empty reply/i,
    'unavailable',
    'the server cannot be reached, or does not answer',
  ],
  [
    /hung up|early EOF|unexpected disconnect|RPC failed|curl \d+|bad pack header|protocol error|invalid server response|bad line length|expected flush/i,
    'unavailable',
    'the server broke the connection off, or answers something that is not git',
  ],
];

/** What the server says that it cannot do, so that another way is tried: no limit of ours that git was stopped at, and nothing that git only warns of. */
const isRefusal =
  (pattern: RegExp) =>
  (error: unknown): error is ProgramError =>
    error instanceof ProgramError &&
    error.failure === 'exit' &&
    error.stderr.split('\n').some((line) => !line.startsWith('warning: ') && pattern.test(line));

export const canNotFilter = isRefusal(/filter.*(not|invalid|unsupported)|filter allows max/i);
export const canNotShallow = isRefusal(/(does not support shallow|dumb http transport)/i);
export const canNotServe = isRefusal(/not our ref|unadvertised object|no such remote ref|upload-pack: not/i);

/** A failure of git as an error for an owner; any other error as it is. */
export function explainFailure(error: unknown, limits: VcsLimits): unknown {
  if (!(error instanceof ProgramError)) return error;
  const known = limitMessage(error, limits);
  if (known !== undefined) {
    return new ForgeError(known[0], known[1], { cause: error });
  }
  const found = rules.find(([pattern]) => pattern.test(error.stderr));
  if (found !== undefined) {
    return new ForgeError(found[1], found[2], { cause: error });
  }
  const said = error.stderr.trim().split('\n').at(-1)?.slice(0, 200);
  return new ForgeError('unexpected', `git failed${said === undefined || said === '' ? '' : `: ${said}`}`, {
    cause: error,
  });
}

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`;

function limitMessage(
  { failure, program }: ProgramError,
  { seconds, memoryBytes, diskBytes }: VcsLimits,
): readonly [ForgeErrorCode, string] | undefined {
  switch (failure) {
    case 'missing':
      return ['unexpected', `the program ${program} is not installed where repositories are read`];
    case 'time':
      return ['unavailable', `the repository could not be read in ${seconds} seconds`];
    case 'memory':
      return ['incomplete', `reading the repository takes more memory than ${mebibytes(memoryBytes)}`];
    case 'disk':
      return ['incomplete', `the repository is larger than ${mebibytes(diskBytes)}`];
    case 'output':
      return ['incomplete', 'the repository, or its archive, is larger than what is read of one'];
    case 'exit':
    case 'aborted':
      return undefined;
  }
}
