/** For every operation of the API a request that whoever may use it can send. A route without one fails the test of all routes. */
import type { ApiWorld } from './api-world.ts';
import { userOf } from './api-world.ts';
import { runExamples } from './run-examples.ts';

export interface Example {
  /** Values of the path's parameters besides the slug, which is `acme`. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Brings about what the request needs; what it returns takes the place of what stands here. */
  readonly prepare?: (world: ApiWorld) => Promise<Omit<Example, 'prepare'> | undefined>;
}

const newKey = { description: 'build server', scopes: ['read'], expiresAt: null };

export const examples: Readonly<Record<string, Example>> = {
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
  listHistory: { query: 'limit=10&act=stop-access' },
  exportHistory: {},
  readInstallationSettings: {},
  changeInstallationSettings: {
    body: { signIn: 'anyone', administrators: [userOf('administrator'), userOf('owner')] },
    headers: { 'if-match': '"1"' },
  },
  ...runExamples,
};
