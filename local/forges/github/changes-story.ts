import { appEvents, appPermissions } from './app-identity.ts';
import type { ChangeInput, ChangeName } from './changes.ts';

export interface Step<Name extends ChangeName = ChangeName> {
  readonly change: Name;
  readonly input: ChangeInput<Name>;
  /** Events in the order of their creation. */
  readonly events: readonly string[];
}

function step<Name extends ChangeName>(
  change: Name,
  input: ChangeInput<Name>,
  ...events: string[]
): Step<Name> {
  return { change, input, events };
}

/** Every kind of change in the tests' world, in sequence, each with exactly the events that GitHub sends to an app. */
export const story: readonly Step[] = [
  step('create-user', { user: 'cleo', name: 'Cleo' }),
  step('add-organization-member', { user: 'cleo', pending: true }, 'organization.member_invited'),
  step('add-organization-member', { user: 'cleo' }, 'organization.member_added'),
  step('set-organization-role', { user: 'cleo', role: 'owner' }),
  step('set-organization-role', { user: 'cleo', role: 'member' }),
  step('set-base-permission', { permission: 'read' }),
  step('create-organization-role', { organization: 'other', role: 'Auditors', base: 'pull' }),
  step('set-organization-role-base', { organization: 'other', role: 'Auditors', base: null }),
  step('give-organization-role', { organization: 'other', role: 'Auditors', user: 'bob' }),
  step('take-organization-role', { organization: 'other', role: 'Auditors', user: 'bob' }),
  step('delete-organization-role', { organization: 'other', role: 'Auditors' }),
  step('rename-user', { user: 'cleo', to: 'cleopatra' }),
  step('suspend-user', { user: 'cleopatra' }),
  step('unsuspend-user', { user: 'cleopatra' }),
  step('subscribe-app', { events: [...appEvents, 'team_add'] }),
  step('revoke-authorization', { user: 'cleopatra' }, 'github_app_authorization.revoked'),
  step('create-team', { name: 'Front End', parent: 'engineering' }, 'team.created'),
  step('add-team-member', { team: 'front-end', user: 'cleopatra' }, 'membership.added'),
  step('add-team-member', { team: 'front-end', user: 'cleopatra', role: 'maintainer' }),
  step(
    'set-team-repository',
    { team: 'front-end', repository: 'money', permission: 'pull' },
    'team.added_to_repository',
    'team_add',
  ),
  step('set-team-repository', { team: 'front-end', repository: 'money', permission: 'push' }, 'team.edited'),
  step('set-team-parent', { team: 'front-end', parent: null }, 'team.edited'),
  step('set-team-parent', { team: 'front-end', parent: 'payments', silent: true }),
  step('rename-team', { team: 'front-end', to: 'Web' }, 'team.edited'),
  step('remove-team-repository', { team: 'web', repository: 'money' }, 'team.removed_from_repository'),
  step('remove-team-member', { team: 'web', user: 'cleopatra' }, 'membership.removed'),
  step('set-collaborator', { repository: 'money', user: 'cleopatra', permission: 'pull' }, 'member.added'),
  step('set-collaborator', { repository: 'money', user: 'cleopatra', permission: 'admin' }, 'member.edited'),
  step('set-collaborator', { repository: 'money', user: 'cleopatra', permission: 'admin' }),
  step('remove-collaborator', { repository: 'money', user: 'cleopatra' }, 'member.removed'),
  step('remove-organization-member', { user: 'cleopatra' }, 'organization.member_removed'),
  step('create-repository', { name: 'clock', description: 'Tick' }, 'repository.created'),
  step('push', { repository: 'clock', history: [{ manifest: { name: 'acme/clock' } }] }, 'push', 'create'),
  step('push', { repository: 'clock', history: [{ tags: ['1.0.0'] }] }, 'push', 'push', 'create'),
  step('set-refs', { repository: 'clock', refs: { 'refs/tags/1.0.0': 'main^' } }, 'push'),
  step('set-refs', { repository: 'clock', refs: { 'refs/tags/1.0.0': null } }, 'push', 'delete'),
  step('push', { repository: 'clock', history: [{ branch: 'next' }] }, 'push', 'create'),
  step('set-default-branch', { repository: 'clock', branch: 'next' }, 'repository.edited'),
  step('set-description', { repository: 'clock', description: 'Tock' }, 'repository.edited'),
  step('set-visibility', { repository: 'clock', visibility: 'public' }, 'repository.publicized', 'public'),
  step('set-visibility', { repository: 'clock', visibility: 'internal' }, 'repository.privatized'),
  step('set-visibility', { repository: 'clock', visibility: 'private' }),
  step('archive-repository', { repository: 'clock' }, 'repository.archived'),
  step('unarchive-repository', { repository: 'clock' }, 'repository.unarchived'),
  step('set-blocked', { repository: 'clock', disabled: true, locked: true }),
  step('rename-repository', { repository: 'clock', to: 'watch' }, 'repository.renamed'),
  step('fork-repository', { repository: 'money', organization: 'other' }),
  step(
    'fork-repository',
    { repository: 'other/money', organization: 'acme', name: 'money-fork' },
    'repository.created',
  ),
  step('transfer-repository', { repository: 'watch', to: 'other' }),
  step('transfer-repository', { repository: 'watch', to: 'acme' }, 'repository.transferred'),
  step('delete-repository', { repository: 'watch' }),
  step(
    'delete-repository',
    { repository: 'money-fork', events: 'observed' },
    'repository.deleted',
    'installation_repositories.removed',
  ),
  step('delete-team', { team: 'payments' }, 'team.deleted', 'team.deleted', 'membership.removed'),
  step('select-repositories', { repositories: ['money'] }, 'installation_repositories.removed'),
  step(
    'select-repositories',
    { repositories: ['billing'] },
    'installation_repositories.added',
    'installation_repositories.removed',
  ),
  step('archive-repository', { repository: 'acme/money' }),
  step('select-repositories', { repositories: 'all' }, 'installation_repositories.added'),
  step('set-app-permissions', { permissions: { contents: 'read' } }, 'installation.new_permissions_accepted'),
  step('create-team', { name: 'Unheard' }),
  step(
    'set-app-permissions',
    { permissions: { ...appPermissions } },
    'installation.new_permissions_accepted',
  ),
  step('suspend-app', {}, 'installation.suspend'),
  step('create-repository', { name: 'quiet' }),
  step('unsuspend-app', {}, 'installation.unsuspend'),
  step('create-organization', { login: 'third', owner: 'ann' }),
  step('delete-organization', { organization: 'third' }),
  step('rename-organization', { to: 'apex' }, 'organization.renamed', 'installation_target.renamed'),
  step('uninstall-app', {}, 'installation.deleted'),
  step('create-repository', { name: 'unseen' }),
  step('install-app', { repositories: ['unseen'] }, 'installation.created'),
  step('delete-organization', { organization: 'apex' }, 'organization.deleted', 'installation.deleted'),
  step('install-app', { organization: 'other' }, 'installation.created'),
  step('set-webhook', { url: null }),
  step('uninstall-app', {}),
];
