/** The steps of a drawn way from a person to a package. */
import type { Schemas } from '../../api/client.ts';
import { sourceOf } from '../../components/access-way.ts';
import { whyWords as words } from '../../words/why.ts';

type Explanation = Schemas['AccessExplanation'];
type Way = Schemas['AccessPath'];

export interface Step {
  readonly kind: keyof typeof words.kinds;
  readonly text: string;
  /** Such as the permission. */
  readonly detail?: string | undefined;
  /** Of a team. */
  readonly team?: string;
}

interface Drawn {
  readonly person: string;
  readonly explanation: Explanation;
}

/** From the person by what gives the right, team by team upwards, to the package. */
export const stepsOf = (way: Way, { person, explanation }: Drawn): readonly Step[] => [
  { kind: 'person', text: person, detail: way.team === undefined ? undefined : way.level },
  ...sourcesOf(way),
  ...ends(explanation),
];

function sourcesOf(way: Way): readonly Step[] {
  const { team, inheritedFrom, above, permission } = way;
  if (team === undefined) {
    return [{ kind: 'source', text: sourceOf(way), detail: permission }];
  }
  const inherited = inheritedFrom === undefined || inheritedFrom.id === team.id ? [] : [inheritedFrom];
  const teams = [team, ...(above ?? inherited)];
  return teams.map(({ id, name }, place) => ({
    kind: 'team',
    text: name,
    team: id,
    detail: place === teams.length - 1 ? permission : undefined,
  }));
}

const ends = ({ repository, name }: Explanation): readonly Step[] => [
  { kind: 'repository', text: repository?.name ?? words.withoutRepository },
  { kind: 'package', text: name },
];

/** From the person by what is missing to the package. */
export const brokenStepsOf = ({ person, explanation }: Drawn): readonly Step[] => [
  { kind: 'person', text: person },
  ...explanation.missing.map((one): Step => ({ kind: 'missing', text: words.missingShort[one] })),
  ...ends(explanation),
];
