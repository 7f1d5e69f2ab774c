/** Creates what the contract works with: one entry of each kind in the forge's layout, and the links between them. */
import type { Fact, FactKind, Handle } from '../../../shared/domain/facts.ts';
import {
  type AnyScope,
  kindsOf,
  listsOf,
  mainKeyOf,
  memberPart,
  type PartScope,
  repositoryPart,
  scopesOfKinds,
  teamPart,
} from '../../../shared/domain/scopes.ts';
import type { LookedUp } from '../../../shared/forge/forge.ts';
import { type ForgeFixture, given, type MadeKind } from './fixture.ts';
import { factsOf, readWhole } from './reading.ts';

/** Why a test about facts of this kind is skipped, if it is. */
export const whyWithout = ({ traits }: ForgeFixture, kind: FactKind): string | undefined =>
  scopesOfKinds(traits.scopes, [kind]).length > 0 ? undefined : `the layout has no facts of the kind ${kind}`;

/** Creates a member, a repository, and a team if the forge has teams. */
export async function makeOne(fixture: ForgeFixture, name: string) {
  const { changes, traits } = fixture;
  const account = await changes.addMember();
  const team = whyWithout(fixture, 'team') === undefined ? await changes.addTeam() : undefined;
  const repository = await changes.addRepository(name);
  const parts = {
    member: memberPart(account),
    ...(team !== undefined && { team: teamPart(team) }),
    repository: repositoryPart(repository),
  };
  const allParts: readonly PartScope[] = Object.values(parts);
  /** The parts that `lookUp` accepts. */
  const workItems = allParts.filter((part) => part !== parts.member);
  const lists = new Set(workItems.flatMap((part) => listsOf(traits.scopes, part)));
  const facts = new Map<string, Fact>();
  for (const list of lists) for (const [key, fact] of await factsOf(fixture, list)) facts.set(key, fact);
  const handleOf = (part: PartScope): Handle | undefined => {
    const fact = facts.get(mainKeyOf(part));
    return fact !== undefined && 'handle' in fact ? fact.handle : undefined;
  };
  return {
    ...{ account, team, repository, parts, allParts, workItems },
    /** The part that has facts of the kind. */
    partWith: (kind: FactKind): PartScope =>
      given(allParts.find((part) => kindsOf(traits.scopes, part).includes(kind))),
    /** Reads the part with its known handle. */
    readPart: (part: PartScope) => readWhole(fixture, part, { handle: handleOf(part) }),
    /** The facts of the whole scopes that list this part. */
    async readLists(scope: AnyScope) {
      const read = await Promise.all(listsOf(traits.scopes, scope).map((list) => factsOf(fixture, list)));
      return new Map(read.flatMap((found) => [...found]));
    },
    lookedUp: (part: PartScope): LookedUp => ({ part, handle: handleOf(part) }),
  };
}
export type One = Awaited<ReturnType<typeof makeOne>>;

/** How a link is made and removed. */
export interface Change {
  readonly make: (fixture: ForgeFixture, one: One) => Promise<unknown>;
  readonly undo: (fixture: ForgeFixture, one: One) => Promise<unknown>;
  /** The key of the link's fact. */
  readonly key: (one: One) => string;
}

export const linkKinds = ['team-member', 'team-repository', 'collaborator'] as const satisfies MadeKind[];

/** The links between what was created. */
export const links: Readonly<Record<(typeof linkKinds)[number], Change>> = {
  'team-member': {
    make: ({ changes }, { team, account }) => changes.addTeamMember(given(team), account),
    undo: ({ changes }, { team, account }) => changes.removeTeamMember(given(team), account),
    key: ({ team, account }) => `team-member#${account}#${team}`,
  },
  'team-repository': {
    make: ({ changes }, { team, repository }) => changes.grant(given(team), repository),
    undo: ({ changes }, { team, repository }) => changes.revoke(given(team), repository),
    key: ({ team, repository }) => `team-repository#${team}#${repository}`,
  },
  collaborator: {
    make: ({ changes }, { repository, account }) => changes.addCollaborator(repository, account),
    undo: ({ changes }, { repository, account }) => changes.removeCollaborator(repository, account),
    key: ({ repository, account }) => `collaborator#${account}#${repository}`,
  },
};

/** Makes every link that the forge has. */
export async function linkAll(fixture: ForgeFixture, one: One): Promise<void> {
  for (const kind of linkKinds) {
    if (whyWithout(fixture, kind) === undefined) await links[kind].make(fixture, one);
  }
}

export const createdKinds = ['member', 'team', 'repository'] as const satisfies MadeKind[];
export type CreatedKind = (typeof createdKinds)[number];

/** Removes what was created. */
export async function removeCreated({ changes }: ForgeFixture, one: One, kind: CreatedKind): Promise<void> {
  if (kind === 'member') await changes.removeMember(one.account);
  if (kind === 'team') await changes.removeTeam(given(one.team));
  if (kind === 'repository') await changes.removeRepository(one.repository);
}
