/** `npm run bench:publish`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../infra/bundle.ts';
import { UsageError } from '../../local/start/options.ts';
import { createProgress } from '../../local/start/progress.ts';
import { brokenOf, type Section, sectionText } from '../bench-sync/figures.ts';
import { parseOptions, type SceneName, usage } from './options.ts';
import { largeArchives, largeFile, manyFolders, manyPackages, manyTags, type Sizes } from './scenes.ts';

const whole: Sizes = {
  ...{ tags: 10_000, fileBytes: 10_000_000, packages: 2000, versions: 50 },
  ...{ folders: 60, folderTags: 400 },
  ...{ archives: 10, archiveBytes: 10_000_000 },
};
const quickly: Sizes = { ...whole, tags: 1000, packages: 200, folders: 20, folderTags: 100 };

const scenes: Readonly<Record<SceneName, (bundles: string, sizes: Sizes) => Promise<Section>>> = {
  tags: manyTags,
  file: largeFile,
  packages: manyPackages,
  folders: manyFolders,
  archives: largeArchives,
};

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options === 'help') {
    process.stdout.write(usage);
    return;
  }
  const progress = createProgress(process.stderr, Date.now(), Date.now);
  const bundles = await mkdtemp(join(tmpdir(), 'repertoire-bundles-'));
  const sections: Section[] = [];
  try {
    progress.step('bundling the functions');
    await bundle(bundles);
    for (const name of options.scenes) {
      progress.step(name);
      const section = await scenes[name](bundles, options.quick ? quickly : whole);
      sections.push(section);
      if (!options.json) process.stdout.write(sectionText(section));
    }
  } finally {
    await rm(bundles, { recursive: true, force: true });
  }
  const broken = brokenOf(sections);
  if (options.json) process.stdout.write(`${JSON.stringify({ broken: broken.length, sections })}\n`);
  progress.step(broken.length === 0 ? 'no limit is broken' : `${broken.length} limits are broken`);
  if (broken.length > 0) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const text = error instanceof UsageError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`${String(text)}\n`);
  process.exitCode = 2;
}
