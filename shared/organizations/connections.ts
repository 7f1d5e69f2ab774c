/** What the synchronizations of an organization read their code hosts with, as far as it is not secret. */
import { type Connection, installationOf } from '../domain/connection.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { primaryFirst } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { ConnectionNotes } from '../forge/connecting.ts';
import { endsSoon } from '../forge/credential.ts';
import { type DescribedCredential, describeCredentials } from '../store/connection-credentials.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';

export interface DescribedConnection
  extends Pick<Synchronization, 'forge' | 'baseUrl' | 'credentialState' | 'credentialScope'> {
  readonly kind: Connection['kind'];
  readonly installation: string | undefined;
  /** Times in milliseconds since the epoch. */
  readonly stateSince: number | undefined;
  readonly checkedAt: number | undefined;
  /** When it ends for good, unless an owner replaces it before. */
  readonly expiresAt: number | undefined;
  /** As of when it was entered. */
  readonly notes: ConnectionNotes;
  /** Of the token that contents are read with, if that is another one. */
  readonly contents:
    | { readonly state: 'working' | 'credential-rejected'; readonly stateSince: number | undefined }
    | undefined;
  /** What an owner has to do, if anything. */
  readonly advice: string | undefined;
  readonly usedBy: Pick<Synchronization, 'id' | 'login'>;
}

type OfForge = Synchronization & { readonly connection: Connection };

/** One for each synchronization, which has its own. Three reads. @param now milliseconds since the epoch */
export async function connectionsOf(
  table: Table,
  organization: Pick<Organization, 'id' | 'primarySynchronization'>,
  now: number,
): Promise<readonly DescribedConnection[]> {
  const synchronizations = primaryFirst(organization, await synchronizationsOf(table, organization.id));
  const ids = synchronizations.flatMap(({ connection }) => ('id' in connection ? [connection.id] : []));
  const credentials = await describeCredentials(table, ids);
  return synchronizations.flatMap(({ connection, ...synchronization }) =>
    connection.kind === 'of-repositories'
      ? []
      : [describe({ ...synchronization, connection }, credentials, now)],
  );
}

function describe(
  { connection, ...one }: OfForge,
  credentials: ReadonlyMap<ConnectionId, DescribedCredential>,
  now: number,
): DescribedConnection {
  const credential = 'id' in connection ? credentials.get(connection.id) : undefined;
  const { endsAt: expiresAt, contents } = credential ?? {};
  return {
    forge: one.forge,
    baseUrl: one.baseUrl,
    kind: connection.kind,
    installation: installationOf(connection),
    credentialState: one.credentialState,
    credentialScope: one.credentialScope,
    stateSince: one.credentialStateSince,
    checkedAt: lastOf(Object.values(one.lastSuccessAt)),
    expiresAt,
    notes: {
      scopes: credential?.scopes ?? [],
      limits: credential?.limits ?? [],
      unneeded: credential?.unneeded ?? [],
    },
    contents: contents && {
      state: contents.rejectedAt === undefined ? 'working' : 'credential-rejected',
      stateSince: contents.rejectedAt,
    },
    advice: adviceFor({ connection, ...one }, expiresAt, now) ?? contentsAdvice(contents),
    usedBy: { id: one.id, login: one.login },
  };
}

/** What each kind of connection may have come to. */
const rejected = {
  'app-installation': 'The App was uninstalled or suspended: install it anew.',
  'oauth-grant': 'What an owner granted was revoked, or the account was closed',
  'access-token': 'The access token was revoked or has ended',
} as const satisfies Record<Connection['kind'], string>;
const anyOwner = 'any owner can replace it, by a new grant or an access token.';

function adviceFor(
  { connection: { kind }, credentialState, login }: OfForge,
  expiresAt: number | undefined,
  now: number,
): string | undefined {
  const isApp = kind === 'app-installation';
  switch (credentialState) {
    case 'working':
      return endsSoon(expiresAt, now)
        ? `It ends on ${new Date(expiresAt).toISOString().slice(0, 10)}, and is not renewed by itself: ${anyOwner}`
        : undefined;
    case 'credential-rejected':
      return isApp ? rejected[kind] : `${rejected[kind]}, or ${login} is not shown to it: ${anyOwner}`;
    case 'insufficient-scope':
      return isApp
        ? `The App lacks a permission on ${login}: grant it there.`
        : `The account that it is read with does not own ${login} any more, or lacks a permission: ${anyOwner}`;
    case 'sso-required':
      return `${login} asks for single sign-on: authorize this registry there.`;
    case 'organization-not-found':
      return `The code host does not find ${login}: it was deleted, or is not shown to this credential any more. If it is there, ${anyOwner} If it is not, end this synchronization.`;
    case 'gone':
      return `The code host has removed what ${login} is read by: this registry has to be updated.`;
  }
}

const contentsAdvice = (contents: DescribedCredential['contents']): string | undefined =>
  contents?.rejectedAt === undefined
    ? undefined
    : `The token for contents was revoked or has ended, and they are read with the other one: ${anyOwner}`;

const lastOf = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : Math.max(...times);
