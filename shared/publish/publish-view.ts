/**
 * Publishes a principal's view of an organization: the bitmap at the edge and the root file; and keeps what a person who is signed in may read,
 * for lists. One worker for each principal at a time.
 *
 * A pass writes only what its inputs allow: bits are cleared at once, and set only for packages that the edge has; the root lists only
 * names whose bit is at the edge. Each completed step requests the next pass, so that no pass has to wait.
 */

import { buildRootFile } from '../composer/package-metadata.ts';
import { bitmapChunks, bitmapHas, edgeKeys, packageNumberOf, packagesPerChunk } from '../domain/edge-keys.ts';
import { asId, type OrganizationId, type Principal, parsePrincipal, type UserId } from '../domain/ids.ts';
import { addAuditEntry } from '../store/audit-log.ts';
import { desire, type EdgeRow, edgeRows } from '../store/edge-store.ts';
import { filesHave } from '../store/file-address-store.ts';
import { isKept, viewAttributes } from '../store/kept-view-store.ts';
import { packagesOf, type StoredPackage } from '../store/package-store.ts';
import {
  activatePersonal,
  adoptTokens,
  findPersonalToken,
  isExcludedFrom,
  isLivePersonal,
  type PersonalToken,
  personalTokensOf,
} from '../store/personal-token-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { isLive, personalEntry, type Token, tokensOf } from '../store/token-store.ts';
import { activateToken, suspendOrResume } from '../store/token-transitions.ts';
import { readUser } from '../store/user-store.ts';
import { completeWork, type Lease, leaseHeld, releaseLease, type WorkMessage } from '../store/work.ts';
import { edgeWork, principalWork } from '../store/work-items.ts';
import type { EffectiveRights } from './effective-rights.ts';
import { cacheControl, objectKeys, publicPaths } from './object-keys.ts';
import type { ObjectWriter } from './object-writer.ts';
import { type PublisherDependencies, publishUnderLease } from './publish-under-lease.ts';

export interface PublishViewDependencies extends PublisherDependencies {
  readonly objects: ObjectWriter;
  readonly registryBaseUrl: string;
  /** The organization's slug, which never changes. */
  readonly slugOf: (organization: OrganizationId) => Promise<string>;
  /** Reads the principal's effective rights. The time is in milliseconds since the epoch. */
  readonly effectiveRightsOf: (
    organization: OrganizationId,
    principal: Principal,
    now: number,
  ) => Promise<EffectiveRights>;
  /** Whether the user owns the organization now. */
  readonly isOwner: (organization: OrganizationId, user: UserId, now: number) => Promise<boolean>;
}

/** How long a new token waits for its root at most; milliseconds. */
const tokenWaitsMs = 30_000;

export type ViewOutcome = 'done' | 'idle' | 'busy' | 'waiting' | 'again';

/** @returns `waiting`: for what a new token needs, or for the end of a plan that is being applied; `again`: another writer interfered */
export async function publishView(
  dependencies: PublishViewDependencies,
  organization: OrganizationId,
  principal: Principal,
): Promise<ViewOutcome> {
  return publishUnderLease(dependencies, principalWork(organization, principal), (lease) =>
    pass(dependencies, lease, organization, principal),
  );
}

/** Otherwise Composer says only that it finds no package. */
const emptyWarning = (slug: string): string =>
  `Your token reads no package of ${slug} now. If it should, ask an owner of ${slug}.`;

