/** Opens a repository with what its version control system needs. */
import { ForgeError } from '../forge/errors.ts';
import { openGit } from './git/reader.ts';
import type { OpenVcs, VcsKind } from './vcs.ts';

const systems: Partial<Record<VcsKind, OpenVcs>> = { git: openGit };

export const openVcs: OpenVcs = async (place, credential, services) => {
  const open = systems[place.kind];
  if (open === undefined) {
    throw new ForgeError('unexpected', `repositories of the kind ${place.kind} cannot be read`);
  }
  return open(place, credential, services);
};
