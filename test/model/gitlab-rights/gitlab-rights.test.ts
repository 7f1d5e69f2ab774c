/**
 * Compares three readings of GitLab's rules over random instances: the naive one (gitlab-rules.ts), the simulated GitLab's, and the product
 * from end to end (GitLab's API as simulated, the adapter's reads, the decision from their facts).
 *
 * `RIGHTS_SEED` repeats a run, `RIGHTS_RUNS` says how many instances; `RIGHTS_PATH` (with the seed) goes straight to the one that failed.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectAccess } from '../../../local/forges/gitlab/rights.ts';
import { type AccessFacts, accessFactsOf, decideAccess } from '../../../shared/domain/access.ts';
import type { Fact } from '../../../shared/domain/facts.ts';
import { asId, type ForgeAccountId } from '../../../shared/domain/ids.ts';
import { namesIn, partOf } from '../../../shared/domain/scopes.ts';
import { gitLab } from '../../../shared/forge/gitlab/module.ts';
import { plainFetch } from '../../../shared/runtime/plain-fetch.ts';
import { readWhole } from '../../contracts/forge-contract/reading.ts';
import { type GitLab, known, startGitLab, untold } from '../../contracts/gitlab-fixture.ts';
import { extent, isLong } from '../../support/long.ts';
import { allowedTo, differences, expectedFor } from './comparison.ts';
import type { DescribedInstance } from './instance.ts';
import { oddCases } from './odd-cases.ts';
import { instances, ownerName, topName } from './random-instances.ts';
import { idOf, type SimulatedIds, simulate } from './simulated-instance.ts';

const seed = Number(process.env.RIGHTS_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20_261_128));
const runs = Number(process.env.RIGHTS_RUNS ?? extent({ short: 60, long: 1_000 }));
const path = process.env.RIGHTS_PATH;
/** An account that GitLab's answers never name. */
const stranger = 999_999;

let lab: GitLab;
let gitDirectory: string;
let kept: ReadonlyMap<string, number>;
beforeAll(async () => {
  lab = await startGitLab();
  const { gitlab } = lab;
  gitDirectory = gitlab.project('acme/core/money').gitDirectory;
  kept = new Map([
    [ownerName, gitlab.user(ownerName).id],
    [topName, gitlab.group(topName).id],
  ]);
});
afterAll(() => lab.close());

test(
  'each part of a random instance is read as the lists have it',
  async () => {
    const property = fc.asyncProperty(instances, async (instance) => {
      load(instance);
      const { facts } = await readAll(instance);
      for (const part of new Set(facts.flatMap((fact) => partOf(fact) ?? []))) {
        const { facts: own, covers } = await readWhole(lab, part);
        // Or it leaves the answer to its list.
        const wanted = facts.filter((fact) => covers.includes(part) && partOf(fact) === part);
        expect(own.map(asText).sort()).toEqual(wanted.map(asText).sort());
      }
    });
    await fc.assert(property, { seed, numRuns: Math.ceil(runs / 10) });
  },
  extent({ short: 300_000, long: 3_600_000 }),
);

const asText = (fact: Fact): string => JSON.stringify(Object.entries(fact).sort());

test(
  `R14, R15, R16, R38: read three times, GitLab's rules give the same rights in ${runs} random instances (RIGHTS_SEED=${seed})`,
  async () => {
    const met = new Set<string>();
    const property = fc.asyncProperty(instances, fc.boolean(), async (instance, isByRest) => {
      Object.assign(lab.services, { fetch: isByRest ? untold : plainFetch });
      const ids = load(instance);
      const { facts, differences: falseAlarms } = await readAll(instance);
      expect(falseAlarms, "people whom GitLab's own list of a project lacks").toEqual([]);
      const access = accessFactsOf(facts);
      for (const user of [...instance.users.map(({ username }) => username), undefined]) {
        const expected = { naive: allowedTo(instance, user), product: expectedFor(instance, user) };
        const found = { naive: simulated(ids, user, instance), product: decided(access, ids, user) };
        expect({ user, ...found }).toEqual({ user, ...expected });
        expect(expected.naive, 'GitLab allows what the product allows').toEqual(
          expect.arrayContaining(expected.product),
        );
      }
      for (const name of metIn(instance)) met.add(name);
    });
    await fc.assert(property, { seed, numRuns: runs, ...(path !== undefined && { path }) });

    const wanted = [...Object.keys(oddCases), ...differences.map(({ name }) => name)];
    const notMet = wanted.filter((name) => !met.has(name));
    expect(path === undefined && runs >= 1_000 ? notMet : [], 'cases that this run has not met').toEqual([]);
  },
  extent({ short: 300_000, long: 3_600_000 }),
);

function load(instance: DescribedInstance): SimulatedIds {
  const { gitlab, clock } = lab;
  gitlab.simulator.requests.clear();
  return simulate(gitlab.state, instance, { gitDirectory, kept, now: clock.now() });
}

/** What the adapter reads of all scopes, and who reads a project by its facts whom GitLab does not list there. */
async function readAll({ hasExternalUsers, viewersInstall }: DescribedInstance) {
  Object.assign(lab.integration.settings, { hasExternalUsers });
  lab.reading.viewersInstall = viewersInstall;
  const reads = [];
  for (const scope of namesIn(gitLab.traits.scopes)) reads.push(await readWhole(lab, scope));
  const compared = reads.flatMap((read) => read.compared ?? []);
  return {
    facts: reads.flatMap(({ facts }) => facts),
    differences: compared.flatMap((one) => {
      const difference = 'difference' in one ? (one.difference ?? '') : '';
      return /does not list/.test(difference) ? [difference] : [];
    }),
  };
}

function decided(access: AccessFacts, ids: SimulatedIds, username: string | undefined): string[] {
  const id = username === undefined ? stranger : idOf(ids.users, username);
  const account = asId<ForgeAccountId>(id);
  const readable = decideAccess({ kind: 'account', account }, access, lab.clock.now());
  return [...ids.projects].flatMap(([name, id]) => (readable.has(asId(id)) ? [name] : [])).sort();
}

/** Whoever cannot sign in still reads what anyone reads. */
function simulated(
  ids: SimulatedIds,
  username: string | undefined,
  { viewersInstall }: DescribedInstance,
): string[] {
  const { gitlab } = lab;
  const reads = viewersInstall ? 'viewsCode' : 'downloadsCode';
  const user = username === undefined ? undefined : gitlab.state.users.get(idOf(ids.users, username));
  return [...ids.projects]
    .filter(([, id]) => {
      const project = known(gitlab.state.projects.get(id));
      return [user, undefined].some((each) => projectAccess(gitlab, project, each)[reads]);
    })
    .map(([name]) => name)
    .sort();
}

/** The odd cases in the instance, and the differences that change something in it. */
function metIn(instance: DescribedInstance): string[] {
  const rights = (but?: (typeof differences)[number]): string =>
    JSON.stringify(instance.users.map(({ username }) => expectedFor(instance, username, but)));
  const asDecided = rights();
  return [
    ...Object.entries(oddCases).flatMap(([name, isIn]) => (isIn(instance) ? [name] : [])),
    ...differences.flatMap((difference) => (rights(difference) === asDecided ? [] : [difference.name])),
  ];
}
