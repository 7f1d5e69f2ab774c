/** What the contract makes on a forge: a thing of each kind that its layout has, and what ties them. */
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

/** A member, a repository, and a team if the forge has teams. */
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
  /** What `lookUp` can be asked for. */
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
    /** As who knows the fact reads the part. */
    readPart: (part: PartScope) => readWhole(fixture, part, { handle: handleOf(part) }),
    /** The facts that the whole scopes have of what the part is about, and of others of its kind. */
    async readLists(scope: AnyScope) {
      const read = await Promise.all(listsOf(traits.scopes, scope).map((list) => factsOf(fixture, list)));
      return new Map(read.flatMap((found) => [...found]));
    },
    lookedUp: (part: PartScope): LookedUp => ({ part, handle: handleOf(part) }),
  };
}
export type One = Awaited<ReturnType<typeof makeOne>>;

/** How something comes and goes. */
export interface Change {
  readonly make: (fixture: ForgeFixture, one: One) => Promise<unknown>;
  readonly undo: (fixture: ForgeFixture, one: One) => Promise<unknown>;
  /** Of its fact. */
  readonly key: (one: One) => string;
}

export const tieKinds = ['team-member', 'team-repository', 'collaborator'] as const satisfies MadeKind[];

/** What ties the things that were made. */
export const ties: Readonly<Record<(typeof tieKinds)[number], Change>> = {
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

/** Makes everything that the forge can tie. */
export async function tieAll(fixture: ForgeFixture, one: One): Promise<void> {
  for (const kind of tieKinds) {
    if (whyWithout(fixture, kind) === undefined) await ties[kind].make(fixture, one);
  }
}

export const thingKinds = ['member', 'team', 'repository'] as const satisfies MadeKind[];
export type ThingKind = (typeof thingKinds)[number];

/** Removes a thing that was made. */
export async function removeThing({ changes }: ForgeFixture, one: One, kind: ThingKind): Promise<void> {
  if (kind === 'member') await changes.removeMember(one.account);
  if (kind === 'team') await changes.removeTeam(given(one.team));
  if (kind === 'repository') await changes.removeRepository(one.repository);
}
