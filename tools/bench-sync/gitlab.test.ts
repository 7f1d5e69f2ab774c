/** The limits on requests to GitLab of `npm run bench:sync`, so that no change breaks them unseen. */
import { describe, expect, it } from 'vitest';
import { extent } from '../../test/support/long.ts';
import { brokenOf, sectionText } from './figures.ts';
import { contentsMost, measureGitLab, structureMost, unchangedMost } from './gitlab-scenes.ts';

describe('the cost of keeping in step with GitLab', () => {
  const company = extent({
    short: { projects: 40, groups: 6, members: 40, refs: 3 },
    long: { projects: 500, groups: 30, members: 300, refs: 50 },
  });

  it('is at most 60 requests for the structure of 500 projects in 30 groups, 590 without GraphQL, 100 when nothing changed, and 2,030 for contents with 50 refs each', () => {
    const size = { projects: 500, groups: 30, members: 300, refs: 50 };
    expect(structureMost({ ...size, hasGraphql: true })).toBeLessThanOrEqual(60);
    expect(structureMost({ ...size, hasGraphql: false })).toBeLessThanOrEqual(590);
    expect(unchangedMost({ ...size, hasGraphql: true })).toBeLessThanOrEqual(100);
    expect(unchangedMost({ ...size, hasGraphql: false })).toBeLessThanOrEqual(100);
    // Four for each project, and scans that are begun again after a minute's limit.
    expect(contentsMost({ ...size, hasGraphql: true })).toBeLessThanOrEqual(2_030);
  });

  it.each([true, false])(
    'is within its limits where GraphQL answers: %s',
    async (hasGraphql) => {
      const scenes = await measureGitLab({ ...company, ...(!hasGraphql && { refs: 2 }), hasGraphql });
      const sections = Object.values(scenes);
      expect(brokenOf(sections), sections.map(sectionText).join('')).toEqual([]);
    },
    600_000,
  );
});
