/** Requests for the operations on tokens, people, teams and what they read. */
import { asId, teamPrincipal } from '../../shared/domain/ids.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { putPerson } from '../../shared/store/member-store.ts';
import { linkAnother } from './another-account.ts';
import type { Example } from './api-example.ts';
import { integrationKey } from './api-forges.ts';
import { type ApiWorld, userOf } from './api-world.ts';
import { invitedBy } from './invitations.ts';
import { aFact } from './memory-forge.ts';
import { organizationId, synchronizationId } from './synchronized.ts';

const newToken = { for: { kind: 'member', login: 'user-2' }, description: 'laptop', expiresAt: null };

async function withMember(world: ApiWorld): Promise<undefined> {
  await world.table.transact([putFact(synchronizationId, aFact.member(2, 'member'), 2)]);
}

async function withToken(world: ApiWorld): Promise<Example> {
  const { body } = await world.ask('owner', {
    method: 'POST',
    path: '/organizations/acme/tokens',
    body: { ...newToken, for: { kind: 'organization' } },
  });
  return { params: { id: body.id } };
}

async function withOwnToken(world: ApiWorld): Promise<Example> {
  const request = { method: 'POST', path: '/me/tokens', body: { description: 'laptop' } };
  const { body } = await world.ask('member', request);
  return { params: { id: body.id } };
}

const packageName = 'acme/one';

/** Everybody may install it: its repository is public. */
export async function packageExample(world: ApiWorld): Promise<undefined> {
  const { table } = world;
  await table.transact([
    putFact(synchronizationId, { ...aFact.repository(5), visibility: 'public' }, 2),
    {
      put: keys.package(organizationId, 1),
      item: {
        number: 1,
        name: packageName,
        synchronization: synchronizationId,
        repository: '5',
        directory: '',
        state: 'available',
      },
    },
    { put: keys.packageName(organizationId, packageName), item: { number: 1 } },
  ]);
}

async function withTeam(world: ApiWorld): Promise<Example> {
  await packageExample(world);
  const facts = [aFact.team(7), aFact.teamMember(7, 2), aFact.teamRepository(7, 5)];
  await world.table.transact(facts.map((fact) => putFact(synchronizationId, fact, 2)));
  return { params: { id: teamPrincipal(synchronizationId, asId('7')) } };
}

const ownTeam = { name: 'Release managers' };

/** With the member in it. */
async function withOwnTeam(world: ApiWorld): Promise<Example> {
  const path = '/organizations/acme/teams';
  const { body } = await world.ask('owner', { method: 'POST', path, body: ownTeam });
  const person = userOf('member');
  await world.ask('owner', { method: 'PUT', path: `${path}/${body.id}/members/${person}` });
  return { params: { id: body.id, person } };
}

async function invited({ table, now }: ApiWorld): Promise<undefined> {
  await table.transact(invitedBy(organizationId, userOf('member'), { role: 'member', at: now() }));
}

export const peopleExamples: Readonly<Record<string, Example>> = {
  listTokens: {},
  createToken: { body: newToken, namesObject: true, prepare: withMember },
  readToken: { prepare: withToken },
  shortenTokens: {
    body: { confirm: 'acme', why: 'tokens live 30 days at most' },
    prepare: async (world) => {
      const example = await withToken(world);
      await world.table.update({ key: keys.organization(organizationId), set: { longestTokenDays: 30 } });
      return { ...example, params: {} };
    },
  },
  rotateToken: { body: {}, prepare: withToken },
  listPeople: { query: 'limit=10' },
  readPerson: { params: { id: userOf('outside') } },
  changePerson: { params: { id: userOf('member') }, body: { state: 'off' } },
  addPerson: {
    body: { person: { integration: integrationKey, login: 'second' }, role: 'member' },
    prepare: async (world) => void (await linkAnother(world, 'administrator')),
  },
  removePerson: {
    params: { id: userOf('administrator') },
    async prepare({ table }) {
      const person = { isOwner: false, isMember: true, isOff: false };
      await table.transact(putPerson(organizationId, userOf('administrator'), person));
      return undefined;
    },
  },
  acceptInvitation: { params: { organization: 'acme' }, prepare: invited },
  declineInvitation: { params: { organization: 'acme' }, prepare: invited },
  leaveOrganization: {
    params: { organization: 'acme' },
    async prepare({ table }) {
      const person = { isOwner: false, isMember: true, isOff: false };
      await table.transact(putPerson(organizationId, userOf('member'), person));
      return undefined;
    },
  },
  activatePeople: {
    body: { ids: [`${synchronizationId}.70`] },
    prepare: async (world) =>
      void (await world.table.transact([putFact(synchronizationId, aFact.member(70), 2)])),
  },
  listTeams: { prepare: async (world) => void (await withTeam(world)) },
  createTeam: { body: ownTeam },
  changeTeam: {
    body: { name: 'Releases' },
    prepare: async (world) => ({ ...(await withOwnTeam(world)), body: { name: 'Releases' } }),
  },
  deleteTeam: { prepare: withOwnTeam },
  addTeamMember: {
    async prepare(world) {
      const { params } = await withOwnTeam(world);
      return { params: { ...params, person: userOf('outside') } };
    },
  },
  removeTeamMember: { prepare: withOwnTeam },
  setTeamRights: { body: { rights: ['manage-packages'] }, prepare: withTeam },
  readTeam: { prepare: withTeam },
  readTeamRights: { prepare: withTeam },
  listMembersOfTeam: { prepare: withTeam },
  listAccessOfTeam: { prepare: withTeam },
  explainAccess: {
    query: `person=${userOf('outside')}&package=${packageName}`,
    namesObject: true,
    prepare: packageExample,
  },
  listAccessOfPerson: { params: { id: userOf('outside') }, prepare: packageExample },
  listAccessOfToken: { prepare: withToken },
  listAccessToPackage: { params: { vendor: 'acme', name: 'one' }, prepare: packageExample },
  listOwnTokens: { prepare: async (world) => void (await withOwnToken(world)) },
  createOwnToken: { body: { description: 'laptop', expiresAt: null } },
  rotateOwnToken: { body: {}, prepare: async (world) => ({ body: {}, ...(await withOwnToken(world)) }) },
  revokeOwnToken: { prepare: withOwnToken },
  revokeToken: { prepare: withToken },
};
