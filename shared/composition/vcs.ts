/** Readers of repositories at a URL, by the programs of this machine. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import { organizationOfVcs } from '../domain/vcs-repository.ts';
import { openVcsRepository, type VcsOpening } from '../scan/vcs-reader.ts';
import type { Table } from '../store/table.ts';
import { openVcs } from '../vcs/open-vcs.ts';
import { defaultPrograms, runProgram } from '../vcs/run-program.ts';
import { defaultLimits, type VcsReader } from '../vcs/vcs.ts';
import { credentialCipher } from './encryption.ts';

/** The readers of one message: each has a folder of its own, which is removed with everything in it when the message was handled. */
export interface VcsReaders {
  open(synchronization: SynchronizationId, repository: ForgeRepositoryId): Promise<VcsReader>;
  close(): Promise<void>;
}

/** @param cache a folder whose contents may be kept from one message to the next, on one machine */
export function createVcsReaders(table: Table, cache: string = join(tmpdir(), 'repertoire-vcs')): VcsReaders {
  const folders: string[] = [];
  const open = async ({
    repository,
    place,
    credential,
    hostKeys,
    policy,
  }: VcsOpening): Promise<VcsReader> => {
    const workFolder = await mkdtemp(join(tmpdir(), 'vcs-'));
    folders.push(workFolder);
    const cacheFolder = join(cache, repository);
    await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
    return openVcs(place, credential, {
      ...{
        workFolder,
        cacheFolder,
        hostKeys,
        run: runProgram,
        programs: defaultPrograms,
        limits: defaultLimits,
      },
      policy: { ...policy, allowsFile: false },
    });
  };
  return {
    open: (synchronization, repository) =>
      openVcsRepository(
        { table, cipher: credentialCipher(), open },
        organizationOfVcs(synchronization),
        repository,
      ),
    async close() {
      await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
