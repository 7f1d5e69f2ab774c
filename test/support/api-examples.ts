/** For every operation of the API a request that whoever may use it can send. A route without one fails the test of all routes. */
import { anotherAccount, linkAnother } from './another-account.ts';
import type { Example } from './api-example.ts';
import { integrationKey } from './api-forges.ts';
import { organizationExamples } from './api-organization-examples.ts';
import { packageExamples } from './api-packages.ts';
import { peopleExamples } from './api-people-examples.ts';
import { vcsExamples } from './api-vcs-examples.ts';
import { userOf } from './api-world.ts';
import { proveStranger } from './proven-stranger.ts';
import { runExamples } from './run-examples.ts';

const newKey = { description: 'build server', scopes: ['read'], expiresAt: null };

export const examples: Readonly<Record<string, Example>> = {
  ...organizationExamples,
  ...vcsExamples,
  readDocument: {},
  readDocumentation: {},
  readMe: {},
  listSessions: {},
  endSession: {
    async prepare(world) {
      // The one before is ended from the new one.
      const { body } = await world.ask('member', { path: '/me/sessions' });
      await world.signIn('member');
      return { params: { id: body.items[0].id } };
    },
  },
  listInstallationHistory: {},
  endSessionsOfUser: { params: { user: userOf('member') }, body: { why: 'a lost laptop' } },
  listSignIns: { query: 'limit=10' },
  unlinkAccount: {
    namesObject: true,
    async prepare(world) {
      await linkAnother(world, 'member');
      return { body: anotherAccount };
    },
  },
  listSignInHosts: {},
  beginLink: { body: { integration: integrationKey, returnTo: '/tokens' } },
  beginAuthentication: { body: { integration: integrationKey, returnTo: '/' } },
  beginOrganizationChoice: { body: { integration: integrationKey, returnTo: '/connect' } },
  readMerge: { inSession: proveStranger },
  mergeUsers: { inSession: proveStranger, body: { user: userOf('stranger') }, namesObject: true },
  endOtherSessions: {
    async prepare(world) {
      await world.signIn('member');
      return undefined;
    },
  },
  listOrganizations: {},
  readOrganization: {},
  stopAccess: { body: { why: 'a token stands in a public log' } },
  allowAccess: {
    body: { why: 'the token is revoked' },
    async prepare(world) {
      await world.ask('operator', {
        method: 'POST',
        path: '/organizations/acme/stop-access',
        body: { why: 'a leak' },
      });
      return undefined;
    },
  },
  ...peopleExamples,
  listApiKeys: {},
  createApiKey: { body: newKey },
  revokeApiKey: {
    async prepare(world) {
      const { body } = await world.ask('owner', {
        method: 'POST',
        path: '/organizations/acme/api-keys',
        body: newKey,
      });
      return { params: { id: body.id } };
    },
  },
  ...packageExamples,
  listHistory: { query: 'limit=10&act=stop-access' },
  exportHistory: {},
  readInstallationSettings: {},
  changeInstallationSettings: {
    body: { signIn: 'anyone', administrators: [userOf('administrator'), userOf('owner')] },
    headers: { 'if-match': '"1"' },
    prepare: async (world) => void (await linkAnother(world, 'owner')),
  },
  ...runExamples,
};
