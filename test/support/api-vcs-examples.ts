/** Requests for the operations on repositories at a URL. */
import type { Example } from './api-example.ts';
import type { ApiWorld } from './api-world.ts';

export const newVcsRepository = {
  url: 'https://git.example.org/acme/billing.git',
  credential: { kind: 'none' },
  readers: { everyone: false, teams: [] },
};

/** One that is there. */
async function withRepository(world: ApiWorld): Promise<Example> {
  const path = '/organizations/acme/vcs-repositories';
  const { body } = await world.ask('owner', { method: 'POST', path, body: newVcsRepository });
  return { params: { id: body.id } };
}

export const vcsExamples: Readonly<Record<string, Example>> = {
  listVcsRepositories: {},
  readVcsRepository: { prepare: withRepository },
  addVcsRepository: { body: newVcsRepository },
  changeVcsRepository: {
    prepare: async (world) => ({
      ...(await withRepository(world)),
      body: { readers: { everyone: true, teams: [] }, allowsPrivate: true },
    }),
  },
  removeVcsRepository: { prepare: withRepository },
  renewVcsHook: {
    prepare: async (world) => ({ ...(await withRepository(world)), body: { why: 'the server moved' } }),
  },
};
