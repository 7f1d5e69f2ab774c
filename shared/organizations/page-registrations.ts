/** Registration at a code host from the pages: by an administrator, or by whoever holds the set-up code. */
import type { Integration } from '../forge/module.ts';
import { modules } from '../forge/modules.ts';
import type { Registrant, Registrations } from '../sign-in/dependencies.ts';
import { readUser } from '../store/user-store.ts';
import { clientInstructions, enterClient } from './enter-client.ts';
import type { Accountable } from './owner-act.ts';
import {
  beginRegistration,
  completeRegistration,
  type RegisterIntegrationDependencies,
} from './register-integration.ts';

/** No id of a user is like that. */
const setUp = 'set-up-code';

export function pageRegistrations(dependencies: RegisterIntegrationDependencies): Registrations {
  const idOf = ({ signedIn }: Registrant): string => signedIn?.user ?? setUp;
  async function accountableOf({ signedIn, address }: Registrant): Promise<Accountable> {
    const why = 'registered on the page';
    if (signedIn === undefined) {
      const name = 'whoever has the set-up code';
      return { by: name, why, actor: { kind: 'system', id: setUp, name }, from: { address } };
    }
    const { user, session } = signedIn;
    const person = await readUser(dependencies.table, user);
    const name = person?.name ?? person?.login ?? user;
    return { by: name, why, actor: { kind: 'user', id: user, name }, from: { address, session } };
  }
  return {
    forges: modules.flatMap(({ id, registration, clientRegistration, defaultBaseUrl }) => [
      ...(registration === undefined ? [] : [{ forge: id, baseUrl: defaultBaseUrl, by: 'form' as const }]),
      ...(clientRegistration === undefined
        ? []
        : [{ forge: id, baseUrl: clientRegistration.publicUrl, by: 'client' as const }]),
    ]),
    clientInstructions: (host) => clientInstructions(dependencies, host),
    enterClient: async (by, client) => enterClient(dependencies, client, await accountableOf(by)),
    begin: async (by, start) =>
      beginRegistration(
        dependencies,
        idOf(by),
        { ...start, registryName: `Packages at ${new URL(dependencies.consoleBaseUrl).host}` },
        await accountableOf(by),
      ),
    complete: async (by, answer): Promise<Integration> =>
      completeRegistration(dependencies, idOf(by), answer, await accountableOf(by)),
  };
}
