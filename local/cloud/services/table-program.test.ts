import { describe, expect, it } from 'vitest';
import { findTableProgram, type Machine, withoutTableProgram } from './table-program.ts';

const machine = (
  platform: string,
  arch: string,
  files: readonly string[],
  packages: readonly string[] = [],
) =>
  ({
    ...{ platform, arch, paths: ['/usr/bin', '/home/ann/bin'] },
    packageFolder: (name) => (packages.includes(name) ? `/modules/${name}` : undefined),
    exists: (path) => files.includes(path),
  }) satisfies Machine;

describe('the DynamoDB server', () => {
  it.each([
    ['darwin', 'arm64', 'dynoxide'],
    ['darwin', 'x64', 'dynoxide'],
    ['linux', 'arm64', 'dynoxide'],
    ['linux', 'x64', 'dynoxide'],
    ['win32', 'x64', 'dynoxide.exe'],
  ])(
    'on %s-%s is that of the installed package, else on the PATH, else one line installs it',
    (platform, arch, program) => {
      const name = `@dynoxide/${platform}-${arch}`;
      const installed = `/modules/${name}/${program}`;
      const onPath = `/home/ann/bin/${program}`;
      expect(findTableProgram(machine(platform, arch, [installed, onPath], [name]))).toBe(installed);
      expect(findTableProgram(machine(platform, arch, [onPath]))).toBe(onPath);
      // As an install without optional packages leaves it.
      expect(findTableProgram(machine(platform, arch, [onPath], [name]))).toBe(onPath);
      const nothing = machine(platform, arch, []);
      expect(findTableProgram(nothing)).toBeUndefined();
      expect(withoutTableProgram(nothing, 'ENDPOINT').split('\n')).toContainEqual(
        expect.stringMatching(new RegExp(`^  npm install --no-save ${name}@\\d+\\.\\d+\\.\\d+$`)),
      );
    },
  );

  it('of another system is never taken', () => {
    const mac = machine(
      'darwin',
      'arm64',
      ['/modules/@dynoxide/darwin-x64/dynoxide'],
      ['@dynoxide/darwin-x64'],
    );
    expect(findTableProgram(mac)).toBeUndefined();
  });

  it('is asked for without a package where none is published', () => {
    expect(withoutTableProgram(machine('freebsd', 'x64', []), 'ENDPOINT')).toMatch(
      /^no DynamoDB server is known for freebsd-x64: put dynoxide on the PATH, .* set ENDPOINT to its URL\.$/,
    );
  });
});
