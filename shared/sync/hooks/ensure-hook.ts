/** One place's hook: installed, recognised, repaired, or removed. */
import { type HookSourceId, newId } from '../../domain/ids.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { ForgeError, type ForgeErrorCode } from '../../forge/errors.ts';
import type { HookPlace, Hooks, InstalledHook } from '../../forge/hooks.ts';
import { integrationAddresses } from '../../forge/integration-key.ts';
import type { Cipher } from '../../runtime/cipher.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { Secret } from '../../runtime/secret.ts';
import {
  addHook,
  changeHookSecret,
  findHook,
  type HookName,
  hookOwner,
  hookPlace,
  isHookSource,
  noteHook,
  removeHook,
  type StoredHook,
} from '../../store/hook-store.ts';
import type { Table } from '../../store/table.ts';

export interface EnsureHookDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly cipher: Cipher;
  readonly randomBytes: (count: number) => Uint8Array;
  /** The console's public address, without a trailing slash. */
  readonly consoleBaseUrl: string;
  readonly logger: Pick<Logger, 'warn'>;
}

export interface HookContext {
  readonly dependencies: EnsureHookDependencies;
  readonly hooks: Hooks;
  readonly synchronization: Pick<Synchronization, 'id' | 'forge' | 'baseUrl'>;
}

/** All addresses of hooks begin with it. */
const addressPrefix = ({ dependencies, synchronization }: HookContext): string =>
  `${integrationAddresses(dependencies.consoleBaseUrl, synchronization).webhook}/`;

/** Whether the forge has it as it should be, as far as is known without asking. */
export const isKnownToWork = (context: HookContext, hook: StoredHook | undefined): boolean =>
  hook?.state === 'working' && !needsSecret(hook) && hook.url === addressOf(context, hook);

/** Whether the forge has another secret, or may have: what is delivered without ours is refused, and forges disable hooks for that. */
const needsSecret = ({ isSecretPending, refusedAt }: StoredHook): boolean =>
  isSecretPending || refusedAt !== undefined;

const addressOf = (context: HookContext, { source }: Pick<HookName, 'source'>): string =>
  `${addressPrefix(context)}${source}`;

/**
 * Sees to it that there is exactly one hook of ours at the place, and that it is as it should be. Writes and changes nothing if it is.
 *
 * The hook is stored before it is installed, so that its first delivery is accepted, and a worker that dies in between is succeeded by one that
 * finds what is there by its address.
 *
 * @param stored undefined when there is none yet
 * @param listed all hooks at the place
 * @throws ForgeError
 */
export async function ensureHook(
  context: HookContext,
  place: HookPlace,
  stored: StoredHook | undefined,
  listed: readonly InstalledHook[],
): Promise<void> {
  const { dependencies, hooks, synchronization } = context;
  const hook = stored ?? (await storeNew(context, place));
  const url = addressOf(context, hook);
  const existing = listed.find(({ id }) => id === hook.forgeHook) ?? listed.find((one) => one.url === url);
  await removeStale(
    context,
    place,
    listed.filter((one) => one !== existing),
  );
  if (existing !== undefined && isFine(existing, url) && !needsSecret(hook)) {
    await note(context, hook, existing);
    return;
  }
  if (existing !== undefined && existing.url !== (hook.url ?? url) && !hook.isSecretPending) {
    // Somebody else may have received the secret.
    await changeHookSecret(dependencies, hook, newSecret(context));
  }
  if (existing !== undefined && existing.state !== 'working' && hook.state === 'working') {
    const { id, forge } = synchronization;
    dependencies.logger.warn('a code host stopped delivering to a hook', { synchronization: id, forge });
  }
  const secret = (await findHook(dependencies, hook))?.secrets[0];
  if (secret === undefined) {
    // Half of its records is gone: another one is stored in the next turn.
    await dependencies.table.transact(removeHook(synchronization.id, hook));
    return;
  }
  await note(context, hook, await hooks.ensure(place, { url, secret: new Secret(secret) }, existing), true);
}

const isFine = (hook: InstalledHook, url: string): boolean =>
  hook.url === url && hook.isAsWanted && hook.state === 'working';

const newSecret = ({ dependencies, hooks }: HookContext): Secret<string> =>
  hooks.newSecret(dependencies.randomBytes(32));

async function storeNew(context: HookContext, place: HookPlace): Promise<StoredHook> {
  const { dependencies, synchronization } = context;
  const { forge, id } = synchronization;
  const source = newId<HookSourceId>(dependencies.randomBytes);
  const repository = place.on === 'repository' ? place.repository : undefined;
  const added = await addHook(
    dependencies,
    { forge, source, repository },
    synchronization,
    id,
    newSecret(context),
  );
  await dependencies.table.transact(added);
  return { forge, source, repository, isSecretPending: true };
}

/** @param wasTold the forge got the current secret just now */
async function note(
  { dependencies, synchronization }: HookContext,
  hook: StoredHook,
  { id: forgeHook, url, state }: InstalledHook,
  wasTold = false,
): Promise<void> {
  const isNoted = hook.forgeHook === forgeHook && hook.url === url && hook.state === state;
  if (isNoted && !(wasTold && needsSecret(hook))) {
    return;
  }
  const stateSince = hook.state === state ? hook.stateSince : undefined;
  await noteHook(dependencies.table, synchronization.id, hook, {
    ...{ forgeHook, url, state },
    stateSince: stateSince ?? dependencies.clock.now(),
  });
}

/** Removes hooks of ours that nothing knows any more. Those of others, and of other synchronizations, stay. */
async function removeStale(
  context: HookContext,
  place: HookPlace,
  listed: readonly InstalledHook[],
): Promise<void> {
  const { dependencies, hooks, synchronization } = context;
  const prefix = addressPrefix(context);
  for (const { id, url } of listed) {
    const source = url.slice(prefix.length);
    if (!url.startsWith(prefix) || !isHookSource(source)) {
      continue;
    }
    const owner = await hookOwner(dependencies.table, { forge: synchronization.forge, source });
    if (owner === undefined || owner === synchronization.id) {
      await hooks.remove(place, id);
    }
  }
}

/** Errors after which trying again is no use. */
export const final: readonly ForgeErrorCode[] = ['not-found', 'unexpected', 'gone'];

/**
 * Removes a hook from the forge, and then its record, also after one of these errors.
 *
 * @throws ForgeError when it may work later, also with another credential: until then its deliveries are accepted
 */
export async function removeInstalled(
  context: HookContext,
  hook: StoredHook,
  dismissed: readonly ForgeErrorCode[] = final,
): Promise<void> {
  const { dependencies, synchronization } = context;
  await removeFromForge(context, hook).catch((error: unknown) => {
    if (!(error instanceof ForgeError && dismissed.includes(error.code))) {
      throw error;
    }
  });
  await dependencies.table.transact(removeHook(synchronization.id, hook));
}

async function removeFromForge(context: HookContext, hook: StoredHook): Promise<void> {
  const place = hookPlace(hook);
  const url = addressOf(context, hook);
  const id = hook.forgeHook ?? (await context.hooks.list(place))?.find((one) => one.url === url)?.id;
  if (id !== undefined) {
    await context.hooks.remove(place, id);
  }
}