async function pass(
  dependencies: PublishViewDependencies,
  lease: Lease,
  organization: OrganizationId,
  principal: Principal,
): Promise<'done' | 'waiting'> {
  const { table, objects, workQueue, clock } = dependencies;
  const slug = await dependencies.slugOf(organization);
  const rootKey = objectKeys.root(slug, principal);
  // Read before the inputs; but a failing object store must not block the clearing of a bit.
  const [seeing] = await Promise.allSettled([objects.see(rootKey)]);

  const tokens = await liveTokens(dependencies, organization, slug, principal);
  const ownerless = await withoutOwner(dependencies, organization, tokens);
  for (const token of ownerless.filter(({ state }) => state !== 'suspended')) {
    await workQueue.send(await suspendOrResume(table, token, 'suspended', slug, lease, clock.now()));
  }
  const hasTokens = tokens.length > 0;
  const rights =
    hasTokens || isKept(lease.item, clock.now())
      ? await dependencies.effectiveRightsOf(organization, principal, clock.now())
      : undefined;
  // A half-applied plan was never the forge's state: it only withdraws.
  const mayWiden = rights?.isApplying !== true;
  const readable =
    hasTokens && rights ? await readablePackages(dependencies, rights, organization, slug) : [];
  const seesAll = parsePrincipal(principal).kind === 'organization';
  const view = seesAll
    ? { listed: readable, complete: true, messages: [] }
    : await publishBitmap(dependencies, lease, {
        organization,
        principal,
        slug,
        tokens,
        readable,
        mayWiden,
      });
  await workQueue.send(view.messages);

  if (seeing.status === 'rejected') {
    throw seeing.reason;
  }
  const seen = seeing.value;
  if (!hasTokens) {
    if (seen) {
      await objects.remove(rootKey);
    }
  } else if (view.listed) {
    const root = buildRootFile({
      metadataUrl: publicPaths.metadata(slug),
      notifyBatchUrl: `${dependencies.registryBaseUrl}${publicPaths.downloads}`,
      packageNames: view.listed.map((one) => one.name),
      searchUrl: publicPaths.search(slug),
      // The same for all who read nothing, whatever there is: of that nothing is said.
      warning: view.listed.length === 0 ? emptyWarning(slug) : undefined,
    });
    if (!objects.isSame(seen, root)) {
      await objects.write(rootKey, seen, root, cacheControl.root);
    }
  }

  const owned = tokens.filter((token) => !ownerless.includes(token));
  for (const token of owned.filter(({ state }) => state === 'suspended')) {
    await workQueue.send(await suspendOrResume(table, token, 'active', slug, lease, clock.now()));
  }
  const waiting = owned.filter((token) => token.state === 'waiting');
  const overdue = (token: Token): boolean => clock.now() - token.createdAt >= tokenWaitsMs;
  for (const token of waiting.filter((one) => view.complete || overdue(one))) {
    await workQueue.send(await publishToken(dependencies, token, slug, lease));
  }
  if (!view.complete && waiting.some((token) => !overdue(token))) {
    // What it waits for requests this work again; the delayed message is for when that takes too long.
    await releaseLease(table, lease);
    await workQueue.send([lease.workItem.message], 5);
    return 'waiting';
  }
  if (!mayWiden) {
    // The end of the plan requests this work again.
    await releaseLease(table, lease);
    return 'waiting';
  }
  const now = clock.now();
  const kept = await viewAttributes(table, organization, lease.item, { rights, hasTokens, now });
  const address = filesHave(dependencies.registryBaseUrl);
  if ((await completeWork(table, lease, { ...kept, ...address })) === 'more') {
    await workQueue.send([lease.workItem.message]);
  }
  return 'done';
}

/** The tokens that need the view. A person's own which the organization has no entry of yet gets one. */
async function liveTokens(
  { table, clock }: PublishViewDependencies,
  organization: OrganizationId,
  slug: string,
  principal: Principal,
): Promise<readonly Token[]> {
  const now = clock.now();
  const parts = parsePrincipal(principal);
  const stored = await tokensOf(table, organization, principal);
  if (parts.kind !== 'user') {
    return stored.filter((token) => isLive(token, now));
  }
  const personal = (await personalTokensOf(table, parts.user)).filter((token) => isLivePersonal(token, now));
  const missing = personal.filter(
    (token) => !isExcludedFrom(token, slug) && !stored.some(({ id }) => id === token.id),
  );
  if (missing.length > 0) {
    const record = await joinedRecord(table, organization, parts.user, now);
    await adoptTokens(table, missing, { organization, slug }, record, now);
  }
  const all = missing.length === 0 ? stored : await tokensOf(table, organization, principal);
  const isOwn = new Set(personal.map(({ id }) => id));
  return all.filter((token) =>
    token.personal === undefined ? isLive(token, now) : token.state !== 'revoked' && isOwn.has(token.id),
  );
}

/** What the history says of a token that was there before its person belonged to the organization. One read. */
async function joinedRecord(
  table: Table,
  organization: OrganizationId,
  user: UserId,
  at: number,
): Promise<(token: PersonalToken) => Operation> {
  const found = await readUser(table, user);
  const name = found?.name ?? found?.login ?? user;
  const common = {
    ...{ at, by: name, act: 'own-token-joined', why: 'the person came to belong to the organization' },
    actor: { kind: 'user', id: user, name },
  } as const;
  return ({ id, description, expiry }) => {
    const expiresAt = expiry === 0 ? null : new Date(expiry * 1000).toISOString();
    const entry = { ...common, subject: id, after: { description, expiresAt } };
    return addAuditEntry(organization, entry, `joined-${id}`);
  };
}

async function publishToken(
  { table, clock }: PublishViewDependencies,
  token: Token,
  slug: string,
  lease: Lease,
): Promise<readonly WorkMessage[]> {
  const entry = personalEntry(token);
  if (entry === undefined) {
    return activateToken(table, token, slug, lease, clock.now());
  }
  // Views in several organizations are published at once, and each publishes the token.
  for (let tries = 1; tries <= 3; tries++) {
    const own = await findPersonalToken(table, entry.user, entry.id);
    if (own === undefined || !isLivePersonal(own, clock.now())) {
      return [];
    }
    const messages = await activatePersonal(table, own, entry, lease, clock.now());
    if (messages.length > 0) {
      return messages;
    }
  }
  return [];
}

