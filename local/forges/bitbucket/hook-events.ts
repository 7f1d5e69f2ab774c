/** The events that hooks take, but for those of pull requests and issues. */

interface HookEvent {
  readonly category: 'Repository' | 'Project';
  readonly event: string;
  readonly label: string;
  readonly description: string;
}

const repositoryEvents: readonly HookEvent[] = [
  ['repo:push', 'Push', 'Whenever a repository push occurs'],
  ['repo:fork', 'Fork', 'Whenever a repository fork occurs'],
  ['repo:imported', 'Import', 'Whenever a repository import occurs'],
  ['repo:updated', 'Updated', 'Whenever a repository update occurs'],
  ['repo:transfer', 'Transfer accepted', 'Whenever a repository transfer is accepted'],
].map(([event = '', label = '', description = '']) => ({
  category: 'Repository',
  event,
  label,
  description,
}));

const workspaceEvents: readonly HookEvent[] = [
  ...repositoryEvents,
  {
    category: 'Repository',
    event: 'repo:created',
    label: 'Created',
    description: 'Whenever a repository is created',
  },
  {
    category: 'Repository',
    event: 'repo:deleted',
    label: 'Deleted',
    description: 'Whenever a repository is deleted',
  },
  {
    category: 'Project',
    event: 'project:updated',
    label: 'Updated',
    description: 'Whenever a project is updated',
  },
];

/** By what the hook belongs to: `GET /2.0/hook_events/{subject_type}`. Nothing tells of members or permissions. */
export const hookEvents = {
  repository: repositoryEvents,
  workspace: workspaceEvents,
};
