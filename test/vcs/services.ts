/** What a reading of a repository is given in tests: the real programs, and this machine's addresses. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPrograms, runProgram } from '../../shared/vcs/run-program.ts';
import { defaultLimits, type VcsServices } from '../../shared/vcs/vcs.ts';

export interface Services {
  /** For one reading, with a work folder of its own. */
  next(more?: Partial<VcsServices>): Promise<VcsServices>;
  /** A folder that is kept between readings. */
  readonly cacheFolder: string;
  /** Where all of it is. */
  readonly folder: string;
  close(): Promise<void>;
}

export async function createServices(defaults: Partial<VcsServices> = {}): Promise<Services> {
  const folder = await mkdtemp(join(tmpdir(), 'vcs-'));
  const cacheFolder = join(folder, 'cache');
  await mkdir(cacheFolder);
  return {
    ...{ folder, cacheFolder },
    async next(more) {
      const workFolder = await mkdtemp(join(folder, 'work-'));
      return {
        ...{ workFolder, run: runProgram, programs: defaultPrograms, hostKeys: { pinned: [] } },
        limits: { ...defaultLimits, seconds: 60 },
        policy: { allowsPrivate: () => true, allowsHttp: () => true, allowsFile: true },
        ...defaults,
        ...more,
      };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
