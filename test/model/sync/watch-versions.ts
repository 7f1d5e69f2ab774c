/** Checks that a published version of a tag stays as long as the tag, at its first commit, even if the tag moves. */
import { type RefHistory, versionTags } from './check-files.ts';
import type { ModelWorld } from './model-world.ts';
import { gets, type View, versionsIn } from './view.ts';

/** How long a scan that began before a push may take, plus the lag of its reads. */
const settledMs = 600_000;

export function createVersionWatch(world: ModelWorld, refs: RefHistory) {
  /** Published versions by package number, each with the ref that it stands for. */
  const published = new Map<number, Set<string>>();
  const texts = new Map<number, string>();
  /** The commit that each version of a tag had first, by package number and version. */
  const first = new Map<string, string>();

  /** @returns what is wrong */
  return async (view: View): Promise<readonly string[]> => {
    const everything = world.holders.find(({ kind }) => kind === 'organization');
    const wrong: string[] = [];
    for (const { number, name, repository } of view.packages) {
      if (everything === undefined || !view.of(everything).has(number)) {
        continue;
      }
      const text = await gets(world, view.published, everything, `/acme/p2/${name}.json`);
      const isRead = text.startsWith('{');
      if (!isRead || texts.get(number) === text) {
        continue;
      }
      texts.set(number, text);
      const versions = versionsIn(text, name);
      for (const [version, commit] of versions) {
        const key = `${number} ${version}`;
        const before = first.get(key) ?? commit;
        if (versionTags.test(version)) {
          first.set(key, before);
        }
        if (before !== commit) {
          wrong.push(`${name} ${version} has gone from ${before} to ${commit}`);
        }
      }
      const now = new Set(versions.keys());
      for (const version of published.get(number) ?? []) {
        const since = refs.since(Number(repository), `refs/tags/${version}`);
        if (!now.has(version) && since !== undefined && since + settledMs <= world.clock.now()) {
          wrong.push(`${name} ${version} is gone, and its tag has been there all the time`);
        }
      }
      published.set(number, now);
    }
    return wrong;
  };
}
