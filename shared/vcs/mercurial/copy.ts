/** A copy of the repository on this machine, without files checked out: new for a reading, or kept between readings and then only brought up to date. */
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError } from '../../forge/errors.ts';
import { ProgramError } from '../run-program.ts';
import type { VcsServices } from '../vcs.ts';
import type { Hg, HgRunOptions } from './program.ts';

export interface Copies {
  /** The folder of a copy with everything that the server has now, and nothing else. @throws ForgeError */
  upToDate(options?: HgRunOptions): Promise<string>;
  /** The folder of a copy that has the commit; the server is asked only if it is not there yet. @throws ForgeError `not-found` */
  with(commit: string, options?: HgRunOptions): Promise<string>;
}

export function createCopies(hg: Hg, { workFolder, cacheFolder }: VcsServices): Copies {
  const folder = join(cacheFolder ?? workFolder, 'mercurial');
  const copy = join(folder, 'copy');
  // There while a program changes the copy. If it is killed meanwhile, the copy may be broken.
  const changing = join(folder, 'changing');

  const change = async (act: () => Promise<unknown>): Promise<void> => {
    await writeFile(changing, '');
    try {
      await act();
    } catch (error) {
      // Mercurial that ends by itself takes back what it began.
      if (!isKilled(error)) await rm(changing, { force: true });
      throw error;
    }
    await rm(changing, { force: true });
  };
  const pull = (args: readonly string[], options: HgRunOptions | undefined): Promise<void> =>
    change(async () => {
      const code = await hg.connect(['--repository', copy, 'pull', '--quiet', ...args, hg.remote], options);
      if (code !== 0) throw new ForgeError('unexpected', `Mercurial's pull ended with ${code}`);
    });
  const isThere = async (): Promise<boolean> =>
    (await exists(join(copy, '.hg', 'requires'))) && !(await exists(changing));
  const begin = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await change(() => hg.create(copy));
  };

  return {
    async upToDate(options) {
      if (await isThere()) {
        await pull([], options);
        // What is outgoing was removed there, so nothing that it brought may count any more.
        const code = await hg.connect(
          ['--repository', copy, 'outgoing', '--quiet', '--limit', '1', hg.remote],
          options,
        );
        if (code === 1) return copy;
      }
      await begin();
      await pull([], options);
      return copy;
    },
    async with(commit, options) {
      if ((await isThere()) && (await has(hg, copy, commit))) return copy;
      if (!(await isThere())) await begin();
      await pull(['--rev', commit], options);
      if (!(await has(hg, copy, commit))) {
        throw new ForgeError('not-found', `the repository has no commit ${commit}`);
      }
      return copy;
    },
  };
}

async function has(hg: Hg, copy: string, commit: string): Promise<boolean> {
  const [result] = await hg.runMany(copy, [
    ['log', '--rev', `present(${commit}) and all()`, '--template', '{node}'],
  ]);
  return result?.output.toString('utf8') === commit;
}

/** Whether the program was ended, or perhaps was, while it wrote. */
const isKilled = (error: unknown): boolean =>
  !(error instanceof ForgeError) || (error.cause instanceof ProgramError && error.cause.failure !== 'exit');

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
