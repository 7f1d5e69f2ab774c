/** Reads who may do what in one GitHub organization. */
import type { ForgeOrganizationId, InstallationId } from '../../domain/ids.ts';
import { isPart } from '../../domain/scopes.ts';
import { ForgeError } from '../errors.ts';
import type { StructureReader } from '../forge.ts';
import { readInSteps } from '../reading.ts';
import { type Account, readInstallation } from './account.ts';
import { lookUp, readPart } from './parts.ts';
import type { Requests } from './requests.ts';
import { isOfGitHub, mainLists, readWhole } from './whole-scopes.ts';

export interface StructureReaderOptions {
  readonly requests: Requests;
  readonly installation: InstallationId;
  /** The organization to read: a response about another one is refused. Undefined: only `probe` is used. */
  readonly organization: ForgeOrganizationId | undefined;
}

export function createStructureReader({
  requests,
  installation,
  organization,
}: StructureReaderOptions): StructureReader {
  let known: Account | undefined;

  async function probe(): Promise<Account> {
    const account = await readInstallation(requests, installation);
    if (organization !== undefined && account.id !== organization) {
      throw new ForgeError(
        'unexpected',
        'the installation belongs to a different organization than the one it was connected for',
      );
    }
    known = account;
    return account;
  }

  /** The account; sends no request if a probe has already read it. */
  async function account(): Promise<Account> {
    if (organization === undefined) {
      throw new RangeError('a read needs an organization');
    }
    await requests.checkBudget('the read of a scope');
    return known ?? probe();
  }

  return {
    async probe() {
      const { id, login, suspended } = await probe();
      return { id, login, suspended };
    },

    async readScope(scope, options = {}) {
      const ours = await account();
      try {
        if (isPart(scope)) {
          return { done: await readPart(requests, ours, scope, options.handle) };
        }
        if (!isOfGitHub(scope)) {
          throw new RangeError(`GitHub has no scope ${scope}`);
        }
        return await readInSteps({ scope, main: mainLists[scope] }, options, (reading) =>
          readWhole(requests, ours, scope, reading),
        );
      } catch (error) {
        if (error instanceof ForgeError && error.code === 'not-found') {
          // Something was deleted or renamed during the read: that says nothing about the scope.
          throw new ForgeError('incomplete', error.message, { cause: error });
        }
        throw error;
      }
    },

    lookUp: async (workItems) => lookUp(requests, await account(), workItems),
  };
}
