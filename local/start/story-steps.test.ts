import { expect, it } from 'vitest';
import type { ApiRequest } from './api-client.ts';
import { playStep, type StepDependencies } from './story-steps.ts';

function worldOf() {
  const done: unknown[] = [];
  const forge = (name: string) => ({
    changes: { run: async (type: string, input: unknown) => done.push([name, type, input]) },
    faults: { add: (fault: unknown) => done.push([name, 'fault', fault]) },
    idle: async () => {},
  });
  const dependencies: StepDependencies = {
    forges: { github: forge('github'), gitlab: forge('gitlab') },
    api: {
      async request(request: ApiRequest) {
        if (request.method === undefined) {
          return { items: [{ id: 'sync7', forge: 'gitlab' }] };
        }
        done.push(request);
        return undefined;
      },
    },
    by: 'alice',
    idle: async () => {},
  };
  return { dependencies, done };
}

it('makes a change on the code host, GitHub where none is named', async () => {
  const { dependencies, done } = worldOf();
  await playStep(dependencies, { change: { type: 'push', repository: 'clock' } });
  await playStep(dependencies, { on: 'gitlab', fault: { kind: 'slow' } });
  expect(done).toEqual([
    ['github', 'push', { repository: 'clock' }],
    ['gitlab', 'fault', { kind: 'slow' }],
  ]);
});

it('sends a request with the id of the synchronization on the named code host', async () => {
  const { dependencies, done } = worldOf();
  const path = '/organizations/acme/synchronizations/{gitlab}/caution';
  await playStep(dependencies, { request: { method: 'PATCH', path, body: { heldAbove: 3 } } });
  expect(done).toEqual([
    {
      ...{ method: 'PATCH', by: 'alice', body: { heldAbove: 3 }, ifMatch: '*' },
      path: '/organizations/acme/synchronizations/sync7/caution',
    },
  ]);
});

it.each([
  [{ on: 'bitbucket', change: { type: 'push' } }, 'the world has nothing on bitbucket'],
  [
    { request: { method: 'POST', path: '/organizations/acme/synchronizations/{github}/runs' } },
    'the organization is not on github',
  ],
] as const)('says why %j cannot be carried out', async (step, why) => {
  await expect(playStep(worldOf().dependencies, step)).rejects.toThrow(why);
});
