/** The credentials of connections from outside: how they begin and end, and what owners are told of them. */
import type { ConnectionId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { ConnectionNotes } from '../forge/connecting.ts';
import type { IssuedCredential } from '../forge/credential.ts';
import { absent, all, equal, missingOrLess, present } from './condition.ts';
import { CredentialItem, credentialContext } from './credential-item.ts';
import type { CredentialDependencies } from './credential-store.ts';
import { listForRevocation } from './grant-revocations.ts';
import { keys } from './keys.ts';
import type { Operation, Table } from './table.ts';

/** Stores the credential of a new connection: an operation of the transaction that connects. */
export async function addCredential<Value>(
  { cipher, clock }: Pick<CredentialDependencies, 'cipher' | 'clock'>,
  connection: ConnectionId,
  { secret, validUntil, renews, readsContents }: IssuedCredential<Value>,
  { scopes, limits, unneeded }: ConnectionNotes = { scopes: [], limits: [], unneeded: [] },
): Promise<Operation> {
  const encrypt = await cipher.prepare(credentialContext(connection));
  return {
    put: keys.credential(connection),
    item: {
      version: 1,
      encrypted: encrypt(JSON.stringify(secret.reveal())),
      issuedAt: clock.now(),
      validUntil,
      renews,
      scopes,
      limits,
      unneeded,
      readsContents,
    },
    when: absent,
  };
}

/** What owners are told of a credential. Times in milliseconds since the epoch. */
export interface DescribedCredential extends ConnectionNotes {
  /** When it ends for good; undefined where no end is known, or it is renewed before. */
  readonly endsAt: number | undefined;
  /** Of a token of its own for contents: since when the forge does not accept it. */
  readonly contents: { readonly rejectedAt: number | undefined } | undefined;
}

/** Without those that are not stored. One read for each 100. */
export async function describeCredentials(
  table: Table,
  connections: readonly ConnectionId[],
): Promise<ReadonlyMap<ConnectionId, DescribedCredential>> {
  const items = await table.getMany(connections.map((id) => keys.credential(id)));
  return new Map(
    connections.flatMap((id, place) => {
      const item = items[place];
      return item === undefined ? [] : [[id, describe(CredentialItem.parse(item))] as const];
    }),
  );
}

const describe = (item: CredentialItem): DescribedCredential => ({
  ...{ scopes: item.scopes, limits: item.limits, unneeded: item.unneeded, endsAt: endOf(item) },
  contents: item.readsContents ? { rejectedAt: item.contentsRejectedAt } : undefined,
});

/** Records that its owners were told when it ends. Fails when they were told of that end before. */
export const noteEndTold = (connection: ConnectionId, endsAt: number): Operation => ({
  update: { key: keys.credential(connection), set: { toldOfEnd: endsAt } },
  when: all(present, missingOrLess('toldOfEnd', endsAt)),
});

/** One that the forge refuses to renew ends too. */
const endOf = ({ validUntil, renews, renewalRefused }: CredentialItem): number | undefined =>
  renews && !renewalRefused ? undefined : validUntil;

/** Deletes the credential with its connection. */
export function removeCredential(connection: ConnectionId): Operation {
  return { delete: keys.credential(connection) };
}

/**
 * Deletes the credential with its connection; what an owner granted is listed to be revoked at the code host. One read for a grant. The operations fail
 * while it is being renewed: what the code host issues then would be lost, and good for ever.
 *
 * @param now milliseconds since the epoch
 */
export async function endCredential(
  table: Table,
  { forge, baseUrl, connection }: Pick<Synchronization, 'forge' | 'baseUrl' | 'connection'>,
  now: number,
): Promise<readonly Operation[]> {
  if (!('id' in connection)) {
    return [];
  }
  const { kind, id } = connection;
  const key = keys.credential(id);
  const item = kind === 'oauth-grant' ? await table.get(key) : undefined;
  if (item === undefined) {
    return [removeCredential(id)];
  }
  const { version, encrypted } = CredentialItem.parse(item);
  return [
    { delete: key, when: all(equal('version', version), missingOrLess('leaseUntil', now)) },
    listForRevocation({ connection: id }, { forge, baseUrl }, encrypted, { id, until: now }),
  ];
}
