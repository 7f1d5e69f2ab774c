/**
 * Tokens of organizations that read several of them. The token itself has an item of its own, with its secret's hash and the organizations
 * that it reads now. Each organization has an entry among its own tokens: its owners see it, may revoke it there, and its state there is
 * decided as for any other token of the organization.
 */
import { z } from 'zod';
import { edgeKeys, tokenValue } from '../domain/edge-keys.ts';
import { asId, asPrincipal, type OrganizationId, type Principal, type TokenId } from '../domain/ids.ts';
import { absent, all, type Condition, equal } from './condition.ts';
import { desire } from './edge-store.ts';
import { keys } from './keys.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';
import { requestWork, type WorkMessage } from './work.ts';
import { edgeWork, principalWork } from './work-items.ts';

const SharedTokenItem = z.object({
  id: z.string().transform((text) => asId<TokenId>(text)),
  /** Of the organization that it was made in; its root files have this name in every organization. */
  principal: z.string().transform((text) => asPrincipal(text)),
  hash: z.string(),
  /** Seconds since the epoch; 0: never. */
  expiry: z.number(),
  organizations: z.array(z.string().transform((text) => asId<OrganizationId>(text))),
  /** Slugs of the organizations that it reads now, between commas: text, so that a condition can compare it. */
  reads: z.string(),
});
export type SharedToken = Readonly<z.infer<typeof SharedTokenItem>>;

/** An organization's entry of a shared token. */
export interface SharedEntry {
  readonly id: TokenId;
  readonly organization: OrganizationId;
  readonly principal: Principal;
  readonly slug: string;
}

const entryKey = ({ organization, principal, id }: Omit<SharedEntry, 'slug'>) =>
  keys.principalToken(organization, principal, id);

const slugsIn = (reads: string): readonly string[] => (reads === '' ? [] : reads.split(','));

/** That nothing happened to the token since it was read. */
const isAsRead = ({ hash, expiry, reads }: SharedToken): Condition =>
  all(equal('hash', hash), equal('expiry', expiry), equal('reads', reads));

/** The value at the edge; undefined while no organization lets it read. */
const edgeValue = ({ principal, expiry, reads }: SharedToken): string | undefined =>
  reads === '' ? undefined : tokenValue(principal, expiry, { only: slugsIn(reads) });

/** One read. */
export async function findSharedToken(table: Table, id: TokenId): Promise<SharedToken | undefined> {
  const item = await table.get(keys.sharedToken(id));
  return item === undefined ? undefined : SharedTokenItem.parse(item);
}

/** Finds the token by its secret's hash. */
const pointerTo = ({ id, hash }: Pick<SharedToken, 'id' | 'hash'>): Operation => ({
  put: keys.token(hash),
  item: { id, shared: true },
  when: absent,
});

type NewSharedToken = Omit<SharedToken, 'organizations' | 'reads'> & {
  readonly description: string;
  readonly createdAt: number;
  readonly madeBy?: object | undefined;
};

/**
 * Stores a new token, which waits in each organization until its root file is there.
 *
 * @param places the organizations that it is to read
 * @returns the messages to send
 * @throws RangeError when the edge's value cannot name so many organizations; ConflictError when one of `others` fails
 */
export async function addSharedToken(
  table: Table,
  token: NewSharedToken,
  places: readonly Pick<SharedEntry, 'organization' | 'slug'>[],
  others: readonly Operation[],
): Promise<readonly WorkMessage[]> {
  const { id, principal, hash, expiry, createdAt } = token;
  tokenValue(principal, expiry, { only: places.map(({ slug }) => slug) });
  const organizations = places.map(({ organization }) => organization);
  const works = organizations.map((organization) => principalWork(organization, principal));
  await table.transact([
    {
      put: keys.sharedToken(id),
      item: { id, principal, hash, expiry, organizations, reads: '' },
      when: absent,
    },
    pointerTo(token),
    ...places.map(({ organization, slug }): Operation => {
      const entry = { ...token, organization, kind: 'organization', hash: '', shared: { slug } };
      return {
        put: entryKey({ id, organization, principal }),
        item: { ...entry, state: 'waiting', restricted: true },
        when: absent,
      };
    }),
    ...works.map((work, place) =>
      requestWork(work, createdAt, { organization: organizations[place], principal }),
    ),
    ...others,
  ]);
  return works.map(({ message }) => message);
}

interface EntryChange {
  /** Whether the token reads the organization from now on. */
  readonly reads: boolean;
  readonly set: Item;
  readonly when: Condition;
}

/**
 * Changes the state of one organization's entry, and what the token reads with it.
 *
 * @param others operations for the same transaction
 * @returns the messages to send; none when the entry is not in the state that the change is for
 * @throws ConflictError when one of `others` fails, or the token changes all the time
 */
export async function changeSharedEntry(
  table: Table,
  entry: SharedEntry,
  { reads, set, when }: EntryChange,
  now: number,
  others: readonly Operation[],
): Promise<readonly WorkMessage[]> {
  for (let tries = 1; ; tries++) {
    const token = await findSharedToken(table, entry.id);
    if (token === undefined) {
      return [];
    }
    const slugs = new Set(slugsIn(token.reads));
    slugs[reads ? 'add' : 'delete'](entry.slug);
    const next = { ...token, reads: [...slugs].sort().join(',') };
    const key = edgeKeys.token(token.hash);
    try {
      await table.transact([
        { update: { key: entryKey(entry), set }, when },
        { update: { key: keys.sharedToken(token.id), set: { reads: next.reads } }, when: isAsRead(token) },
        desire(key, edgeValue(next), { kind: 'token' }, now),
        ...others,
      ]);
      return [edgeWork(key).message];
    } catch (error) {
      if (error instanceof ConflictError && error.failed.includes(0)) {
        return [];
      }
      // Another organization changed its entry at the same moment.
      if (!(error instanceof ConflictError && error.failed.includes(1)) || tries === triesMax) {
        throw error;
      }
    }
  }
}

const triesMax = 20;

/**
 * Gives a token another secret; the old one is refused at once.
 *
 * @param entries the organizations' entries that go on
 * @param set for the entries
 * @returns the messages to send
 * @throws ConflictError when it changed at this very moment
 */
export async function replaceSharedSecret(
  table: Table,
  token: SharedToken,
  entries: readonly Omit<SharedEntry, 'slug'>[],
  next: Pick<SharedToken, 'hash' | 'expiry'>,
  set: Item,
  now: number,
  others: readonly Operation[],
): Promise<readonly WorkMessage[]> {
  const [old, fresh] = [edgeKeys.token(token.hash), edgeKeys.token(next.hash)];
  const works = entries.map(({ organization, principal }) => principalWork(organization, principal));
  await table.transact([
    { update: { key: keys.sharedToken(token.id), set: { ...next } }, when: isAsRead(token) },
    { delete: keys.token(token.hash) },
    pointerTo({ id: token.id, hash: next.hash }),
    desire(old, undefined, { kind: 'token' }, now),
    desire(fresh, edgeValue({ ...token, ...next }), { kind: 'token' }, now),
    ...entries.map((entry): Operation => {
      const update = { key: entryKey(entry), set: { ...set, expiry: next.expiry } };
      return { update, when: { is: 'present' } };
    }),
    // Whether the maker owns the organizations is decided anew.
    ...works.map((work) => requestWork(work, now)),
    ...others,
  ]);
  return [edgeWork(old).message, edgeWork(fresh).message, ...works.map(({ message }) => message)];
}
