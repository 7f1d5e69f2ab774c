/** `npm start`. */
import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { ENDPOINT_VARIABLE } from './cloud/services/table.ts';
import { findTableProgram, thisMachine, withoutTableProgram } from './cloud/services/table-program.ts';
import { WorldError } from './forges/world/world-error.ts';
import { buildAssembly } from './start/build-assembly.ts';
import { buildConsole } from './start/build-console.ts';
import { exampleOf } from './start/example.ts';
import { firstRunInstructions, instructions } from './start/instructions.ts';
import { parseOptions, UsageError, usage } from './start/options.ts';
import { passwordsOf } from './start/passwords.ts';
import { atPlace, placeOf } from './start/place.ts';
import { type Ports, takePorts, withForgePorts } from './start/ports.ts';
import { createProgress } from './start/progress.ts';
import type { Started } from './start/start.ts';
import {
  markRunning,
  markStarting,
  markStopped,
  openStateFolder,
  type StateFolder,
} from './start/state-folder.ts';
import { readWorldOf } from './start/world-of.ts';

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options === 'help') {
    process.stdout.write(usage);
    return;
  }
  const begun = Date.now();
  const progress = createProgress(options.json ? process.stderr : process.stdout, begun, Date.now);
  const world = await readWorldOf(options);
  mustHaveTable();
  // A new folder is made only where the ports are free. One that is there says first whether it is in use.
  const portsOfNew = existsSync(options.directory) ? undefined : await takePorts(options.port);
  const folder = await openStateFolder(options);
  const running: { started?: Started } = {};
  stopOnSignals(running, folder);
  try {
    const ports = await withForgePorts(folder, portsOfNew ?? (await takePorts(options.port)));
    let isReachable = false;
    const step = (line: string): void => {
      progress.step(line);
      if (!isReachable) markStarting(folder, line, begun);
    };
    const building = (what: string) => () => step(`${what}: about 10 s, once per change of the sources`);
    const [assembly, console] = await Promise.all([
      buildAssembly(building('bundling the functions and synthesizing the template')),
      buildConsole(building('building the console')),
    ]);
    const { firstRun } = options;
    const place = placeOf({ data: folder.directory });
    const here = { ...progress, step: (line: string) => step(atPlace(line, place)) };
    // Most of the code: what is wrong with the options is said without it.
    const { start } = await import('./start/start.ts');
    const started = await start(folder, world, {
      ...{ assembly, console, ports, progress: here, firstRun },
      onApi: (address) => {
        isReachable = true;
        return markRunning(folder, { pid: process.pid, ...address });
      },
    });
    running.started = started;
    process.stdout.write(
      options.json
        ? `${JSON.stringify(readyLine(started, ports))}\n`
        : await readyText(started, ports, folder),
    );
    // A run that is killed leaves it for the next, too.
    flushCompileCache();
    // In the background: everything that was printed works already.
    started
      .playStory()
      .catch((error: unknown) =>
        here.step(error instanceof Error ? error.message : `the story cannot be played: ${error}`),
      );
  } catch (error) {
    await markStopped(folder);
    throw error;
  }
}

/** Before anything is built for it. @throws UsageError that says what to install */
function mustHaveTable(): void {
  const machine = thisMachine();
  if (!process.env[ENDPOINT_VARIABLE] && findTableProgram(machine) === undefined) {
    throw new UsageError(withoutTableProgram(machine, ENDPOINT_VARIABLE));
  }
}

/** Ctrl-C stops cleanly, a second one immediately. Before `npm start` is ready there is nothing to clean up. */
function stopOnSignals(running: { readonly started?: Started }, folder: StateFolder): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) {
      process.exit(130);
    }
    stopping = true;
    process.stderr.write('\nstopping …\n');
    await running.started?.close();
    await markStopped(folder);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void stop());
  }
}

function readyLine(started: Started, ports: Ports) {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const passwords = passwordsOf(started);
  return {
    registry: at(ports.registry),
    console: at(ports.console),
    gitHub: {
      ...{ api: at(ports.gitHubApi), web: at(ports.gitHubWeb), codeload: at(ports.codeload) },
      passwords: passwords.github,
    },
    ...(started.gitLab && {
      gitLab: { web: started.gitLab.addresses.web, passwords: passwords.gitlab },
    }),
    ...(started.bitbucket && {
      bitbucket: {
        ...{ web: started.bitbucket.addresses.web, api: started.bitbucket.addresses.api },
        passwords: passwords.bitbucket,
      },
    }),
    control: {
      gitHub: at(ports.control),
      ...(started.gitLab && { gitLab: started.gitLab.addresses.control }),
      ...(started.bitbucket && { bitbucket: started.bitbucket.addresses.control }),
    },
    gateway: at(ports.gateway),
    setUpCode: started.setUpCode,
    organizations: started.organizations.map(({ slug, url, members }) => ({
      slug,
      url,
      tokens: Object.fromEntries(members.map(({ login, token }) => [login, token])),
    })),
  };
}

/** An organization of the simulated GitHub with one of its owners. */
function exampleOwner({ gitHub: { state } }: Started) {
  const [organization] = state.organizations.values();
  const [owner] = [...(organization?.members ?? [])].find(([, member]) => member.role === 'admin') ?? [];
  const login = owner === undefined ? undefined : state.users.get(owner)?.login;
  return organization && login !== undefined ? { organization: organization.login, owner: login } : undefined;
}

async function readyText(started: Started, ports: Ports, folder: StateFolder): Promise<string> {
  if (started.isFirstRun) {
    return firstRunInstructions({
      setUpCode: started.setUpCode,
      consoleBaseUrl: `http://127.0.0.1:${ports.console}`,
      codeHost: `http://127.0.0.1:${ports.gitHubWeb}`,
      example: exampleOwner(started),
      dataDirectory: folder.directory,
    });
  }
  const passwords = passwordsOf(started);
  const { hostLabel } = await import('../shared/sign-in/host-label.ts');
  return instructions({
    organizations: await Promise.all(
      started.organizations.map(async (organization) => ({
        ...organization,
        host: hostLabel(organization.host),
        passwords: passwords[organization.host.forge] ?? {},
        example: await exampleOf(started, organization),
      })),
    ),
    administrator: started.administrator,
    registryBaseUrl: `http://127.0.0.1:${ports.registry}`,
    consoleBaseUrl: `http://127.0.0.1:${ports.console}`,
    controlUrl: `http://127.0.0.1:${ports.control}`,
    others: [
      ...(started.gitLab ? [{ name: 'GitLab', addresses: started.gitLab.addresses }] : []),
      ...(started.bitbucket ? [{ name: 'Bitbucket', addresses: started.bitbucket.addresses }] : []),
    ],
    dataDirectory: folder.directory,
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // The user's own mistake is one line; ours comes with where it happened.
  const isUsers = error instanceof UsageError || error instanceof WorldError;
  process.stderr.write(`${isUsers ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
