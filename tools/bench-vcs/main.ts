/** `npm run bench:vcs`: what a scan costs of a repository with 1,000 tags, beside a clone of it. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ForgeRepositoryId } from '../../shared/domain/ids.ts';
import type { ForgeRepository } from '../../shared/forge/forge.ts';
import { openGit } from '../../shared/vcs/git/reader.ts';
import {
  addTo,
  environment,
  gitIn,
  makeRepository,
  manifest,
  type Step,
} from '../../test/vcs/git-repositories.ts';
import { startGitDaemon } from '../../test/vcs/servers/git-servers.ts';
import { createServices } from '../../test/vcs/services.ts';
import { textTable } from '../text-table.ts';
import { startCountingProxy } from './counting-proxy.ts';

const tagCount = 1000;
const fileCount = 60;

/** Text that compresses as code does, and is the same each time. */
const code = (seed: string): string =>
  Array.from({ length: 40 }, (_, line) => {
    const word = createHash('sha256').update(`${seed} ${line}`).digest('hex').slice(0, 12);
    return `    public function ${word}(): string { return $this->${word.slice(0, 6)}; }\n`;
  }).join('');

/** Each version changes three files, and every tenth its manifest. */
const step = (place: number): Step => ({
  refs: ['refs/heads/main', `refs/tags/v${Math.floor(place / 100)}.${place % 100}.0`],
  files: {
    'composer.json': manifest({ require: { php: `>=8.${Math.floor(place / 10)}` } }),
    ...Object.fromEntries(
      (place === 0
        ? Array.from({ length: fileCount }, (_, file) => file)
        : [place, place * 7, place * 13]
      ).map((file) => [`src/Part${file % 6}/File${file % fileCount}.php`, code(`${place} ${file}`)]),
    ),
  },
});

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-vcs-'));
  const services = await createServices();
  const at = makeRepository(
    folder,
    'lib.git',
    Array.from({ length: tagCount }, (_, place) => step(place)),
  );
  gitIn(at, ['config', 'uploadpack.allowFilter', 'true']);
  gitIn(at, ['repack', '-adq']);
  const daemon = await startGitDaemon(folder);
  const proxy = await startCountingProxy(daemon.port);
  const url = `git://127.0.0.1:${proxy.port}/lib.git`;
  const rows: string[][] = [['what', 'ms', 'bytes']];
  const measured = async <Result>(what: string, work: () => Promise<Result> | Result): Promise<Result> => {
    proxy.reset();
    const began = performance.now();
    const result = await work();
    rows.push([what, `${Math.round(performance.now() - began)}`, `${proxy.bytes().toLocaleString('en')}`]);
    return result;
  };
  const read = async (known?: ForgeRepository['manifests']) => {
    const reader = await openGit({ kind: 'git', url }, { kind: 'none' }, await services.next());
    return reader.readRefs(
      { repository: 'bench' as ForgeRepositoryId },
      known === undefined ? {} : { known },
    );
  };
  const clone = (name: string) => async () => {
    await new Promise<void>((resolve, reject) =>
      execFile(
        'git',
        ['clone', '--quiet', '--mirror', url, join(folder, name)],
        { env: environment },
        (error) => (error === null ? resolve() : reject(error)),
      ),
    );
  };
  try {
    await measured('fresh clone', clone('one'));
    const { manifests } = await measured('first scan', () => read());
    await measured('scan, nothing new', () => read(manifests));
    addTo(at, [step(tagCount)]);
    const { tags } = await measured('scan, one new tag', () => read(manifests));
    if (tags.length !== tagCount + 1) throw new Error(`${tags.length} tags were read`);
    await measured('fresh clone, one tag later', clone('two'));
    process.stdout.write(`${textTable(rows).join('\n')}\n`);
    process.stdout.write(execFileSync('git', ['--version']));
  } finally {
    await Promise.all([proxy.close(), daemon.close(), services.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
