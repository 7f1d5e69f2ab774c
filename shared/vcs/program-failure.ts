/** What the end of a program means to the owner of a repository, where neither the server nor the program says more. */
import { ForgeError } from '../forge/errors.ts';
import type { ProgramError, ProgramFailure } from './run-program.ts';

const lastLineMax = 300;

/** @param name of the version control system, as people write it */
export function programFailure(error: ProgramError, name: string): ForgeError {
  const said = error.stderr.trim().split('\n').at(-1)?.slice(0, lastLineMax);
  const texts: Readonly<Record<ProgramFailure, string>> = {
    missing: `${name}'s program is not installed here`,
    exit: said ? `${name} could not read the repository: ${said}` : `${name} could not read the repository`,
    time: `${name} took longer than it may; the repository is too large, or its server too slow`,
    memory: `${name} needed more memory than it may have; the repository is too large`,
    output: `${name} printed more than it may; the repository is too large`,
    disk: `the repository needs more space on the disk than it may have`,
    aborted: `${name} was stopped`,
  };
  const code = error.failure === 'time' || error.failure === 'missing' ? 'unavailable' : 'unexpected';
  return new ForgeError(code, texts[error.failure], { cause: error });
}
