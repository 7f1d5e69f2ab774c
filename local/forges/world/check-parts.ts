/** Checks that all forges share. */
import { HistoryError, type HistoryStep, tagNames } from '../git/history.ts';
import type { WorldContents } from './build-repositories.ts';
import type { WorldProblem } from './world-error.ts';

export type Path = readonly (string | number)[];

/** Collects the problems of one part of a world, with their places in the file. */
export interface Report {
  readonly problems: readonly WorldProblem[];
  add(at: Path, message: string): void;
}

export function createReport(place: Path): Report {
  const problems: WorldProblem[] = [];
  return { problems, add: (at, message) => void problems.push({ path: [...place, ...at], message }) };
}

/** Reports duplicate names, ignoring case. */
export function reportTwice<Key extends string>(
  report: Report,
  at: Path,
  items: readonly { readonly [K in Key]: string }[],
  key: Key,
): void {
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const name = item[key].toLowerCase();
    if (seen.has(name)) report.add([...at, index, key], `"${item[key]}" is there twice`);
    seen.add(name);
  });
}

/** @param logins - of all users, in lower case */
export function reportUnknownUsers(
  report: Report,
  at: Path,
  byLogin: Readonly<Record<string, unknown>> | undefined,
  logins: ReadonlySet<string>,
): void {
  for (const login of Object.keys(byLogin ?? {})) {
    if (!logins.has(login.toLowerCase())) report.add([...at, login], `"${login}" is not in users`);
  }
}

export function reportContents(
  report: Report,
  at: Path,
  contents: WorldContents,
  logins: ReadonlySet<string>,
): void {
  if (contents.git !== undefined && contents.history !== undefined) {
    report.add([...at, 'git'], 'git and history exclude each other');
  }
  for (const { path, message } of checkHistory(
    contents.history ?? [],
    contents.defaultBranch ?? 'main',
    logins,
  )) {
    report.add([...at, 'history', ...path], message);
  }
}

/** @param defaultBranch - the branch of steps that name none. */
function checkHistory(
  history: readonly HistoryStep[],
  defaultBranch: string,
  logins: ReadonlySet<string>,
): WorldProblem[] {
  const problems: WorldProblem[] = [];
  const known = new Set<string>();
  history.forEach((step, index) => {
    if (step.author !== undefined && !logins.has(step.author.toLowerCase())) {
      problems.push({ path: [index, 'author'], message: `"${step.author}" is not in users` });
    }
    if (step.from !== undefined && !known.has(step.from) && !/^[0-9a-f]{40}$/.test(step.from)) {
      problems.push({
        path: [index, 'from'],
        message: `there is no branch or tag "${step.from}" in the steps before`,
      });
    }
    known.add(step.branch ?? defaultBranch);
    try {
      for (const tag of tagNames(step.tags)) {
        if (known.has(tag)) problems.push({ path: [index, 'tags'], message: `"${tag}" is there already` });
        known.add(tag);
      }
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      problems.push({ path: [index, 'tags'], message: error.message });
    }
  });
  return problems;
}
