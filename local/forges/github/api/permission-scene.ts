import { createHash } from 'node:crypto';
import { commitText, importRepository, removeRepository } from '../../git/test-repository.ts';
import type { Organization } from '../state.ts';
import {
  acme,
  addRepository,
  addTeam,
  addUser,
  emptyState,
  installation,
  PERMISSIONS,
  startApi,
} from './test-world.ts';

const FOREIGN = 43;
const MANIFEST = '{"name":"acme/billing"}';
/** Id of the only manifest's blob. */
export const BLOB = createHash('sha1').update(`blob ${MANIFEST.length}\0${MANIFEST}`).digest('hex');
/** The permissions that can be taken away, one at a time. */
export const permissionNames = Object.keys(PERMISSIONS);

/** Starts an organization with one object of each kind, and another one where the app is installed too. */
export async function startPermissionScene() {
  const state = emptyState();

  addUser(state, 1, 'owner', 'admin');
  addUser(state, 2, 'ann', 'member');
  const gitDirectory = await importRepository(
    commitText('refs/heads/main', 1_700_000_000, { 'composer.json': MANIFEST }, 1) +
      `tag v1.0\nfrom :1\ntagger Ann <ann@example.com> 1700000000 +0000\ndata 3\none\n`,
  );
  addRepository(state, 900, 'billing', gitDirectory).collaborators.set(2, 'push');
  const team = addTeam(state, 60, 'backend');
  team.members.set(2, 'member');
  team.repositories.set(900, 'pull');
  const role = { id: 70, name: 'auditors', base: 'pull' as const, isPredefined: false };
  acme(state).roles = new Map([[70, { ...role, users: new Set([2]), teams: new Set([60]) }]]);
  const other: Organization = {
    id: 777,
    nodeId: 'O_other',
    login: 'other',
    name: 'Other',
    defaultRepositoryPermission: 'read',
    members: new Map([[2, { role: 'admin', state: 'active' }]]),
  };
  state.organizations.set(777, other);
  state.installations.set(FOREIGN, {
    ...installation(state),
    id: FOREIGN,
    organizationId: 777,
    permissions: { ...PERMISSIONS },
  });
  state.deliveries.push({
    id: 5,
    guid: 'guid',
    event: 'push',
    deliveredAt: new Date().toISOString(),
    redelivery: false,
    status: 'OK',
    statusCode: 200,
    durationMs: 1,
    body: '{}',
  });
  const api = await startApi(state);

  function foreignToken(): string {
    const made = api.tokens.issue(state, FOREIGN, { stateless: true });
    if ('status' in made) throw new Error(made.message);
    return made.token;
  }

  /** Both ways to lack a permission: the token was not given it, or the installation has lost it since. */
  function tokensWithout(name: string): (() => string)[] {
    const { [name]: _taken, ...permissions } = PERMISSIONS;
    return [
      () => api.token({ permissions }),
      () => {
        const token = api.token();
        installation(state).permissions = permissions;
        return token;
      },
    ];
  }

  return {
    api,
    state,
    foreignToken,
    tokensWithout,
    /** Gives the installation its permissions back. */
    restore() {
      installation(state).permissions = { ...PERMISSIONS };
    },
    async stop() {
      await api.stop();
      await removeRepository(gitDirectory);
    },
  };
}

export type PermissionScene = Awaited<ReturnType<typeof startPermissionScene>>;
