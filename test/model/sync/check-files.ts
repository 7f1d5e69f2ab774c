/** Compares the published files with the forge's refs and manifests. */
import type { Repository } from '../../../local/forges/github/state.ts';
import { isOfSource } from '../../../shared/store/package-store.ts';
import type { Met } from './coverage.ts';
import type { ModelWorld } from './model-world.ts';
import { gets, versionsIn, viewOf } from './view.ts';

/** Every commit that each tag has had. */
export function createRefHistory(world: ModelWorld) {
  const had = new Map<string, Set<string>>();
  const since = new Map<string, number>();
  const note = (at = world.clock.now()): void => {
    const there = new Set<string>();
    for (const repository of world.state.repositories.values()) {
      for (const [ref, commit] of world.now.refs(repository)) {
        const key = `${repository.id} ${ref}`;
        had.set(key, (had.get(key) ?? new Set()).add(commit));
        there.add(key);
        since.set(key, since.get(key) ?? at);
      }
    }
    for (const key of since.keys()) {
      if (!there.has(key)) {
        since.delete(key);
      }
    }
  };
  note(0);
  return {
    note: () => note(),
    /** Since when it has been there, at whatever commit; milliseconds since the epoch. */
    since: (repository: number, ref: string): number | undefined => since.get(`${repository} ${ref}`),
    of: (repository: number, ref: string): ReadonlySet<string> =>
      had.get(`${repository} ${ref}`) ?? new Set(),
  };
}
export type RefHistory = ReturnType<typeof createRefHistory>;

/** Tags that are versions. */
export const versionTags = /^(v?\d+\.\d+\.\d+(-beta1)?)$/;
const branchVersion = (name: string): string => (/^\d/.test(name) ? `${name}-dev` : `dev-${name}`);

export async function checkFiles(
  world: ModelWorld,
  repositories: readonly Repository[],
  history: RefHistory,
  met: Met,
): Promise<string[]> {
  const wrong: string[] = [];
  const { pool, now } = world;
  const view = await viewOf(world);
  const everything = world.holders.find(({ kind }) => kind === 'organization');
  for (const repository of repositories.filter(({ disabled }) => !disabled)) {
    const refs = now.refs(repository);
    const head = refs.get(`refs/heads/${repository.defaultBranch}`);
    const name = head === undefined ? undefined : pool.commit(head)?.name;
    if (name === undefined) {
      met.unnamed += 1;
      continue;
    }
    const own = view.packages.filter((one) => one.repository === `${repository.id}` && one.name === name);
    const others = view.packages.filter((one) => one.repository !== `${repository.id}` && one.name === name);
    const isOurs = own.some(isOfSource);
    if (!isOurs) {
      const mayWait = name.startsWith('other/') || repository.forkOf !== undefined || others.length > 0;
      if (!mayWait) {
        wrong.push(`${name} of repository ${repository.id} is no package`);
      }
      continue;
    }
    if (everything === undefined) {
      continue;
    }
    const published = new Map<string, string>();
    for (const file of [`${name}.json`, `${name}~dev.json`]) {
      const text = await gets(world, view.published, everything, `/acme/p2/${file}`);
      if (!text.startsWith('{')) {
        wrong.push(`${file} of repository ${repository.id}: ${text}`);
        continue;
      }
      for (const [version, commit] of versionsIn(text, name)) {
        published.set(version, commit);
      }
    }
    for (const [ref, commit] of refs) {
      const isTag = ref.startsWith('refs/tags/');
      const short = ref.split('/').slice(2).join('/');
      const version = isTag ? short : branchVersion(short);
      if (isTag && !versionTags.test(short)) {
        continue;
      }
      const stands = published.get(version);
      published.delete(version);
      if (stands === commit) {
        continue;
      }
      const before = isTag ? history.of(repository.id, ref) : new Set<string>();
      const hasManifest = pool.commit(commit)?.name !== undefined;
      if (stands === undefined ? !hasManifest : before.has(stands)) {
        met.movedTags += before.size > 1 ? 1 : 0;
        continue;
      }
      wrong.push(`${name} ${version} is ${stands ?? 'not there'}, but ${ref} is at ${commit}`);
    }
    for (const [version, commit] of published) {
      wrong.push(`${name} ${version} at ${commit} stands for no ref of repository ${repository.id}`);
    }
  }
  return wrong;
}
