import { z } from 'zod';
import { Id, optionalTimeOf } from '../../../shared/console-api/common.ts';
import { Connection, ConnectionNotes, NewConnection } from '../../../shared/console-api/forges.ts';
import { connectionsOf } from '../../../shared/organizations/connections.ts';
import { replaceConnection } from '../../../shared/organizations/replace-connection.ts';
import { synchronizationIn } from '../../../shared/organizations/synchronization-of.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const tag = 'Synchronizations';

const list = defineRoute(
  {
    name: 'listConnections',
    method: 'get',
    path: '/organizations/{slug}/connections',
    tag,
    summary: 'What code hosts are read with, and whether that works',
    access: 'owner',
    scope: 'read',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(Connection) }),
      description: 'One connection for each synchronization.',
    },
  },
  async ({ table, clock }, { organization }) => {
    const all = await connectionsOf(table, organization, clock.now());
    return {
      body: {
        items: all.map(
          ({
            credentialState,
            credentialScope,
            stateSince,
            checkedAt,
            expiresAt,
            contents,
            usedBy,
            notes,
            ...one
          }) => ({
            ...one,
            ...notes,
            state: credentialState,
            scope: credentialScope,
            stateSince: optionalTimeOf(stateSince),
            checkedAt: optionalTimeOf(checkedAt),
            expiresAt: optionalTimeOf(expiresAt),
            contents: contents && { state: contents.state, stateSince: optionalTimeOf(contents.stateSince) },
            usedBy: { synchronization: usedBy.id, login: usedBy.login },
          }),
        ),
      },
    };
  },
);

const replace = defineRoute(
  {
    name: 'replaceConnection',
    method: 'put',
    path: '/organizations/{slug}/synchronizations/{synchronization}/connection',
    tag,
    summary: 'Read it with what you have on the code host now',
    description:
      'For an App that was installed anew, or where what it is read with has ended, or whoever granted it is no owner any more: with what you granted, or an access token. The code host says what you have there, and that you own the same organization; the operator takes what its deliveries said, or an access token. Nothing is removed: everything is read again.',
    access: 'owner',
    scope: 'none',
    params: z.object({ synchronization: Id }),
    body: NewConnection,
    act: 'replace-connection',
    isDangerous: true,
    idempotency: 'natural',
    repeated: 403,
    answer: {
      status: 200,
      schema: ConnectionNotes,
      description: 'It is read with the other one from now on.',
    },
  },
  async (dependencies, { organization, caller, params, body, accountable }) => {
    const one = await synchronizationIn(dependencies.table, organization, params.synchronization);
    const user = caller.kind === 'user' ? caller.user : undefined;
    const who = await accountable();
    const notes = await replaceConnection(dependencies, one, user, body, who);
    return { body: notes };
  },
);

export const connectionRoutes: readonly Route[] = [list, replace];
