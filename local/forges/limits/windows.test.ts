import { beforeEach, describe, expect, it } from 'vitest';
import { createWindows } from './windows.ts';

let time: number;
beforeEach(() => {
  time = 5000;
});

describe('limits in windows of time', () => {
  it('grant what is left, and nothing after a refusal until the window ends', () => {
    const windows = createWindows(() => time, 1000);
    expect(windows.charge('ann', 3, 2)).toEqual({ granted: true, used: 2, resetAt: 6000 });
    expect(windows.charge('ann', 3, 2)).toEqual({ granted: false, used: 3, resetAt: 6000 });
    time = 5999;
    expect(windows.charge('ann', 3, 1).granted).toBe(false);
    time = 6000;
    expect(windows.charge('ann', 3, 3)).toEqual({ granted: true, used: 3, resetAt: 7000 });
  });

  it('count each holder separately, refund points, and can be renewed for all', () => {
    const windows = createWindows(() => time, 1000);
    windows.charge('ann', 3, 3);
    expect(windows.usage('bob')).toEqual({ used: 0, resetAt: 6000 });
    windows.charge('ann', 3, -1);
    expect(windows.usage('ann').used).toBe(2);
    windows.renew();
    expect(windows.usage('ann').used).toBe(0);
  });
});
