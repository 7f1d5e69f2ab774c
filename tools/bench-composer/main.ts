/** `npm run bench:composer`: what Composer asks for and receives, for a project with many packages of ours. */
import { UsageError } from '../../local/start/options.ts';
import { composerVersion, createProject, type Project } from '../../test/support/composer.ts';
import { startSystem } from '../../test/support/started.ts';
import { textTable } from '../text-table.ts';
import { type ForwardProxy, type Passed, startForwardProxy } from './forward-proxy.ts';
import { libraryName, libraryWorld } from './libraries.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { startSatis } from './satis.ts';

interface Repository {
  readonly name: string;
  readonly url: string;
  readonly token: string | undefined;
}

/** What a command is measured in, and what it finds. */
const commands = [
  { name: 'update, nothing known', args: ['update'], keep: 'nothing' },
  { name: 'update, everything known', args: ['update'], keep: 'everything' },
  { name: 'install from the lock file, nothing known', args: ['install'], keep: 'lock' },
] as const;

async function measure(repository: Repository, { packages, rounds }: Options, proxy: ForwardProxy) {
  const project = await createProject(repository.url, repository.token, { http_proxy: proxy.url });
  const rows: string[][] = [];
  try {
    await require(project, packages);
    // Whoever asks for an archive first waits until it is built; one at a time is enough to see that.
    const first = await run(project, ['update'], proxy);
    rows.push(rowOf(repository, 'update, the first ever', first.passed, [first.ms]));
    for (const { name, args, keep } of commands) {
      const times: number[] = [];
      let passed: readonly Passed[] = [];
      for (let round = 0; round < rounds; round++) {
        if (keep !== 'everything') {
          await project.forgetCache();
          await project.forgetInstalled({ keepLock: keep === 'lock' });
        }
        const measured = await run(project, args, proxy);
        times.push(measured.ms);
        passed = measured.passed;
      }
      rows.push(rowOf(repository, name, passed, times));
    }
  } finally {
    await project.remove();
  }
  return rows;
}

async function require(project: Project, count: number): Promise<void> {
  const manifest = JSON.parse(await project.read('composer.json')) as Record<string, unknown>;
  const names = Array.from({ length: count }, (_, at) => [`acme/${libraryName(at)}`, '^1.0']);
  await project.write('composer.json', JSON.stringify({ ...manifest, require: Object.fromEntries(names) }));
}

async function run(project: Project, args: readonly string[], proxy: ForwardProxy) {
  proxy.take();
  const began = performance.now();
  const { code, output } = await project.run(...args);
  const ms = performance.now() - began;
  if (code !== 0) throw new Error(output);
  return { ms, passed: proxy.take() };
}

const head = ['', 'requests', '304', 'of archives', 'KB of metadata', 'KB of archives', 'ms'];

function rowOf({ name }: Repository, what: string, passed: readonly Passed[], times: readonly number[]) {
  const isArchive = ({ path }: Passed): boolean => path.endsWith('.zip');
  const kilobytes = (some: readonly Passed[]): string =>
    (some.reduce((sum, { bytes }) => sum + bytes, 0) / 1000).toFixed(1);
  const median = times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
  return [
    `${name}: ${what}`,
    String(passed.length),
    String(passed.filter(({ status }) => status === 304).length),
    String(passed.filter(isArchive).length),
    kilobytes(passed.filter((one) => !isArchive(one))),
    kilobytes(passed.filter(isArchive)),
    String(Math.round(median)),
  ];
}

const print = (rows: readonly (readonly string[])[]): boolean =>
  process.stdout.write(`${textTable(rows).join('\n')}\n`);

async function main(options: Options): Promise<void> {
  const system = await startSystem(libraryWorld(options.packages, options.versions));
  const proxy = await startForwardProxy();
  try {
    await system.cloud.idle();
    const ours = { name: 'ours', url: `${system.registry}/acme`, token: system.token('alice') };
    print([head, ...(await measure(ours, options, proxy))]);
    if (options.satis !== undefined) {
      const repositories = [...system.gitHub.state.repositories.values()];
      const satis = await startSatis(
        options.satis,
        repositories.map(({ gitDirectory }) => gitDirectory),
      );
      try {
        print([
          head,
          ...(await measure({ name: 'Satis', url: satis.url, token: undefined }, options, proxy)),
        ]);
        process.stdout.write(`Satis built its files in ${Math.round(satis.builtMs)} ms.\n`);
      } finally {
        await satis.close();
      }
    }
    process.stdout.write(composerVersion ?? '');
  } finally {
    await proxy.close();
    await system.close();
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(usage);
  else await main(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
