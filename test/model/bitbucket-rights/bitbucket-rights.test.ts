/**
 * Compares three readings of Bitbucket's rules over random workspaces: the naive one (bitbucket-rules.ts), the simulated Bitbucket's, which is
 * asked as each person, and the product from end to end (Bitbucket's API as simulated, the adapter's reads, the decision from their facts).
 *
 * `RIGHTS_SEED` repeats a run, `RIGHTS_RUNS` says how many instances; `RIGHTS_PATH` (with the seed) goes straight to the one that failed.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccessFacts, accessFactsOf, decideAccess } from '../../../shared/domain/access.ts';
import type { Fact } from '../../../shared/domain/facts.ts';
import { asId, type ForgeAccountId, type ForgeRepositoryId } from '../../../shared/domain/ids.ts';
import { namesIn, repositoryPart } from '../../../shared/domain/scopes.ts';
import { bitbucket } from '../../../shared/forge/bitbucket/module.ts';
import { createMemoryBudgets } from '../../../shared/forge/budget.ts';
import { type Bitbucket, startBitbucket } from '../../contracts/bitbucket-fixture.ts';
import { readWhole } from '../../contracts/forge-contract/reading.ts';
import { extent, isLong } from '../../support/long.ts';
import { allowedTo, differences, expectedFor } from './comparison.ts';
import type { DescribedInstance } from './instance.ts';
import { oddCases } from './odd-cases.ts';
import { instances, ownerName, workspaceSlug } from './random-instances.ts';
import { idOf, type Kept, type SimulatedIds, simulate } from './simulated-instance.ts';

const seed = Number(process.env.RIGHTS_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20_261_128));
const runs = Number(process.env.RIGHTS_RUNS ?? extent({ short: 20, long: 1_000 }));
const path = process.env.RIGHTS_PATH;
/** An account that Bitbucket's answers never name. */
const stranger = '{99999999-0000-4000-8000-000000000000}';

let lab: Bitbucket;
let kept: Kept;
beforeAll(async () => {
  lab = await startBitbucket();
  const { cloud } = lab;
  kept = {
    owner: cloud.account(ownerName).uuid,
    workspace: cloud.workspace(workspaceSlug).uuid,
    gitDirectory: cloud.repository('acme/money').gitDirectory,
  };
});
afterAll(() => lab.close());

test(
  `R11, R14, R19: read three times, Bitbucket's rules give the same rights in ${runs} random instances (RIGHTS_SEED=${seed})`,
  async () => {
    const met = new Set<string>();
    const property = fc.asyncProperty(instances, async (instance) => {
      const ids = await load(instance);
      const access = accessFactsOf(await readAll());
      for (const nickname of [...instance.accounts.map((each) => each.nickname), undefined]) {
        const expected = { naive: allowedTo(instance, nickname), product: expectedFor(instance, nickname) };
        const found = { naive: await simulated(nickname), product: decided(access, ids, nickname) };
        expect({ nickname, ...found }).toEqual({ nickname, ...expected });
        expect(allowedTo(asIfListed(instance), nickname), 'Bitbucket allows what the product allows').toEqual(
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

test(
  'a repository of a random workspace is read alone as the list has it',
  async () => {
    const property = fc.asyncProperty(instances, async (instance) => {
      const ids = await load(instance);
      const facts = await readAll();
      for (const repository of ids.repositories.values()) {
        const id = asId<ForgeRepositoryId>(repository);
        const { facts: own } = await readWhole(lab, repositoryPart(id));
        const wanted = facts.filter((fact) => concerns(fact, repository));
        expect(own.map(asText).sort()).toEqual(wanted.map(asText).sort());
      }
    });
    await fc.assert(property, { seed, numRuns: Math.ceil(runs / extent({ short: 2, long: 10 })) });
  },
  extent({ short: 300_000, long: 3_600_000 }),
);

const asText = (fact: Fact): string => JSON.stringify(Object.entries(fact).sort());
const concerns = (fact: Fact, repository: string): boolean =>
  (fact.kind === 'collaborator' || fact.kind === 'repository') && fact.repository === repository;

/** Every instance has hours of its own. */
async function load(instance: DescribedInstance): Promise<SimulatedIds> {
  const { simulator, clock, services, cloud } = lab;
  simulator.requests.clear();
  simulator.renewLimits();
  Object.assign(services, { budgets: createMemoryBudgets() });
  const ids = simulate(cloud.state, instance, kept, clock.now());
  const { listsProjectGrants, groups, administration } = instance;
  // With a change the simulator forgets what it remembers of the state before.
  await simulator.changes.run('set-variant', { listsProjectGrants, groups, administration });
  return ids;
}

/** What the adapter reads of all scopes. */
async function readAll(): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const scope of namesIn(bitbucket.traits.scopes)) facts.push(...(await readWhole(lab, scope)).facts);
  return facts;
}

function decided(access: AccessFacts, ids: SimulatedIds, nickname: string | undefined): string[] {
  const account = asId<ForgeAccountId>(nickname === undefined ? stranger : idOf(ids.accounts, nickname));
  const readable = decideAccess({ kind: 'account', account }, access, lab.clock.now());
  return [...ids.repositories].flatMap(([slug, id]) => (readable.has(asId(id)) ? [slug] : [])).sort();
}

/** What Bitbucket lists for them. Whoever cannot sign in still reads what anyone reads. */
async function simulated(nickname: string | undefined): Promise<string[]> {
  const { status, body } = await lab.cloud.json(nickname, `/2.0/repositories/${workspaceSlug}?pagelen=100`);
  if (status === 401 && nickname !== undefined) {
    return simulated(undefined);
  }
  expect(status).toBe(200);
  return body.values.map(({ slug }: { slug: string }) => slug).sort();
}

/** The instance as Bitbucket's lists show it, where they show more rights than there are. */
const asIfListed = (instance: DescribedInstance): DescribedInstance =>
  differences.reduce((all, { isWider, told }) => (isWider ? told(all) : all), instance);

/** The odd cases in the instance, and the differences that change something in it. */
function metIn(instance: DescribedInstance): string[] {
  const rights = (but?: (typeof differences)[number]): string =>
    JSON.stringify(instance.accounts.map(({ nickname }) => expectedFor(instance, nickname, but)));
  const asDecided = rights();
  return [
    ...Object.entries(oddCases).flatMap(([name, isIn]) => (isIn(instance) ? [name] : [])),
    ...differences.flatMap((difference) => (rights(difference) === asDecided ? [] : [difference.name])),
  ];
}
