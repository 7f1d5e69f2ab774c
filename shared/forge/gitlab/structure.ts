/** Reads who may do what in one top-level group. */
import { asId, type ForgeOrganizationId } from '../../domain/ids.ts';
import { type AnyScope, isPart } from '../../domain/scopes.ts';
import type { Clock } from '../../runtime/clock.ts';
import { ForgeError } from '../errors.ts';
import type { ReadingOptions, StructureReader } from '../forge.ts';
import { readInSteps } from '../reading.ts';
import { type Account, type Instance, readAccount, topOf } from './account.ts';
import { lookUp } from './look-up.ts';
import type { Once } from './memberships.ts';
import { readPart } from './parts.ts';
import type { Requests } from './requests.ts';
import { type Context, isOfGitLab, mainLists, readWhole } from './whole-scopes.ts';

export interface StructureReaderOptions {
  readonly requests: Requests;
  /** What is known of the instance, from a recent request. */
  readonly instance: () => Promise<Instance>;
  /** Whether custom roles that view code count. */
  readonly viewersInstall: boolean;
  /** A credential may see many groups, so it has to be said which one is read. */
  readonly organization: ForgeOrganizationId | undefined;
  readonly clock: Clock;
}

/** Far less than answers of GitLab may be behind. */
const recentMs = 10_000;

export function createStructureReader({
  requests,
  instance,
  viewersInstall,
  organization,
  clock,
}: StructureReaderOptions): StructureReader {
  /** The group, from a request a moment ago: a run probes and then reads. */
  let recent: { readonly at: number; readonly account: Account } | undefined;
  /** How many requests were sent when GitLab had just shown a group of ours as its owner sees it. */
  let shownToOwner: number | undefined;
  /** A run holds its read against GitLab's own lists once, and not what it reads again to confirm it. */
  let isCompared = false;
  const takeComparison = (): boolean => {
    const isFirst = !isCompared;
    isCompared = true;
    return isFirst;
  };
  /** Lists that were read a moment ago since the last probe, and for which scopes: each reads a list anew when it is read again. */
  const lists = new Map<
    string,
    { readonly at: number; readonly items: readonly unknown[]; readonly scopes: Set<AnyScope> }
  >();

  async function probe(): Promise<Account> {
    if (organization === undefined) {
      throw new RangeError('a read of GitLab needs a group');
    }
    const at = clock.now();
    const account = await readAccount(requests, organization, at);
    recent = { at, account };
    return account;
  }

  const isRecent = ({ at }: { readonly at: number }): boolean => clock.now() < at + recentMs;

  const onceFor =
    (scope: AnyScope): Once =>
    async <Item>(name: string, read: () => Promise<readonly Item[]>) => {
      const known = lists.get(name);
      if (known !== undefined && isRecent(known) && !known.scopes.has(scope)) {
        known.scopes.add(scope);
        // Each name is that of one kind of items.
        return known.items as readonly Item[];
      }
      const at = clock.now();
      const items = await read();
      lists.set(name, { at, items, scopes: new Set([scope]) });
      return items;
    };

  /** The links of the top-level group are facts, so each read has the group as of a moment ago. */
  function contextOf(once: Once, stored?: ReadingOptions['stored']): Context {
    if (organization === undefined) {
      throw new RangeError('a read of GitLab needs a group');
    }
    let known: Promise<Account> | undefined;
    const top = (): Promise<Account> => {
      known ??= recent !== undefined && isRecent(recent) ? Promise.resolve(recent.account) : probe();
      return known;
    };
    const noteOwner = (): void => {
      shownToOwner = requests.count();
    };
    const topId = topOf(organization);
    const now = clock.now();
    const common = { requests, top, topId, instance, viewersInstall, now };
    return { ...common, once, noteOwner, takeComparison, stored };
  }

  return {
    async probe() {
      // What is read to confirm a read has to be read again.
      lists.clear();
      const isProven = recent !== undefined && shownToOwner === requests.count();
      const { id, group } = isProven && recent !== undefined ? recent.account : await probe();
      return { id: asId<ForgeOrganizationId>(id), login: group.path, suspended: false };
    },

    async readScope(scope, options = {}) {
      try {
        const context = contextOf(onceFor(scope), options.stored);
        if (isPart(scope)) {
          return await readInSteps({ scope, main: 'projects' }, options, (reading) =>
            readPart(context, scope, options.handle, reading),
          );
        }
        if (!isOfGitLab(scope)) {
          throw new RangeError(`GitLab has no scope ${scope}`);
        }
        return await readInSteps({ scope, main: mainLists[scope] }, options, (reading) =>
          readWhole(context, scope, reading),
        );
      } catch (error) {
        if (error instanceof ForgeError && error.code === 'not-found') {
          // Something was deleted during the read: that says nothing about the scope.
          throw new ForgeError('incomplete', error.message, { cause: error });
        }
        throw error;
      }
    },

    lookUp: async (parts) =>
      lookUp(
        contextOf((_, read) => read()),
        parts,
      ),
  };
}
