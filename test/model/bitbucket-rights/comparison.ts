/**
 * What the product should decide for an instance: the rules' answers, without what the product cannot know. Each of these differences has
 * a name, and a run of the comparison has to meet it.
 */
import { mayAnyoneRead, mayRead } from './bitbucket-rules.ts';
import type { DescribedInstance, DescribedProject, DescribedRepository } from './instance.ts';

/** How long a deactivated account is still listed, in days. */
const keptDays = 14;

export interface Difference {
  readonly name: string;
  /** Whether the product lets somebody read whom Bitbucket refuses. */
  readonly isWider?: true;
  /** The instance as the product sees it. */
  readonly told: (instance: DescribedInstance) => DescribedInstance;
}

export const differences: readonly Difference[] = [
  {
    // Only API 1.0 tells who is in a group. https://jira.atlassian.com/browse/BCLOUD-17804
    name: 'nobody learns what groups are given on projects, where neither the list of permissions nor API 1.0 tells it',
    told: (instance) =>
      instance.listsProjectGrants || instance.groups === 'served'
        ? instance
        : withProjects(instance, (project) => ({ ...project, groups: new Map() })),
  },
  {
    // No list says which accounts are deactivated, and there is no other sign of it before they are deleted.
    name: 'a deactivated account keeps its permissions as long as it is listed',
    isWider: true,
    told: (instance) => ({
      ...instance,
      accounts: instance.accounts.map((account) => ({
        ...account,
        ...((account.deactivatedFor ?? 0) < keptDays && { deactivatedFor: undefined }),
      })),
    }),
  },
];

function withProjects(
  instance: DescribedInstance,
  change: (project: DescribedProject) => DescribedProject,
): DescribedInstance {
  const [ours, theirs] = instance.workspaces;
  return { ...instance, workspaces: [{ ...ours, projects: ours.projects.map(change) }, theirs] };
}

/**
 * Names of the repositories that somebody may read in the product; undefined is anyone on the internet.
 *
 * @param but a difference that is not applied
 */
export function expectedFor(
  instance: DescribedInstance,
  nickname: string | undefined,
  but?: Difference,
): string[] {
  const applied = differences.filter((difference) => difference !== but);
  return allowedTo(
    applied.reduce((all, { told }) => told(all), instance),
    nickname,
  );
}

/** Names of the repositories that somebody may read on Bitbucket; undefined is anyone on the internet. */
export function allowedTo(instance: DescribedInstance, nickname: string | undefined): string[] {
  const account = instance.accounts.find((each) => each.nickname === nickname);
  return readable(instance, (project, repository) =>
    account === undefined
      ? mayAnyoneRead(repository)
      : mayRead(account, instance.workspaces[0], project, repository),
  );
}

const readable = (
  { workspaces: [ours] }: DescribedInstance,
  isReadable: (project: DescribedProject, repository: DescribedRepository) => boolean,
): string[] =>
  ours.projects
    .flatMap((project) =>
      project.repositories.flatMap((each) => (isReadable(project, each) ? [each.slug] : [])),
    )
    .sort();
