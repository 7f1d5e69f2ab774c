/** The limits on requests to Bitbucket of `npm run bench:sync`, so that no change breaks them unseen. */
import { expect, it } from 'vitest';
import { extent } from '../../test/support/long.ts';
import { boundOf, measureBitbucket } from './bitbucket-scenes.ts';
import { brokenOf, sectionText } from './figures.ts';

const company = extent({
  short: { repositories: 30, projects: 3, members: 12, refs: 8 },
  long: { repositories: 500, projects: 10, members: 100, refs: 50 },
});

it('the files of 500 repositories with 50 refs each take 4.9 hours', () => {
  expect(boundOf({ repositories: 500, projects: 10, members: 100, refs: 50 })).toBe(4.9);
});

it('keeping in step with Bitbucket is within its limits', async () => {
  const sections = Object.values(await measureBitbucket(company));
  expect(brokenOf(sections), sections.map(sectionText).join('')).toEqual([]);
}, 1_800_000);
