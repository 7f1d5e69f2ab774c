/** The whole system, started as `npm start` does it, on free ports and in a folder of its own. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudLog } from '../../local/cloud/cloud.ts';
import { gitHubPart, type World } from '../../local/forges/world/world.ts';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { buildConsole } from '../../local/start/build-console.ts';
import { parseOptions, portCount, UsageError } from '../../local/start/options.ts';
import { type Ports, takePorts } from '../../local/start/ports.ts';
import type { Progress } from '../../local/start/progress.ts';
import { type Started, type StartWith, start } from '../../local/start/start.ts';
import { openStateFolder } from '../../local/start/state-folder.ts';
import { readWorldOf } from '../../local/start/world-of.ts';

export interface System extends Started {
  readonly log: readonly CloudLog[];
  readonly registry: string;
  readonly console: string;
  readonly directory: string;
  /** The token of a member of the first organization. */
  token(login: string): string;
}

const silent: Progress = { step() {}, counts() {}, end() {} };

/** Below those that Linux gives to whoever asks for any, and above what is often in use: https://docs.kernel.org/networking/ip-sysctl.html */
const quietPorts = { from: 12_000, to: 32_000 } as const;

/** Ports that no connection of a system beside this one is given between the look at them and their use. */
async function takeQuietPorts(): Promise<Ports> {
  for (let tries = 0; ; tries++) {
    const first =
      quietPorts.from + randomInt(Math.floor((quietPorts.to - quietPorts.from) / portCount)) * portCount;
    try {
      return await takePorts(first);
    } catch (error) {
      if (!(error instanceof UsageError) || tries === 20) throw error;
    }
  }
}

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
  const ports = await takeQuietPorts();
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
