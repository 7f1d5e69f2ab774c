/** Helpers to read a forge in the contract's tests. */
import { type Fact, factKey } from '../../../shared/domain/facts.ts';
import type { AnyScope } from '../../../shared/domain/scopes.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import type { ReadingOptions, ScopeRead } from '../../../shared/forge/forge.ts';
import type { ForgeClient } from '../../../shared/forge/module.ts';

export type Opened = { open(): Promise<ForgeClient> };

const stepsMax = 1000;

/** Reads a scope completely, each step in a process of its own. Only JSON passes from one step to the next. */
export async function readWhole(
  { open }: Opened,
  scope: AnyScope,
  options: ReadingOptions = {},
): Promise<ScopeRead & { readonly steps: number }> {
  for (let from: unknown = options.from, steps = 1; steps < stepsMax; steps += 1) {
    const step = await (await open()).structure.readScope(scope, { ...options, from });
    if ('done' in step) {
      return { ...step.done, steps };
    }
    from = JSON.parse(JSON.stringify(step.unfinished.state));
  }
  throw new Error('the reading has no end');
}

/** The facts of a complete read, by their keys. */
export async function factsOf(opened: Opened, scope: AnyScope): Promise<ReadonlyMap<string, Fact>> {
  const { facts } = await readWhole(opened, scope);
  return new Map(facts.map((fact) => [factKey(fact), fact]));
}

/** The ForgeError that the call rejects with; anything else fails the test. */
export async function errorOf(work: Promise<unknown>): Promise<ForgeError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ForgeError) {
      return error;
    }
    throw error;
  }
  throw new Error('there was no error');
}