/**
 * The organization's own tokens that a person made who does not own it now. Those of the operator, of a machine's key and of older
 * versions depend on nobody.
 */
async function withoutOwner(
  { isOwner, clock }: PublishViewDependencies,
  organization: OrganizationId,
  tokens: readonly Token[],
): Promise<readonly Token[]> {
  const isOwned = new Map<string, boolean>();
  const makerOf = ({ kind, madeBy }: Token): string | undefined =>
    kind === 'organization' && madeBy?.kind === 'user' ? madeBy.id : undefined;
  for (const maker of tokens.map(makerOf)) {
    if (maker !== undefined && !isOwned.has(maker)) {
      isOwned.set(maker, await isOwner(organization, asId<UserId>(maker), clock.now()));
    }
  }
  return tokens.filter((token) => isOwned.get(makerOf(token) ?? '') === false);
}

/** Packages that the edge has and the principal may read, ordered by number. */
async function readablePackages(
  { table }: PublishViewDependencies,
  { mayRead }: EffectiveRights,
  organization: OrganizationId,
  slug: string,
): Promise<readonly StoredPackage[]> {
  const packages = (await packagesOf(table, organization)).filter((one) => one.state === 'available');
  const rows = await edgeRows(table, edgeKeys.package(slug, ''));
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return packages.filter(
    (one) =>
      isAtEdge(one, byKey.get(edgeKeys.package(slug, one.name))) &&
      mayRead(one.synchronization, one.repository),
  );
}

/**
 * Whether the edge leads the name to the package, and will continue to. A pending change of refused commits takes the package from nobody;
 * nor does a new number that replaces the old one, since both bits are granted together.
 */
function isAtEdge({ number, predecessor }: StoredPackage, row: EdgeRow | undefined): boolean {
  const published = packageNumberOf(row?.published);
  return (
    packageNumberOf(row?.value) === number &&
    published !== undefined &&
    (published === number || published === predecessor)
  );
}

/** The numbers that a view has bits for: both while the package changes its number, so that nobody loses it meanwhile. */
const numbersOf = ({ number, successor, predecessor }: StoredPackage): readonly number[] =>
  [number, successor, predecessor].filter((one) => one !== undefined);

interface BitmapInputs {
  readonly organization: OrganizationId;
  readonly principal: Principal;
  readonly slug: string;
  readonly tokens: readonly Token[];
  readonly readable: readonly StoredPackage[];
  /** If false, no bit is set that is not already desired. */
  readonly mayWiden: boolean;
}

interface View {
  /** What the root may list; undefined while the edge lacks the key for reading the root. */
  readonly listed: readonly StoredPackage[] | undefined;
  /** Whether everything that may be read is listed. */
  readonly complete: boolean;
  readonly messages: readonly WorkMessage[];
}

async function publishBitmap(
  { table, clock }: PublishViewDependencies,
  lease: Lease,
  { organization, principal, slug, tokens, readable: all, mayWiden }: BitmapInputs,
): Promise<View> {
  const rows = new Map<string, EdgeRow>();
  for (const row of await edgeRows(table, edgeKeys.view(slug, principal, 0).slice(0, -1))) {
    rows.set(row.key, row);
  }
  const rowOf = (packageNumber: number): EdgeRow | undefined =>
    rows.get(edgeKeys.view(slug, principal, Math.floor(packageNumber / packagesPerChunk)));
  const readable = mayWiden ? all : all.filter(({ number }) => bitmapHas(rowOf(number)?.value, number));
  const desired = new Map<string, string>();
  if (tokens.length > 0) {
    for (const [chunk, value] of bitmapChunks(readable.flatMap(numbersOf))) {
      desired.set(edgeKeys.view(slug, principal, chunk), value);
    }
  }
  const changed = [...new Set([...rows.keys(), ...desired.keys()])].filter(
    (key) => rows.get(key)?.value !== desired.get(key),
  );
  if (changed.length > 0) {
    await table.transact([
      leaseHeld(lease),
      ...changed.map((key) =>
        desire(key, desired.get(key), { kind: 'view', organization, principal }, clock.now()),
      ),
    ]);
  }
  // The bit is at the edge, and no earlier pass has requested to clear it.
  const isGranted = ({ number }: StoredPackage): boolean => {
    const row = rowOf(number);
    return bitmapHas(row?.published, number) && bitmapHas(row?.value, number);
  };
  const first = rowOf(0);
  const listed =
    first?.published === undefined || first.value === undefined ? undefined : readable.filter(isGranted);
  return {
    listed,
    complete: mayWiden && listed !== undefined && listed.length === readable.length,
    messages: changed.map((key) => edgeWork(key).message),
  };
}
