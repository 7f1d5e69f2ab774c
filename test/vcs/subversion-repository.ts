/** Repositories of Subversion made for tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './servers/run.ts';

export interface SvnRepository {
  /** Of the repository. */
  readonly folder: string;
  /** Of a working copy of all of it. */
  readonly copy: string;
  svn(...args: readonly string[]): string;
  write(path: string, content: string | Uint8Array): void;
  /** Adds and commits everything. */
  commit(): void;
  /** Copies within the repository, as people make tags and branches. */
  branch(from: string, to: string): void;
}

/** @param layout folders that it begins with */
export function createSvnRepository(
  folder: string,
  layout: readonly string[] = ['trunk', 'branches', 'tags'],
): SvnRepository {
  mkdirSync(dirname(folder), { recursive: true });
  run(dirname(folder), ['svnadmin', 'create', folder]);
  const copy = `${folder}-copy`;
  run(dirname(folder), ['svn', 'checkout', '--quiet', `file://${folder}`, copy]);
  /** Whether the working copy lacks commits. */
  let isBehind = false;
  const svn = (...args: readonly string[]): string => {
    if (isBehind) run(copy, ['svn', 'update', '--quiet', '--ignore-externals']);
    isBehind = false;
    return run(copy, ['svn', ...args]);
  };
  const commit = (): void => {
    svn('add', '--force', '--quiet', '--parents', '.');
    svn('commit', '--quiet', '--message', 'change');
    isBehind = true;
  };
  if (layout.length > 0) {
    svn('mkdir', '--quiet', '--parents', ...layout);
    commit();
  }
  return {
    ...{ folder, copy, svn, commit },
    write: (path, content) => {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), content);
    },
    branch: (from, to) => {
      run(copy, ['svn', 'copy', '--quiet', '--message', 'copy', `^/${from}@`, `^/${to}@`]);
      isBehind = true;
    },
  };
}
