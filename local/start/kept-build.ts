/** Builds what a deployment consists of, in a process of its own, so that its memory is freed. A build of the same sources is reused. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules/.cache/repertoire');
const keptMax = 3;

export interface Build {
  readonly name: string;
  /** Everything that it is built from. */
  readonly sources: readonly string[];
  /** Path of the program, which writes the folder `out`. */
  readonly script: string;
  /** @param spare folder for what is not kept */
  args(out: string, spare: string): readonly string[];
}

/**
 * @param onBuild called if it has to be built
 * @returns the folder of the result
 * @throws Error with what the failing step printed
 */
export async function keptBuild(
  { name, sources, script, args }: Build,
  onBuild: () => void,
): Promise<string> {
  const directory = join(cache, `${name}-${await digest(sources)}`);
  if (await exists(directory)) {
    return directory;
  }
  onBuild();
  await mkdir(cache, { recursive: true });
  const workshop = await mkdtemp(join(cache, 'building-'));
  try {
    await run(join(root, script), args(join(workshop, 'out'), join(workshop, 'spare')));
    await rename(join(workshop, 'out'), directory).catch(async (error: unknown) => {
      // Another start finished first; its result is the same.
      if (!(await exists(directory))) {
        throw error;
      }
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  await forgetOld(name);
  return directory;
}

async function digest(sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const source of sources) {
    const path = join(root, source);
    const files = (await stat(path)).isDirectory()
      ? (await readdir(path, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
      : [path];
    for (const file of files) {
      hash
        .update(`${file.slice(root.length)}\n`)
        .update(await readFile(file))
        .update('\n');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function forgetOld(kind: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => name.startsWith(`${kind}-`));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(cache, name))).mtimeMs })),
  );
  for (const { name } of aged.sort((one, other) => other.at - one.at).slice(keptMax)) {
    await rm(join(cache, name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function run(script: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`${script} exited with ${code}:\n${output}`));
      }
    });
  });
}
