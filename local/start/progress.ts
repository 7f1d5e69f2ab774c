/** Progress of the first synchronization: a single updating line on a terminal, one line per change elsewhere. */
import { plural } from './plural.ts';

export interface Counts {
  readonly members: number;
  readonly teams: number;
  readonly repositories: number;
  readonly packages: number;
  readonly versions: number;
}

export interface Progress {
  step(text: string): void;
  counts(organization: string, counts: Counts): void;
  end(): void;
}

/** @param stream standard error with --json, so that standard output has one line */
export function createProgress(stream: NodeJS.WriteStream, startedAt: number, now: () => number): Progress {
  let live = false;
  let last = '';
  const seconds = (): string => `${((now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
  const endLive = (): void => {
    if (live) {
      stream.write('\n');
      live = false;
    }
  };
  return {
    step(text) {
      endLive();
      stream.write(`${seconds()}  ${text}\n`);
    },
    counts(organization, counts) {
      const text = countsText(organization, counts);
      if (text === last) {
        return;
      }
      last = text;
      if (stream.isTTY) {
        stream.write(`\r\u001b[2K${seconds()}  ${text}`);
        live = true;
      } else {
        stream.write(`${seconds()}  ${text}\n`);
      }
    },
    end: endLive,
  };
}

export function countsText(organization: string, counts: Counts): string {
  const { members, teams, repositories, packages, versions } = counts;
  const counted = [
    plural(members, 'member'),
    plural(teams, 'team'),
    plural(repositories, 'repository', 'repositories'),
    plural(packages, 'package'),
    plural(versions, 'version'),
  ];
  return `${organization}: ${counted.join(', ')}`;
}
