/** The GitHub adapter in front of the simulated GitHub, for the contract tests beside. */
import { startFixture } from '../../local/forges/github/simulator-fixture.ts';
import type { Repository } from '../../local/forges/github/state.ts';
import type { World } from '../../local/forges/world/world.ts';
import { asId } from '../../shared/domain/ids.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { createGitHubForge, type OrganizationReader } from '../../shared/forge/github/forge.ts';

export async function startGitHub(world?: World) {
  const clock = {
    ahead: 0,
    now: () => Date.now() + clock.ahead,
    after(delayMs: number, run: () => void) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
  const fixture = await startFixture({ clock, ...(world === undefined ? {} : { world }) });
  const { simulator } = fixture;
  const { state } = simulator;
  const acme = known([...state.organizations.values()].find(({ login }) => login === 'acme'));
  const installation = known(
    [...state.installations.values()].find((each) => each.organizationId === acme.id),
  );
  const forge = createGitHubForge({
    secret: {
      appId: String(state.app.id),
      privateKey: state.app.privateKey,
      webhookSecret: state.app.webhookSecret,
    },
    baseUrl: simulator.addresses.api,
    clock,
  });
  return {
    ...fixture,
    clock,
    state,
    acme,
    installation,
    forge,
    reader: (): OrganizationReader => forge.organization(asId(installation.id), asId(acme.id)),
    repository: (name: string): Repository =>
      known([...state.repositories.values()].find((each) => each.name === name)),
  };
}
export type GitHub = Awaited<ReturnType<typeof startGitHub>>;

export function known<Value>(value: Value | undefined): Value {
  if (value === undefined) {
    throw new Error('the world does not have what the test wants');
  }
  return value;
}

/** The code of the ForgeError that it ends with; anything else fails the test. */
export async function codeOf(work: Promise<unknown>): Promise<ForgeError['code'] | 'no error'> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    if (error instanceof ForgeError) {
      return error.code;
    }
    throw error;
  }
}
