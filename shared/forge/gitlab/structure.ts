/** Reads who may do what in one top-level group. */
import { asId, type ForgeOrganizationId } from '../../domain/ids.ts';
import { isPart } from '../../domain/scopes.ts';
import type { Clock } from '../../runtime/clock.ts';
import { ForgeError } from '../errors.ts';
import type { StructureReader } from '../forge.ts';
import { readInSteps } from '../reading.ts';
import { type Account, type Instance, readAccount, topOf } from './account.ts';
import { lookUp, readPart } from './parts.ts';
import type { Requests } from './requests.ts';
import { type Context, isOfGitLab, mainLists, readWhole } from './whole-scopes.ts';

export interface StructureReaderOptions {
  readonly requests: Requests;
  /** What is known of the instance, from a recent request. */
  readonly instance: () => Promise<Instance>;
  /** A credential may see many groups, so it has to be said which one is read. */
  readonly organization: ForgeOrganizationId | undefined;
  readonly clock: Clock;
}

/** Far less than answers of GitLab may be behind. */
const recentMs = 10_000;

export function createStructureReader({
  requests,
  instance,
  organization,
  clock,
}: StructureReaderOptions): StructureReader {
  /** The group, from a request a moment ago: a run probes and then reads. */
  let recent: { readonly at: number; readonly account: Account } | undefined;

  async function probe(): Promise<Account> {
    if (organization === undefined) {
      throw new RangeError('a read of GitLab needs a group');
    }
    const at = clock.now();
    const account = await readAccount(requests, organization, at);
    recent = { at, account };
    return account;
  }

  /** The links of the top-level group are facts, so each read has the group as of a moment ago. */
  async function contextOf(): Promise<Context> {
    if (organization === undefined) {
      throw new RangeError('a read of GitLab needs a group');
    }
    let known: Promise<Account> | undefined;
    const top = (): Promise<Account> => {
      const isRecent = recent !== undefined && clock.now() < recent.at + recentMs;
      known ??= isRecent && recent ? Promise.resolve(recent.account) : probe();
      return known;
    };
    return { requests, top, topId: topOf(organization), instance: await instance(), now: clock.now() };
  }

  return {
    async probe() {
      const { id, group } = await probe();
      return { id: asId<ForgeOrganizationId>(id), login: group.path, suspended: false };
    },

    async readScope(scope, options = {}) {
      try {
        const context = { ...(await contextOf()), stored: options.stored };
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

    lookUp: async (parts) => lookUp(await contextOf(), parts),
  };
}
