/** GitHub's adapter against the simulated GitHub, for the contract tests. */
import type { GitObjects } from '../../local/forges/git/objects.ts';
import { startFixture } from '../../local/forges/github/simulator-fixture.ts';
import type { Repository } from '../../local/forges/github/state.ts';
import type { World } from '../../local/forges/world/world.ts';
import type { Fact } from '../../shared/domain/facts.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { AnyScope } from '../../shared/domain/scopes.ts';
import type { BudgetOf } from '../../shared/forge/budget.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import type { ReadingOptions, ScopeRead, StructureReader } from '../../shared/forge/forge.ts';
import { createGitHubForge, type OrganizationReader } from '../support/github-forge.ts';

export async function startGitHub(world?: World, objects?: GitObjects) {
  const clock = {
    ahead: 0,
    now: () => Date.now() + clock.ahead,
    after(delayMs: number, run: () => void) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
  const fixture = await startFixture({ clock, ...(world && { world }), ...(objects && { objects }) });
  const { simulator } = fixture;
  const { state } = simulator;
  const acme = known([...state.organizations.values()].find(({ login }) => login === 'acme'));
  const installation = known(
    [...state.installations.values()].find((each) => each.organizationId === acme.id),
  );
  /** Creates the adapter as one process has it. */
  const makeForge = (budgets?: BudgetOf) =>
    createGitHubForge({ app: state.app, apiUrl: simulator.addresses.api, clock, budgets });
  const forge = makeForge();
  return {
    ...fixture,
    clock,
    state,
    acme,
    installation,
    forge,
    makeForge,
    reader: (): OrganizationReader => forge.organization(asId(installation.id), asId(acme.id)),
    repository: (name: string): Repository =>
      known([...state.repositories.values()].find((each) => each.name === name)),
  };
}
export type GitHub = Awaited<ReturnType<typeof startGitHub>>;

/** Creates a reader that has already probed. */
export async function probed({
  reader: open,
}: Pick<GitHub, 'reader'>): Promise<ReturnType<GitHub['reader']>> {
  const reader = open();
  await reader.probe();
  return reader;
}

export function known<Value>(value: Value | undefined): Value {
  if (value === undefined) {
    throw new Error('the world does not have what the test wants');
  }
  return value;
}

/** Reads a scope completely, however many steps it takes. */
export async function readWhole(
  reader: StructureReader,
  scope: AnyScope,
  options: ReadingOptions = {},
): Promise<ScopeRead> {
  for (let from: unknown, steps = 0; steps < 1000; steps += 1) {
    const step = await reader.readScope(scope, { ...options, from });
    if ('done' in step) {
      return step.done;
    }
    from = JSON.parse(JSON.stringify(step.unfinished.state));
  }
  throw new Error('the reading has no end');
}

export const factsOf = async (reader: StructureReader, scope: AnyScope): Promise<readonly Fact[]> =>
  (await readWhole(reader, scope)).facts;

/** The code of the ForgeError that the call rejects with; any other error fails the test. */
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
