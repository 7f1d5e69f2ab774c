import { isAncestor, type PushedCommit, readCommits } from '../git/commits.ts';
import { createPushQueue, noObject, type RefChange, type Refs } from '../git/pushes.ts';
import { isoSeconds } from '../server/clock.ts';
import type { Payloads } from './payloads.ts';
import type { Repository, User } from './state.ts';
import type { GitHubEvent } from './webhooks.ts';
import { personOf } from './world-to-state.ts';

export interface Pushes {
  /**
   * Runs a write to the repository, one at a time for each, and sends GitHub's events for what has changed.
   *
   * @returns what `write` returned.
   */
  receive<Result>(
    repository: Repository,
    sender: User,
    write: (refs: ReadonlyMap<string, string>) => Promise<Result>,
  ): Promise<Result>;
}

export interface PushDeps {
  readonly payloads: Payloads;
  readonly emit: (event: GitHubEvent) => void;
  readonly now: () => number;
  readonly save: () => Promise<void>;
}

/** "Events will not be created for tags when more than three tags are pushed at once." */
const mostTags = 3;
/** "Events will not be created if more than 5000 branches are pushed at once." */
const mostBranches = 5000;
/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
const mostCommits = 2048;

export function createPushes(deps: PushDeps): Pushes {
  const receive = createPushQueue();

  const notice = async (
    repository: Repository,
    sender: User,
    changes: readonly RefChange[],
    refs: Refs,
  ): Promise<void> => {
    // Whether a push that only deletes moves it is undocumented; the less helpful case is assumed.
    if (changes.some((change) => change.after !== undefined)) repository.pushedAt = isoSeconds(deps.now());
    for (const event of await pushEvents(repository, sender, changes, refs, deps.payloads)) deps.emit(event);
    await deps.save();
  };

  return {
    receive: (repository, sender, write) =>
      receive(repository, write, (changes, refs) => notice(repository, sender, changes, refs)),
  };
}

/** The events of one push. https://docs.github.com/en/webhooks/webhook-events-and-payloads#create */
async function pushEvents(
  repository: Repository,
  sender: User,
  changes: readonly RefChange[],
  refs: Refs,
  payloads: Payloads,
): Promise<GitHubEvent[]> {
  const tags = changes.filter((change) => change.ref.startsWith('refs/tags/'));
  const branches = changes.filter((change) => change.ref.startsWith('refs/heads/'));
  const created = (change: RefChange): boolean => change.before === undefined;
  const deleted = (change: RefChange): boolean => change.after === undefined;
  const event = (name: string, body: Record<string, unknown>): GitHubEvent => ({
    name,
    organizationId: repository.organizationId,
    repositoryId: repository.id,
    sender,
    body,
  });
  const refEvent = (name: 'create' | 'delete', change: RefChange): GitHubEvent => {
    const [, kind, ...rest] = change.ref.split('/');
    return event(name, {
      ref: rest.join('/'),
      ref_type: kind === 'tags' ? 'tag' : 'branch',
      ...(name === 'create' && {
        master_branch: repository.defaultBranch,
        description: repository.description ?? null,
      }),
      pusher_type: 'user',
      repository: payloads.repository(repository),
    });
  };
  const pushed = [
    ...(branches.length > mostBranches ? [] : branches),
    ...(tags.length > mostTags ? [] : tags),
  ];
  const few = (some: readonly RefChange[]): readonly RefChange[] => (some.length > mostTags ? [] : some);
  const events: GitHubEvent[] = [];
  for (const change of pushed) {
    events.push(event('push', await pushBody(repository, sender, change, refs, payloads)));
  }
  for (const change of [...branches.filter(created), ...few(tags.filter(created))])
    events.push(refEvent('create', change));
  for (const change of [...branches.filter(deleted), ...few(tags.filter(deleted))])
    events.push(refEvent('delete', change));
  return events;
}

async function pushBody(
  repository: Repository,
  sender: User,
  { ref, before, after }: RefChange,
  refs: Refs,
  payloads: Payloads,
): Promise<Record<string, unknown>> {
  const directory = repository.gitDirectory;
  const address = payloads.webAddress(repository);
  const isBranch = ref.startsWith('refs/heads/');
  const describe = (commit: PushedCommit): Record<string, unknown> => ({
    id: commit.id,
    tree_id: commit.treeId,
    distinct: true,
    message: commit.message,
    timestamp: commit.timestamp,
    url: `${address}/commit/${commit.id}`,
    author: payloads.person(commit.author),
    committer: payloads.person(commit.committer),
    added: commit.added,
    removed: commit.removed,
    modified: commit.modified,
  });
  const head = after === undefined ? undefined : (await readCommits(directory, ['-1', after]))[0];
  // Commits that other branches already had are not new.
  const known = before === undefined ? [...refs.before.values()] : [before];
  const commits =
    isBranch && after !== undefined
      ? await readCommits(directory, [`-${mostCommits}`, after, '--not', ...known])
      : [];
  const forced =
    isBranch && before !== undefined && after !== undefined && !(await isAncestor(directory, before, after));
  const name = ref.split('/').slice(2).join('/');
  const base = [...refs.after].find(
    ([other, id]) => other !== ref && other.startsWith('refs/heads/') && id === head?.id,
  );
  return {
    ref,
    before: before ?? noObject,
    after: after ?? noObject,
    repository: payloads.pushedRepository(repository),
    pusher: { name: sender.login, email: personOf(sender).email },
    created: before === undefined,
    deleted: after === undefined,
    forced: forced || (!isBranch && before !== undefined && after !== undefined),
    base_ref: before === undefined ? (base?.[0] ?? null) : null,
    compare:
      before === undefined
        ? `${address}/compare/${name}`
        : `${address}/compare/${before.slice(0, 12)}...${(after ?? noObject).slice(0, 12)}`,
    commits: commits.map(describe),
    head_commit: head === undefined ? null : describe(head),
  };
}
