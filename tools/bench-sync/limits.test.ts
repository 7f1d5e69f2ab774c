/** The limits on requests, writes and messages of `npm run bench:sync`, so that no change breaks them unseen. Times are for the bench. */
import { describe, expect, it } from 'vitest';
import { extent } from '../../test/support/long.ts';
import { brokenOf, type Figure, isBroken, sectionText } from './figures.ts';
import { parseOptions } from './options.ts';
import { structureMost } from './organization.ts';
import { measureScenes } from './small-scenes.ts';

describe('the cost of keeping in step', () => {
  it('is at most 20 requests for the structure of 500 repositories, 300 members and 60 teams', () => {
    expect(structureMost({ repositories: 500, members: 300, teams: 60, latencyMs: 0 })).toBe(20);
  });

  const company = extent({
    short: { repositories: 60, members: 60, teams: 12, refs: 3 },
    long: { repositories: 500, members: 300, teams: 60, refs: 50 },
  });
  it(`is within its limits for ${company.repositories} repositories, ${company.members} members and ${company.teams} teams`, async () => {
    const { structure, contents, changes } = await measureScenes({ ...company, latencyMs: 0 });
    const sections = [structure, contents, changes];
    expect(brokenOf(sections), sections.map(sectionText).join('')).toEqual([]);
    const measured = (figures: readonly Figure[], name: string) =>
      figures.find((figure) => figure.name.startsWith(name))?.measured;
    // Whatever the limits are derived from, these are what we promise.
    expect(measured(structure.figures, 'requests')).toBeLessThanOrEqual(20);
    expect(measured(structure.figures, 'requests for organization roles')).toBe(12);
    expect(measured(contents.figures, 'first import: requests')).toBeLessThanOrEqual(1100);
    expect(measured(contents.figures, 'reconcile, nothing changed')).toBeLessThanOrEqual(25);
    expect(measured(contents.figures, '  versions that went')).toBe(1);
    expect(measured(changes.figures, 'a team gets a repository')).toBeLessThanOrEqual(5);
  }, 300_000);
});

describe('a figure', () => {
  it.each([
    [{ measured: 5, most: 5 }, false],
    [{ measured: 6, most: 5 }, true],
    [{ measured: 4, least: 5 }, true],
    [{ measured: Number.NaN, most: 5 }, true],
    [{ measured: 7 }, false],
  ])('%o is broken: %s', (figure, broken) => {
    expect(isBroken({ name: 'it', ...figure })).toBe(broken);
  });
});

describe('the options', () => {
  it('say what they do not understand', () => {
    expect(parseOptions([])).toEqual({
      forges: ['github', 'gitlab', 'bitbucket'],
      quick: false,
      latencyMs: 50,
      json: false,
    });
    expect(parseOptions(['--quick', '--json', '--latency', '5', '--forge', 'gitlab'])).toEqual({
      forges: ['gitlab'],
      quick: true,
      latencyMs: 5,
      json: true,
    });
    expect(parseOptions(['--help'])).toBe('help');
    expect(() => parseOptions(['--fast'])).toThrow('--help');
    expect(() => parseOptions(['--latency', 'x'])).toThrow('--latency x');
  });
});
