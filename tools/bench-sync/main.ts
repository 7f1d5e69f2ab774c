/** `npm run bench:sync`. */
import { UsageError } from '../../local/start/options.ts';
import { createProgress } from '../../local/start/progress.ts';
import { measureBitbucket } from './bitbucket-scenes.ts';
import { brokenOf, type Section, sectionText } from './figures.ts';
import { measureGitLab } from './gitlab-scenes.ts';
import { measureLarge } from './large-scene.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { measureScenes } from './small-scenes.ts';

const middling = { repositories: 500, members: 300, teams: 60, refs: 50 };
const large = { repositories: 5000, members: 3000, teams: 500 };
const quickMiddling = { repositories: 100, members: 300, teams: 60, refs: 10 };
const group = { projects: 500, groups: 30, members: 300, refs: 50 };
const quickGroup = { projects: 100, groups: 30, members: 300, refs: 10 };
const workspace = { repositories: 500, projects: 10, members: 100, refs: 50 };
const quickWorkspace = { repositories: 100, projects: 10, members: 100, refs: 10 };
const quickLarge = { repositories: 1000, members: 600, teams: 100 };

type Scenes = (
  options: Options,
  progress: ReturnType<typeof createProgress>,
) => AsyncGenerator<readonly Section[]>;

const scenes: Readonly<Record<Options['forges'][number], Scenes>> = {
  async *github({ quick, latencyMs }, progress) {
    progress.step('a middling company: structure, contents, changes');
    const measured = await measureScenes({ ...(quick ? quickMiddling : middling), latencyMs });
    yield [measured.structure, measured.contents, measured.changes];
    progress.step('a large company: read, read again, and read by a function that is killed');
    yield await measureLarge({ ...(quick ? quickLarge : large), latencyMs });
  },
  async *gitlab({ quick }, progress) {
    for (const hasGraphql of [true, false]) {
      const way = hasGraphql ? 'by GraphQL' : 'by REST';
      progress.step(`a middling company on GitLab, members ${way}: structure, contents, changes`);
      const { structure, contents, changes } = await measureGitLab({
        ...(quick ? quickGroup : group),
        // Of files by REST there are at most 500 a minute.
        ...(!hasGraphql && { refs: 2 }),
        hasGraphql,
      });
      yield [structure, contents, changes];
    }
  },
  async *bitbucket({ quick }, progress) {
    progress.step(
      'a middling company on Bitbucket: the first hour, all versions, hours in which nothing changes',
    );
    const { firstHour, contents, steady } = await measureBitbucket(quick ? quickWorkspace : workspace);
    yield [firstHour, contents, steady];
  },
};

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options === 'help') {
    process.stdout.write(usage);
    return;
  }
  const { json, forges } = options;
  const progress = createProgress(process.stderr, Date.now(), Date.now);
  const sections: Section[] = [];
  for (const forge of forges) {
    for await (const measured of scenes[forge](options, progress)) {
      sections.push(...measured);
      if (!json) process.stdout.write(measured.map(sectionText).join(''));
    }
  }
  const broken = brokenOf(sections);
  if (json) process.stdout.write(`${JSON.stringify({ broken: broken.length, sections })}\n`);
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
