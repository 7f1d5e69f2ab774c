/**
 * Compares two implementations of GitHub's rules over random organizations: the naive one (github-rules.ts), and the product from
 * end to end (GitHub's API as simulated, the adapter's reads, the decision from their facts).
 *
 * `RIGHTS_SEED` repeats a run, `RIGHTS_RUNS` says how many organizations; `RIGHTS_PATH` (with the seed) goes straight to the one that failed.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Subject } from '../../../shared/domain/access.ts';
import { asId, type ForgeAccountId } from '../../../shared/domain/ids.ts';
import type { StructureReader } from '../../../shared/forge/forge.ts';
import { type GitHub, known, startGitHub } from '../../contracts/github-fixture.ts';
import { extent, isLong } from '../../support/long.ts';
import { asTold, type DescribedSubject, differences, expectedLines, subjectsOf } from './comparison.ts';
import { oddCases } from './odd-cases.ts';
import type { DescribedOrganization } from './organization.ts';
import { decidedLines, readFacts } from './product.ts';
import { organizations } from './random-organizations.ts';
import { acmeId, installationId, type SimulatedIds, simulate } from './simulated-organization.ts';

const seed = Number(process.env.RIGHTS_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20_261_122));
const runs = Number(process.env.RIGHTS_RUNS ?? extent({ short: 100, long: 20_000 }));
const path = process.env.RIGHTS_PATH;
/** The time between two organizations, so that GitHub's hourly budgets suffice for all. */
const pauseMs = 5_000;
/** An account that GitHub's answers never name. */
const stranger = asId<ForgeAccountId>('999');

let gitHub: GitHub;
let gitDirectory: string;
let reader: StructureReader;
beforeAll(async () => {
  gitHub = await startGitHub();
  gitDirectory = gitHub.repository('money').gitDirectory;
  reader = gitHub.forge.organization(asId(installationId), asId(acmeId));
});
afterAll(() => gitHub.close());

test(
  `read twice, GitHub's rules give the same rights in ${runs} random organizations (RIGHTS_SEED=${seed})`,
  async () => {
    const met = new Set<string>();
    const property = fc.asyncProperty(organizations, async (organization) => {
      gitHub.clock.ahead += pauseMs;
      const ids = simulate(gitHub.state, organization, gitDirectory);
      const facts = await readFacts(reader);
      const told = asTold(organization);
      for (const subject of subjectsOf(told)) {
        const who = nameOf(subject);
        const reads = decidedLines(inProduct(subject, ids), facts, ids);
        expect({ who, reads }).toEqual({ who, reads: expectedLines(told, subject) });
      }
      expect(decidedLines({ kind: 'account', account: stranger }, facts, ids)).toEqual(
        expectedLines(told, { kind: 'anyone' }),
      );
      for (const name of metIn(organization)) {
        met.add(name);
      }
    });
    await fc.assert(property, { seed, numRuns: runs, ...(path !== undefined && { path }) });

    const wanted = [...Object.keys(oddCases), ...differences.map(({ name }) => name)];
    const notMet = wanted.filter((name) => !met.has(name));
    expect(path === undefined && runs >= 1_000 ? notMet : [], 'cases that this run has not met').toEqual([]);
  },
  extent({ short: 300_000, long: 3_600_000 }),
);

/** The odd cases in the organization, and the differences that change something in it. */
function metIn(organization: DescribedOrganization): string[] {
  const linesOf = (told: DescribedOrganization): string =>
    JSON.stringify(subjectsOf(told).map((subject) => expectedLines(told, subject)));
  const asDecided = linesOf(asTold(organization));
  return [
    ...Object.entries(oddCases).flatMap(([name, isIn]) => (isIn(organization) ? [name] : [])),
    ...differences.flatMap((difference) =>
      linesOf(asTold(organization, difference)) === asDecided ? [] : [difference.name],
    ),
  ];
}

function inProduct(subject: DescribedSubject, ids: SimulatedIds): Subject {
  switch (subject.kind) {
    case 'account':
      return { kind: 'account', account: asId(known(ids.accounts.get(subject.account.login))) };
    case 'team':
      return { kind: 'team', team: asId(known(ids.teams.get(subject.team.name))) };
    case 'anyone':
      return subject;
  }
}

function nameOf(subject: DescribedSubject): string {
  switch (subject.kind) {
    case 'account':
      return subject.account.login;
    case 'team':
      return `team ${subject.team.name}`;
    case 'anyone':
      return 'anyone';
  }
}
