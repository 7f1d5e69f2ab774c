/** Carries out the steps of a story: changes and faults of the simulated code hosts, and requests to the API. */
import { z } from 'zod';
import type { WorldRequest, WorldStep } from '../forges/world/story.ts';
import type { WorldForge } from '../forges/world/world.ts';
import type { ApiClient } from './api-client.ts';

interface SimulatedForge {
  readonly changes: { run(name: string, input: unknown): Promise<unknown> };
  readonly faults: { add(fault: never): unknown };
  idle(): Promise<void>;
}

export interface StepDependencies {
  readonly forges: Readonly<Partial<Record<WorldForge, SimulatedForge>>>;
  readonly api: ApiClient;
  /** In whose name requests are sent. */
  readonly by: string;
  /** Waits until the cloud has done all that came of a step. */
  idle(): Promise<void>;
}

/** @throws Error that says which step cannot be carried out, and why */
export async function playStep(dependencies: StepDependencies, step: WorldStep): Promise<void> {
  const { on = 'github', change, fault, request } = step;
  const forge = dependencies.forges[on];
  try {
    if (forge === undefined) {
      throw new Error(`the world has nothing on ${on}`);
    }
    if (fault !== undefined) {
      forge.faults.add(fault as never);
    }
    if (change !== undefined) {
      const { type, ...input } = change;
      await forge.changes.run(type, input);
      await forge.idle();
    }
    if (request !== undefined) {
      await send(dependencies, request);
    }
    await dependencies.idle();
  } catch (error) {
    const what = JSON.stringify(change ?? fault ?? request);
    throw new Error(`the story cannot go on with ${what}: ${error instanceof Error ? error.message : error}`);
  }
}

async function send({ api, by }: StepDependencies, { method, path, body }: WorldRequest): Promise<void> {
  const named = /\{(github|gitlab|bitbucket)\}/.exec(path)?.[1];
  const filled =
    named === undefined ? path : path.replace(`{${named}}`, await synchronizationOf(api, path, named));
  await api.request({
    ...{ method, path: filled, by },
    ...(body !== undefined && { body }),
    // Nobody else changes anything meanwhile.
    ...(method === 'PATCH' && { ifMatch: '*' }),
  });
}

const Synchronizations = z.object({ items: z.array(z.object({ id: z.string(), forge: z.string() })) });

async function synchronizationOf(api: ApiClient, path: string, forge: string): Promise<string> {
  const [organization = ''] = /^\/organizations\/[^/]+/.exec(path) ?? [];
  const listed = Synchronizations.parse(await api.request({ path: `${organization}/synchronizations` }));
  const found = listed.items.find((one) => one.forge === forge);
  if (found === undefined) {
    throw new Error(`the organization is not on ${forge}`);
  }
  return found.id;
}
