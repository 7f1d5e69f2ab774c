/** The whole system, started as `npm start` does it, on free ports and in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudLog } from '../../local/cloud/cloud.ts';
import { gitHubPart, type World } from '../../local/forges/world/world.ts';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { buildConsole } from '../../local/start/build-console.ts';
import { parseOptions } from '../../local/start/options.ts';
import { takePorts } from '../../local/start/ports.ts';
import type { Progress } from '../../local/start/progress.ts';
import { readWorldOf, type Started, type StartWith, start } from '../../local/start/start.ts';
import { openStateFolder } from '../../local/start/state-folder.ts';

export interface System extends Started {
  readonly log: readonly CloudLog[];
  readonly registry: string;
  readonly console: string;
  readonly directory: string;
  /** The token of a member of the first organization. */
  token(login: string): string;
}

const silent: Progress = { step() {}, counts() {}, end() {} };

/** Starts the system. @param world if left out, what of the default world is on GitHub, without its story */
export async function startSystem(
  world?: World,
  overrides: Pick<StartWith, 'clock' | 'firstRun' | 'schedules' | 'services'> = {},
): Promise<System> {
  const directory = await mkdtemp(join(tmpdir(), 'repertoire-test-'));
  const options = parseOptions(['--data', directory, '--port', '0']);
  if (options === 'help') {
    throw new Error('these are no options');
  }
  const [assembly, console] = await Promise.all([buildAssembly(), buildConsole()]);
  const folder = await openStateFolder(options);
  const ports = await takePorts(options.port);
  const log: CloudLog[] = [];
  const { story: _, ...onGitHub } = gitHubPart(await readWorldOf(options));
  const started = await start(folder, world ?? onGitHub, {
    assembly,
    ports,
    progress: silent,
    onLog: (line) => log.push(line),
    ...{ console, ...overrides },
  });
  const close = async (): Promise<void> => {
    await started.close();
    await rm(directory, { recursive: true, force: true });
  };
  return {
    ...started,
    close,
    log,
    directory,
    registry: `http://127.0.0.1:${ports.registry}`,
    console: `http://127.0.0.1:${ports.console}`,
    token(login) {
      const member = started.organizations[0]?.members.find((one) => one.login === login);
      if (!member) {
        throw new Error(`there is no token for ${login}`);
      }
      return member.token;
    },
  };
}
