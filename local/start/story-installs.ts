/** What Composer would have reported on a day of the story. Pure. */
import type { WorldStory } from '../forges/world/story.ts';

export interface Report {
  readonly login: string;
  readonly downloads: readonly { readonly name: string; readonly version: string }[];
}

/** Builds of a working day, in turns: a chart is not flat. */
const buildsOfDay = [1, 2, 1, 3, 2, 3, 2] as const;

/**
 * One report for each person who installs then.
 *
 * @param day days before now, which also says whose turn each version is
 * @param at milliseconds since the epoch
 */
export function reportsOf({ installs = {} }: WorldStory, day: number, at: number): readonly Report[] {
  const weekday = new Date(at).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  // Whoever is first has a build server; the others install every other day.
  const people = Object.entries(installs).slice(0, isWeekend || day % 2 === 1 ? 1 : undefined);
  return people.map(([login, packages], place) => {
    const builds = isWeekend ? 1 : (buildsOfDay[(day + place) % buildsOfDay.length] ?? 1);
    const names = Object.entries(packages);
    return {
      login,
      downloads: Array.from({ length: builds }, (_, build) =>
        // Not every project needs every package.
        names
          .filter((__, index) => (index + build + day) % 3 !== 2)
          .flatMap(([name, versions]) => {
            const version = versions[(build + day) % versions.length];
            return version === undefined ? [] : [{ name, version }];
          }),
      ).flat(),
    };
  });
}
