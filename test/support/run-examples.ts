/** Requests about the runs of `acme`'s synchronization. */
import { structureReader } from '../../shared/composition/forges.ts';
import { requestPreview } from '../../shared/organizations/previews.ts';
import { runPreview } from '../../shared/organizations/run-preview.ts';
import { noteChanges } from '../../shared/store/run-store.ts';
import { putHeld } from '../../shared/store/scope-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import type { Example } from './api-example.ts';
import type { ApiWorld } from './api-world.ts';
import { byOwner } from './by-owner.ts';
import { aFact } from './memory-forge.ts';
import { synchronizationId } from './synchronized.ts';

const params = { synchronization: synchronizationId };
const ofRun = { params: { ...params, number: '5' } };
const asked = 'asked=2026-11-22T11:59:00Z';

/** Run 5 removed a member. */
async function addRun({ table, now }: ApiWorld): Promise<undefined> {
  const gone = aFact.member(50);
  const scopes = [{ scope: 'members', cause: 'schedule', outcome: 'whole', held: 0 }] as const;
  const progress = { number: 5, startedAt: now() - 1000, requests: 3, scopes };
  const recorded = {
    counts: { add: 0, update: 0, remove: 1 },
    changes: [{ kind: 'remove', before: gone, evidence: [] }],
  } as const;
  await table.transact(noteChanges(synchronizationId, progress, 0, recorded, now()));
}

async function addHeld({ table, now }: ApiWorld): Promise<undefined> {
  const gone = aFact.member(1, 'owner');
  await table.transact([
    putHeld(synchronizationId, {
      scope: 'members',
      since: now() - 1000,
      count: 1,
      digest: 'abc',
      changes: [{ kind: 'remove', before: gone, evidence: [] }],
    }),
  ]);
}

/** One preview, done by the worker, which names members. */
async function addPreview({ dependencies, forges }: ApiWorld): Promise<undefined> {
  const { table } = dependencies;
  const synchronization = await findSynchronization(table, synchronizationId);
  if (synchronization === undefined) {
    throw new Error('nothing is synchronized');
  }
  await requestPreview(dependencies, synchronization, byOwner);
  forges.contents.facts = [aFact.member(50), aFact.member(51)];
  const openReader = structureReader(forges);
  await runPreview({ ...dependencies, openReader, newLeaseId: () => 'lease' }, synchronizationId);
}
const ofPreview = { params: { ...params, number: '1' }, prepare: addPreview };

export const runExamples: Readonly<Record<string, Example>> = {
  requestPreview: { params },
  readPreview: ofPreview,
  listPreviewChanges: { ...ofPreview, query: 'limit=2' },
  readOrganizationStatus: { prepare: addHeld },
  readInstallationStatus: {},
  findDeletedOrganizations: { query: 'slug=gone' },
  synchronize: { params },
  readSynchronizationProgress: { params, query: asked },
  listRuns: { params, query: 'all=true&limit=2', prepare: addRun },
  readRun: { ...ofRun, prepare: addRun },
  listRunChanges: { ...ofRun, prepare: addRun },
  listRunDifferences: { ...ofRun, prepare: addRun },
  undoRun: { ...ofRun, prepare: addRun },
  readUndo: { ...ofRun, query: asked, prepare: addRun },
  listHeldRemovals: { params, prepare: addHeld },
  decideHeldRemovals: {
    params,
    body: { scope: 'members', decision: 'yes', shown: 'abc', why: 'they left' },
    prepare: addHeld,
  },
};
