/** Readers of repositories at a URL, by the programs of this machine. */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import { organizationOfVcs } from '../domain/vcs-repository.ts';
import { isOnLambda } from '../runtime/config.ts';
import { functionSeconds } from '../runtime/time-limits.ts';
import { openVcsRepository, type VcsOpening } from '../scan/vcs-reader.ts';
import type { Table } from '../store/table.ts';
import { type KeptCopies, takeCopy } from '../vcs/kept-copies.ts';
import { openVcs } from '../vcs/open-vcs.ts';
import { defaultPrograms, type RunProgram, runProgram } from '../vcs/run-program.ts';
import { defaultLimits, type VcsReader } from '../vcs/vcs.ts';
import { credentialCipher } from './encryption.ts';
import { readsFolders } from './vcs-worker.ts';

/** The readers of one message: what they need on the disk is removed when the message was handled. */
export interface VcsReaders {
  open(synchronization: SynchronizationId, repository: ForgeRepositoryId): Promise<VcsReader>;
  close(): Promise<void>;
}

/** Twice as long as the function runs at most: whoever has something for longer has died. Milliseconds. */
const diesAfterMs = 2 * functionSeconds['scan-vcs'] * 1000;
/** With what one reading may take, as much as the function's disk has: `temporaryMegabytes` in infra/function-needs.ts. */
const keptBytesMax = 2 * 1024 ** 3;

/** What a message needs beside reading: of a program that goes on for longer the function would end without a word. Milliseconds. */
const othersMs = 120_000;

/** Runs programs, all of which together have as long as one message. */
function runnerUntil(endsAt: number): RunProgram {
  return ({ limits, ...run }) => {
    const left = Math.max(1, (endsAt - Date.now()) / 1000);
    return runProgram({ ...run, limits: { ...limits, seconds: Math.min(limits.seconds, left) } });
  };
}

/** @param root a folder whose contents may be kept from one message to the next, on one machine */
export function createVcsReaders(table: Table, root: string = join(tmpdir(), 'repertoire-vcs')): VcsReaders {
  const copies: KeptCopies = { root: join(root, 'copies'), bytesMax: keptBytesMax, diesAfterMs };
  const works = join(root, 'work');
  const run = runnerUntil(Date.now() + functionSeconds['scan-vcs'] * 1000 - othersMs);
  const opened = new Map<string, Promise<VcsReader>>();
  const ends: (() => Promise<void>)[] = [];
  const open = async ({ repository, place, policy, ...rest }: VcsOpening): Promise<VcsReader> => {
    await mkdir(works, { recursive: true, mode: 0o700 });
    await removeDead(works);
    const workFolder = await mkdtemp(join(works, 'reading-'));
    ends.push(() => rm(workFolder, { recursive: true, force: true }));
    const copy = await takeCopy(copies, repository);
    if (copy !== undefined) ends.push(copy.release);
    const { credential, hostKeys } = rest;
    return openVcs(place, credential, {
      ...{ workFolder, cacheFolder: copy?.folder, hostKeys },
      ...{ run, programs: defaultPrograms, limits: defaultLimits },
      policy: { ...policy, refusesMachine: isOnLambda(), allowsFile: readsFolders() },
    });
  };
  return {
    open(synchronization, repository) {
      const key = `${synchronization} ${repository}`;
      const reader =
        opened.get(key) ??
        openVcsRepository(
          { table, cipher: credentialCipher(), open },
          organizationOfVcs(synchronization),
          repository,
        );
      opened.set(key, reader);
      return reader;
    },
    async close() {
      opened.clear();
      await Promise.all(ends.splice(0).map((end) => end()));
    },
  };
}

/** Folders of readings whose function was killed: there are credentials in them. */
async function removeDead(works: string): Promise<void> {
  for (const name of await readdir(works)) {
    const path = join(works, name);
    const made = await stat(path).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > diesAfterMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
