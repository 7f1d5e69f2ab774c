/** What the tests of a run took, by project and folder. */
import { textTable } from '../text-table.ts';

export interface FileSeconds {
  readonly project: string;
  /** Path within the repository. */
  readonly file: string;
  readonly tests: number;
  /** Of its tests and hooks. */
  readonly seconds: number;
  /** Of loading what it imports that no file before it in the same worker did. */
  readonly loading: number;
}

interface Sum {
  readonly name: string;
  readonly files: number;
  readonly tests: number;
  readonly seconds: number;
  readonly loading: number;
}

/** The first two folders of a path: `shared/sync`, `test/model`, `infra`. */
export const folderOf = (file: string): string => file.split('/').slice(0, -1).slice(0, 2).join('/') || '.';

/** Lines of a table: each project with its folders, the longest first. Files run side by side, so that the sum is more than the time of the run. */
export function sumLines(files: readonly FileSeconds[]): string[] {
  const rows = [...Map.groupBy(files, ({ project }) => project)].flatMap(([project, ofProject]) => [
    sumOf(project, ofProject),
    ...[...Map.groupBy(ofProject, ({ file }) => folderOf(file))]
      .map(([folder, ofFolder]) => sumOf(`  ${folder}`, ofFolder))
      .sort((one, other) => other.seconds - one.seconds),
  ]);
  return textTable([
    ['', 'tests, s', 'loading, s', 'tests', 'files'],
    ...[...rows, sumOf('all', files)].map(({ name, seconds, loading, tests, files: count }) => [
      name,
      seconds.toFixed(1),
      loading.toFixed(1),
      String(tests),
      String(count),
    ]),
  ]);
}

function sumOf(name: string, files: readonly FileSeconds[]): Sum {
  const sum = (of: (file: FileSeconds) => number): number =>
    files.reduce((total, file) => total + of(file), 0);
  return {
    name,
    files: files.length,
    tests: sum(({ tests }) => tests),
    seconds: sum(({ seconds }) => seconds),
    loading: sum(({ loading }) => loading),
  };
}
