import { describe, expect, it } from 'vitest';
import { njsIsInstalled } from '../../functions/authorize-request/edge-engines.ts';
import { edgeTimeLines, measureEdgeTime, ratioMax, tooSlow } from './edge-time.ts';

const time = (ratio: number) => ({ path: '/acme/packages.json', empty: 10, decided: 10 * ratio, ratio });

describe("the time of the edge's decision", () => {
  it('is too long above its limit and not at it', () => {
    expect(tooSlow([time(ratioMax)])).toEqual([]);
    expect(tooSlow([time(ratioMax), time(ratioMax + 0.1)])).toEqual([time(ratioMax + 0.1)]);
    expect(edgeTimeLines([time(3)]).join('\n')).toMatch(/at most 4.*\n {2}3\.00 {2}30 µs, empty 10 µs/);
    expect(edgeTimeLines(undefined)).toEqual([expect.stringContaining('not measured')]);
  });

  it.runIf(njsIsInstalled() && process.platform === 'linux')(
    'is measured of requests that are served',
    async () => {
      const times = await measureEdgeTime(1000, 1);
      expect(times).toHaveLength(4);
      for (const { decided } of times ?? []) expect(decided).toBeGreaterThan(0);
    },
  );
});
