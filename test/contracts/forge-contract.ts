/**
 * What every adapter promises, whatever its forge. A new forge's suite is its fixture: how its world changes, fails and sends deliveries.
 * Kinds of facts that its layout lacks, events that it does not send and faults that it cannot have are skipped, each with the reason. What
 * only one forge has (its permissions, its limits, how it nests teams) is tested beside it.
 */
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { contentsContract } from './forge-contract/contents.ts';
import { credentialContract } from './forge-contract/credential.ts';
import { deliveriesContract } from './forge-contract/deliveries.ts';
import { failuresContract } from './forge-contract/failures.ts';
import { type ForgeFixture, given } from './forge-contract/fixture.ts';
import { hooksContract } from './forge-contract/hooks.ts';
import { scopesContract } from './forge-contract/scopes.ts';
import { signInContract } from './forge-contract/sign-in.ts';
import { stepsContract } from './forge-contract/steps.ts';

const parts = {
  scopes: scopesContract,
  steps: stepsContract,
  failures: failuresContract,
  contents: contentsContract,
  deliveries: deliveriesContract,
  hooks: hooksContract,
  credential: credentialContract,
  signIn: signInContract,
};

/**
 * Starts a new fixture for each part of the contract, so that no part sees another's changes.
 *
 * @param without what this forge does not have
 */
export function forgeContract(
  name: string,
  start: () => Promise<ForgeFixture>,
  { without = [] }: { readonly without?: readonly (keyof typeof parts)[] } = {},
): void {
  for (const [part, contract] of Object.entries(parts)) {
    const isSkipped = without.some((one) => one === part);
    describe.skipIf(isSkipped)(`${name}: ${part}${isSkipped ? ', which it does not have' : ''}`, () => {
      let fixture: ForgeFixture | undefined;
      beforeAll(async () => {
        fixture = await start();
      });
      afterEach(() => fixture?.fault(undefined));
      afterAll(() => fixture?.close());
      contract(() => given(fixture));
    });
  }
}
