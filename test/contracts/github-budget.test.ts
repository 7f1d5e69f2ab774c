/** R29 and R33: processes that share only the table keep to one budget. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { asId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { createCredentialBudget } from '../../shared/store/budget-store.ts';
import type { GitHubForge } from '../support/github-forge.ts';
import { createMemoryTable, type MemoryTable } from '../support/memory-table.ts';
import { gitHubHost } from '../support/synchronized.ts';
import { codeOf, factsOf, type GitHub, known, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
let table: MemoryTable;
beforeAll(async () => {
  gitHub = await startGitHub();
  table = createMemoryTable();
});
afterEach(() => {
  gitHub.simulator.faults.remove();
});
afterAll(() => gitHub.close());

const process = (): GitHubForge =>
  gitHub.makeForge((credential) => createCredentialBudget(table, gitHubHost, credential));
const readerOf = (forge: GitHubForge) =>
  forge.organization(asId(gitHub.installation.id), asId(gitHub.acme.id));
const sent = (): number => gitHub.simulator.requests.summary().total;
const repository = () => {
  const { id, nodeId } = gitHub.repository('money');
  return { repository: asId<ForgeRepositoryId>(id), handle: nodeId };
};

describe('two processes and one store', () => {
  test.each(['rate-limit', 'secondary-limit'] as const)(
    'R29: a %s that one process meets, in a scope or in contents, stops the other',
    async (kind) => {
      const [one, other] = [process(), process()];
      await factsOf(readerOf(one), 'members');
      await factsOf(readerOf(other), 'members');
      gitHub.simulator.faults.add({ kind, times: 1, match: { surface: 'graphql' } });
      expect(await codeOf(readerOf(one).readRefs(repository()))).toBe('rate-limited');
      const before = sent();
      for (const forge of [one, other, process()]) {
        expect(await codeOf(readerOf(forge).readScope('teams'))).toBe('rate-limited');
        expect(await codeOf(readerOf(forge).readRefs(repository()))).toBe('rate-limited');
      }
      expect(sent()).toBe(before);
      gitHub.clock.ahead += 3_700_000;
      expect(await codeOf(readerOf(other).readScope('teams'))).toBe('no error');
    },
  );

  test('R33: a limit that is met repeatedly is retried less and less often', async () => {
    gitHub.simulator.faults.add({ kind: 'secondary-limit', retryAfter: 0, match: { surface: 'graphql' } });
    let attempts = 0;
    const before = sent();
    const end = gitHub.clock.now() + 3_600_000;
    // Each second for an hour, three processes in turn; each knows its organization already.
    const readers = [process(), process(), process()].map(readerOf);
    await Promise.all(readers.map((reader) => reader.probe()));
    for (let second = 0; gitHub.clock.now() < end; second += 10) {
      const reader = readers[(second / 10) % 3];
      expect(reader && (await codeOf(reader.readScope('members')))).toBe('rate-limited');
      attempts += 1;
      gitHub.clock.ahead += 10_000;
    }
    expect(attempts).toBeGreaterThan(300);
    // Three probes and tokens, and then retries after 0, 1, 3, 7, 15 and 31 minutes.
    expect(sent() - before).toBeLessThanOrEqual(3 + 3 * 2 + 6);
  });

  test('R29: while scans wait for the reset, archives that somebody waits for may use half of the reserve', async () => {
    table = createMemoryTable();
    const { branches } = await readerOf(process()).readRefs(repository());
    const { commit } = known(branches[0]);
    const budget = createCredentialBudget(table, gitHubHost, String(gitHub.installation.id));
    const until = gitHub.clock.now() + 1_800_000;
    await budget.note({ met: 'reserve', budget: 'contents', until });
    const archive = async (): Promise<void> => {
      const stream = await readerOf(process()).readArchive(repository(), commit, AbortSignal.timeout(10_000));
      stream.destroy();
    };
    expect(await codeOf(readerOf(process()).readRefs(repository()))).toBe('rate-limited');
    expect(await codeOf(archive())).toBe('no error');
    await budget.note({ met: 'reserve', budget: 'archives', until });
    expect(await codeOf(archive())).toBe('rate-limited');
    expect(await codeOf(readerOf(process()).readScope('teams'))).toBe('no error');
  });
});
