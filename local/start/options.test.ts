import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

describe('the command line of npm start', () => {
  it('has a default for everything', () => {
    expect(parseOptions([])).toEqual({
      json: false,
      port: 7420,
      directory: resolve('.repertoire'),
      fresh: false,
      firstRun: false,
      world: 'default',
    });
  });

  it('takes every flag', () => {
    expect(
      parseOptions([
        ...['--json', '--port', '9000', '--data', '/tmp/x', '--fresh', '--first-run'],
        ...['--world', 'package.json'],
      ]),
    ).toEqual({
      json: true,
      port: 9000,
      directory: '/tmp/x',
      fresh: true,
      firstRun: true,
      world: { file: resolve('package.json') },
    });
    expect(parseOptions(['--github', 'docs'])).toMatchObject({ world: { github: resolve('docs') } });
    expect(parseOptions(['--help'])).toBe('help');
  });

  it.each([
    [['--prot', '1'], '--prot'],
    [['--port', 'many'], '"many"'],
    [['--port', '80'], '"80"'],
    [['--port'], '--port'],
    [['--world', 'no-such.yaml'], 'no-such.yaml'],
    [['--github', 'no-such-folder'], 'no-such-folder'],
    [['--github', 'docs', '--world', 'package.json'], 'cannot be combined'],
    [['extra'], 'extra'],
  ])('refuses %j in one line that names it', (args, named) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    try {
      parseOptions(args);
    } catch (error) {
      expect(String(error)).toContain(named);
      expect(String(error).split('\n')).toHaveLength(1);
    }
  });
});
