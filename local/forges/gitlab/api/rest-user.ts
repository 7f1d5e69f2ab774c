import type { Reply } from '../../server/reply.ts';
import { findUser } from '../paths.ts';
import { metadataOf } from '../variants.ts';
import { type Context, type Route, requireUser } from './context.ts';
import { notFound } from './http.ts';
import { offsetPage } from './paging.ts';
import { currentUser, publicUser, userReference } from './shapes-people.ts';

const metadata = (context: Context): Reply => ({
  status: 200,
  json: {
    ...metadataOf(context.state.variant),
    kas: { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null },
  },
});

/** https://docs.gitlab.com/api/users/ and https://docs.gitlab.com/api/metadata/ */
export const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/user',
    scopes: ['read_user'],
    handle: (context) => ({
      status: 200,
      json: currentUser(context.services.addresses, requireUser(context)),
    }),
  },
  {
    method: 'GET',
    pattern: '/users/{id}',
    scopes: ['read_user'],
    handle(context) {
      const user = context.state.users.get(Number(context.params.id));
      if (user === undefined) throw notFound('User');
      return { status: 200, json: publicUser(context.services.addresses, user) };
    },
  },
  {
    method: 'GET',
    pattern: '/users',
    scopes: ['read_user'],
    handle(context) {
      const wanted = context.url.searchParams.get('username');
      const named = wanted === null ? undefined : findUser(context.state, wanted);
      const users = wanted === null ? [...context.state.users.values()] : named === undefined ? [] : [named];
      return offsetPage(context, users, (user) => userReference(context.services.addresses, user), {
        hasKeyset: true,
      });
    },
  },
  {
    method: 'GET',
    pattern: '/version',
    scopes: ['read_user'],
    handle(context) {
      requireUser(context);
      const { version, revision } = metadataOf(context.state.variant);
      return { status: 200, json: { version, revision } };
    },
  },
  {
    method: 'GET',
    pattern: '/metadata',
    scopes: ['read_user'],
    handle(context) {
      requireUser(context);
      return metadata(context);
    },
  },
];
