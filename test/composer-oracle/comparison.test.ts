import { describe, expect, it, vi } from 'vitest';
import { distinct, skipReason } from './comparison.ts';
import { missingLibrary } from './php-library.ts';

describe('without a judge', () => {
  const autoloader = '/nowhere/autoload.php';

  it('says what is missing', () => {
    expect(missingLibrary({ php: 'no-such-php', autoloader })).toBe('"no-such-php" does not run here');
    expect(missingLibrary({ php: 'true', autoloader })).toBe('/nowhere/autoload.php is not there');
  });

  it('skips with a loud line', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(skipReason('php is away', {})).toBe('php is away');
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^\n\*{20,}\n.*NOT COMPARED.*php is away/));
    warn.mockRestore();
  });

  it('fails in CI', () => {
    expect(() => skipReason('php is away', { CI: 'true' })).toThrow(/NOT COMPARED.*php is away/);
  });
});

describe('inputs', () => {
  it('are all different, and the same for the same seed', () => {
    const inputs = distinct(50, 7, (random) => random.below(100));
    expect(new Set(inputs).size).toBe(50);
    expect(distinct(50, 7, (random) => random.below(100))).toEqual(inputs);
  });

  it('run out aloud', () => {
    expect(() => distinct(50, 7, (random) => random.below(10))).toThrow('only 10 different inputs');
  });
});
