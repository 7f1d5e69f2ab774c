import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { callerErrorCodes } from '../../shared/domain/caller-error.ts';
import { AdminError } from '../start/admin-error.ts';
import { UsageError } from '../start/options.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { usage } from './usage.ts';

describe('the exit code', () => {
  it('says what a function answered', () => {
    const codes = callerErrorCodes.map((code) => exitCodeOf(new AdminError('no', code)));
    expect(codes).toEqual([3, 4, 5, 6, 7]);
    expect(exitCodeOf(new AdminError('it failed'))).toBe(1);
  });

  it('says that nothing was asked', () => {
    expect(exitCodeOf(new UsageError('unknown command x'))).toBe(2);
    expect(exitCodeOf(new RangeError('Invalid time value'))).toBe(2);
  });

  it('is told apart from every other, in the help and the documentation too', () => {
    const all = Object.values(exitCodes).sort();
    expect(all).toEqual([...new Set(all)]);
    const text = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
    for (const code of callerErrorCodes) {
      expect(usage.replace(/\s+/g, ' ')).toContain(`${exitCodes[code]} ${code}:`);
      expect(text).toContain(`| ${exitCodes[code]} | \`${code}\` |`);
    }
  });
});
