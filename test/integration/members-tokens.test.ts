import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  njsIsInstalled,
  runEdge,
  runInBareVm,
  runInNjs,
} from '../../functions/authorize-request/edge-engines.ts';
import { bundleEdge } from '../../infra/bundle.ts';
import {
  asId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
  type SynchronizationId,
} from '../../shared/domain/ids.ts';
import type { Organization } from '../../shared/domain/organization.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { addOrganization } from '../../shared/store/organization-store.ts';
import { addSynchronization } from '../../shared/store/synchronization-store.ts';
import { issueToken, type TokenHolder } from '../../shared/tokens/issue-token.ts';
import { commitOf } from '../support/memory-contents.ts';
import { aFact } from '../support/memory-forge.ts';
import { publishedRegistry } from '../support/published.ts';
import type { Registry } from '../support/registry-fixture.ts';

/**
 * A person is a member of acme and of umbrella. An owner of umbrella makes a token for that person there, keeps a copy, and tries it on
 * acme, where the person reads everything.
 */

const umbrella: Organization = {
  id: asId<OrganizationId>('org2'),
  slug: 'umbrella',
  name: 'Umbrella',
  ownedVendors: ['umbrella'],
};
const synchronization = asId<SynchronizationId>('sync2');

async function addUmbrella({ table }: Registry): Promise<void> {
  await table.transact([
    ...addOrganization(umbrella),
    ...addSynchronization({
      id: synchronization,
      organization: umbrella.id,
      createdAt: Date.parse('2026-11-22T11:00:00Z'),
      forge: 'github',
      baseUrl: 'https://github.com',
      forgeOrganization: asId<ForgeOrganizationId>(901),
      login: 'umbrella',
      connection: { kind: 'app-installation', installation: asId<InstallationId>(78) },
      choice: 'all',
    }),
    ...[aFact.settings(true), aFact.member(1), aFact.team(7), aFact.teamMember(7, 1)].map((fact) =>
      putFact(synchronization, fact, 1),
    ),
  ]);
}

const paths = [
  '/acme/packages.json',
  '/acme/p2/acme/one.json',
  '/acme/p2/acme/one~dev.json',
  '/acme/p2/acme/one%7Edev.json',
  `/acme/dists/acme/one/${commitOf('a')}.zip`,
];

async function createWorld() {
  const registry = await publishedRegistry();
  await addUmbrella(registry);
  const { table, workQueue, clock } = registry;
  const give = async (organization: Organization, holder: TokenHolder) =>
    issueToken({ table, workQueue, clock, randomBytes }, organization, holder, {
      description: '',
      expiresAt: undefined,
    });
  const person: TokenHolder = { kind: 'member', login: 'user-1' };
  const own = await give(registry.organization, person);
  const attackers = {
    member: await give(umbrella, person),
    team: await give(umbrella, { kind: 'team', slug: 'team-7' }),
    organization: await give(umbrella, { kind: 'organization' }),
  };
  await registry.settle();
  return { registry, own, attackers };
}

const hasNjs = njsIsInstalled();

describe.each([
  { engine: 'a bare VM', run: runInBareVm, available: true },
  { engine: 'njs', run: runInNjs, available: hasNjs },
])(
  'a token that an owner of another organization made for a person, at the edge in $engine',
  ({ run, available }) => {
    let world: Awaited<ReturnType<typeof createWorld>>;
    let script = '';
    beforeAll(async () => {
      world = await createWorld();
      script = await bundleEdge();
    });

    async function statuses(token: string, asked: readonly string[]): Promise<readonly (string | number)[]> {
      const { values } = await world.registry.published();
      const requests = asked.map((uri) => ({
        method: 'GET',
        uri,
        querystring: {},
        cookies: {},
        headers: { authorization: { value: `Bearer ${token}` } },
      }));
      const results = await runEdge(run, script, Object.fromEntries(values), requests);
      return results.map(({ answer }) => ('uri' in answer ? 'served' : answer.statusCode));
    }

    it.runIf(available)('reads nothing of the organization whose packages the person reads', async () => {
      const { own, attackers } = world;
      expect(attackers.member.token).toMatch(/^rprt_m_/);
      // The same person has the same principal, whose bitmap in acme has every package.
      expect(attackers.member.principal).toBe(own.principal);
      expect(await statuses(own.token, paths)).toEqual(paths.map(() => 'served'));
      for (const { token } of Object.values(attackers)) {
        expect(await statuses(token, paths)).toEqual(paths.map(() => 404));
        expect(await statuses(token, ['/umbrella/packages.json'])).toEqual(['served']);
      }
      expect(await statuses(own.token, ['/umbrella/packages.json'])).toEqual([404]);
    });
  },
);

it("no use case creates a person's token for every organization", async () => {
  const { registry, own, attackers } = await createWorld();
  const { values } = await registry.published();
  const tokens = [...values].filter(([key]) => key.startsWith('t/')).map(([, value]) => value);
  expect(tokens).toHaveLength(4);
  for (const value of tokens) {
    expect(value).toMatch(/\|only:(acme|umbrella)$/);
  }
  for (const { token } of [own, ...Object.values(attackers)]) {
    expect(token).not.toMatch(/^rprt_u_/);
  }
});
