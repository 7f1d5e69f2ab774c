/**
 * The forge in memory, which most tests read, fulfils the contract of all forges, so that no test relies on behaviour that no forge has.
 */
import type { Fact } from '../../shared/domain/facts.ts';
import { factKey } from '../../shared/domain/facts.ts';
import type { ForgeTraits } from '../../shared/domain/forge-traits.ts';
import { asId } from '../../shared/domain/ids.ts';
import { namesIn } from '../../shared/domain/scopes.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { gitHubTraits } from '../../shared/forge/github/traits.ts';
import type { ForgeClient } from '../../shared/forge/module.ts';
import { listingTraits } from '../support/listing-forge.ts';
import { aFact, createMemoryForge, type MemoryForge } from '../support/memory-forge.ts';
import { codeOfAnswer, type ForgeFixture, type WorldChanges } from './forge-contract/fixture.ts';
import { forgeContract } from './forge-contract.ts';

const refuse = (): Promise<never> => Promise.reject(new Error('the forge in memory has no contents'));
const contents: ForgeClient['contents'] = { readRefs: refuse, readArchive: refuse, contains: refuse };

async function startMemory(traits: ForgeTraits): Promise<ForgeFixture> {
  const clock = { time: 0 };
  const forge = createMemoryForge([aFact.settings(), aFact.member(1, 'owner')]);
  forge.layout = traits.scopes;
  forge.perStep = 3;
  const changes = changesOf(forge);
  const hasTeams = namesIn(traits.scopes).includes('teams');
  return {
    traits,
    changes,
    async fill() {
      const count = 2 * forge.perStep + 1;
      for (let place = 0; place < count; place += 1) {
        const account = await changes.addMember();
        const repository = await changes.addRepository(`filled-${place}`);
        await changes.addCollaborator(repository, account);
        if (!hasTeams) continue;
        const team = await changes.addTeam();
        await changes.addTeamMember(team, account);
        await changes.grant(team, repository);
      }
      return count;
    },
    fault(fault) {
      forge.before = () => {
        if (fault !== undefined && 'answers' in fault)
          throw new ForgeError(codeOfAnswer[fault.answers], 'a fault');
      };
    },
    // It has no totals and no budget.
    cannot: ['short-pages', 'too-many-requests'],
    open: async () => ({ structure: forge.reader(), contents, requests: () => 0 }),
    requests: () => 0,
    clock: {
      now: () => clock.time,
      advance(ms) {
        clock.time += ms;
      },
    },
    close: async () => {},
  };
}

function changesOf(forge: MemoryForge): WorldChanges {
  let last = 100;
  const fresh = (): number => ++last;
  const add = (fact: Fact): void => {
    forge.facts = [...forge.facts.filter((one) => factKey(one) !== factKey(fact)), fact];
  };
  const remove = (isGone: (fact: Fact) => boolean): void => {
    forge.facts = forge.facts.filter((fact) => !isGone(fact));
  };
  const removeRow = async (key: string): Promise<void> => remove((fact) => factKey(fact) === key);
  const removeWithRows = async (id: string): Promise<void> =>
    remove((fact) => factKey(fact).split('#').includes(id));
  const none = (): Promise<never> => Promise.reject(new Error('the forge in memory has no refs'));
  return {
    async addMember() {
      const id = fresh();
      add(aFact.member(id));
      return asId(id);
    },
    removeMember: removeWithRows,
    async addTeam() {
      const id = fresh();
      add(aFact.team(id));
      return asId(id);
    },
    removeTeam: removeWithRows,
    addTeamMember: async (team, account) => add(aFact.teamMember(Number(team), Number(account))),
    removeTeamMember: (team, account) => removeRow(`team-member#${account}#${team}`),
    grant: async (team, repository) => add(aFact.teamRepository(Number(team), Number(repository))),
    revoke: (team, repository) => removeRow(`team-repository#${team}#${repository}`),
    async addRepository(name) {
      const id = fresh();
      add(aFact.repository(id, { name, fullName: `acme/${name}` }));
      return asId(id);
    },
    removeRepository: removeWithRows,
    renameRepository: async (id, name) =>
      add(aFact.repository(Number(id), { name, fullName: `acme/${name}` })),
    addCollaborator: async (repository, account) =>
      add(aFact.collaborator(Number(repository), Number(account))),
    removeCollaborator: (repository, account) => removeRow(`collaborator#${account}#${repository}`),
    push: none,
    removeRef: none,
  };
}

// It stands in for forges of both layouts in the tests of runs.
const layouts = { "GitHub's layout": gitHubTraits, 'a list of permissions': listingTraits };
for (const [name, traits] of Object.entries(layouts)) {
  forgeContract(`the forge in memory with ${name}`, () => startMemory(traits), {
    without: ['contents', 'deliveries', 'hooks', 'credential', 'signIn'],
  });
}
