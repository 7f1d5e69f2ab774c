/** Opens a repository with what its version control system needs. */
import type { VcsKind } from '../domain/vcs-repository.ts';
import { openGit } from './git/reader.ts';
import { openMercurial } from './mercurial/reader.ts';
import { openSubversion } from './subversion/reader.ts';
import type { OpenVcs } from './vcs.ts';

const systems: Readonly<Record<VcsKind, OpenVcs>> = {
  git: openGit,
  hg: openMercurial,
  svn: openSubversion,
};

export const openVcs: OpenVcs = (place, credential, services) =>
  systems[place.kind](place, credential, services);
