import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type PlantedFault, plant } from './plant.ts';

const run = promisify(execFile);

/** A copy of the repository in which faults can be planted. */
export interface Copy {
  readonly directory: string;
  /**
   * Does something while the fault is there.
   *
   * @throws PlantError when the fault does not fit
   */
  withFault<Result>(fault: PlantedFault, work: () => Promise<Result>): Promise<Result>;
  remove(): Promise<void>;
}

/** Clones the repository, with what is not committed yet, and links its packages. */
export async function copyRepository(root: string): Promise<Copy> {
  const parent = await mkdtemp(join(tmpdir(), 'planted-faults-'));
  const directory = join(parent, 'copy');
  await run('git', ['clone', '--quiet', root, directory]);
  const { stdout } = await run('git', ['-C', root, 'status', '--porcelain', '--no-renames', '-uall', '-z']);
  for (const line of stdout.split('\0').filter((one) => one !== '')) {
    const path = line.slice(3);
    if (path === 'node_modules') continue;
    await rm(join(directory, path), { force: true });
    if (!line.slice(0, 2).includes('D')) await cp(join(root, path), join(directory, path));
  }
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  return {
    directory,
    async withFault(fault, work) {
      const path = join(directory, fault.file);
      const source = await readFile(path, 'utf8');
      await writeFile(path, plant(source, fault));
      try {
        return await work();
      } finally {
        await writeFile(path, source);
      }
    },
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}
