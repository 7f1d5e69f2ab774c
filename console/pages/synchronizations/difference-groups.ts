/** Changes on a code host, sorted by whom or what they are about, and each as a line. */
import type { Schemas } from '../../api/client.ts';
import { exactTime } from '../../components/time.ts';
import { differencesWords as words } from '../../words/differences.ts';

type Difference = Schemas['RunDifference'];
export type Sign = keyof typeof words.signs;

export interface Group {
  /** Of all on the page. */
  readonly key: string;
  readonly about: keyof typeof words.subjects | 'organization' | 'others';
  readonly name: string;
  /** Of the person, the team or the repository, if it is still there. */
  readonly id: string | undefined;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly sign: Sign;
  readonly text: string;
  readonly fields: readonly FieldChange[];
  /** Empty if it goes without saying. */
  readonly reason: string;
}

interface FieldChange {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** So many changes are sorted together: lists grow at their end alone, and nothing that is shown moves. */
const sortedTogether = 100;

/** The groups in the order of their first changes. Of long lists each page has its own. */
export function groupsOf(differences: readonly Difference[]): readonly Group[] {
  const pages = Array.from({ length: Math.ceil(differences.length / sortedTogether) }, (_, place) =>
    differences.slice(place * sortedTogether, (place + 1) * sortedTogether),
  );
  return pages.flatMap((page, place) =>
    [...Map.groupBy(page, (one) => keyOf(subjectOf(one)))].map(([key, ofGroup]) => ({
      ...groupOf(ofGroup),
      key: `${place} ${key}`,
    })),
  );
}

type Subject = Pick<Group, 'about' | 'name' | 'id'>;

const keyOf = ({ about, name, id = name }: Subject): string => `${about} ${id}`;

function groupOf(differences: readonly Difference[]): Omit<Group, 'key'> {
  const [first] = differences;
  const { about, name, id } = first === undefined ? others : subjectOf(first);
  const isGone = differences.some(({ kind, fact }) => kind === 'remove' && fact === factOf[about]);
  return { about, name, id: isGone ? undefined : id, lines: differences.map(lineOf) };
}

/** The fact without which the subject is not there any more. */
const factOf: Readonly<Partial<Record<Group['about'], Difference['fact']>>> = {
  account: 'member',
  team: 'team',
  repository: 'repository',
};

const others: Subject = { about: 'others', name: words.others, id: undefined };

function subjectOf({ fact, account, team, repository, package: name }: Difference): Subject {
  if (name !== undefined) {
    return { about: 'package', name, id: name };
  }
  if (fact === 'settings') {
    return { about: 'organization', name: words.organization, id: undefined };
  }
  return account !== undefined
    ? { about: 'account', ...account }
    : team !== undefined
      ? { about: 'team', ...team }
      : repository !== undefined
        ? { about: 'repository', ...repository }
        : others;
}

const signs: Readonly<Record<Difference['kind'], Sign>> = {
  add: 'added',
  return: 'added',
  update: 'changed',
  'package-name': 'changed',
  text: 'changed',
  remove: 'removed',
};

function lineOf(difference: Difference): Line {
  const { kind, fields, reason } = difference;
  const text = textOf(difference);
  return {
    sign: signs[kind],
    text: kind === 'return' ? `${text} ${words.lines.again}` : text,
    fields: kind === 'update' ? fields.map(fieldOf) : [],
    reason: reason === words.obviousReason ? '' : reason,
  };
}

function textOf({ kind, fact, team, repository, inheritedFrom, fields, text }: Difference): string {
  const shownOf = (name: string): string | undefined => {
    const field = fields.find((one) => one.name === name);
    return kind === 'update' ? undefined : (field?.after ?? field?.before);
  };
  const { lines } = words;
  switch (fact) {
    case 'settings':
      return lines.settings;
    case 'member':
      return lines.member(shownOf('role'));
    case 'role-member':
    case 'role-team':
      return lines.role(shownOf('name'));
    case 'team-member':
      return lines.inTeam(team?.name ?? '', inheritedFrom?.name);
    case 'team-repository':
    case 'collaborator':
      return lines.reads(repository?.name ?? '', shownOf('permission'), inheritedFrom?.name);
    case 'team':
      return lines.team;
    case 'repository':
      return lines.repository(shownOf('visibility'));
    default: {
      const [passed] = fields;
      return kind === 'package-name' ? lines.packageName(passed?.before, passed?.after) : text;
    }
  }
}

/** An id says nothing to people. */
const unnamed: ReadonlySet<string> = new Set(['parent']);

function fieldOf({ name, ...values }: Difference['fields'][number]): FieldChange {
  const { before, after } = onlyChanged(values);
  const shown = (value: string | undefined): string =>
    value === undefined ? words.nothing : unnamed.has(name) ? '…' : shownValue(name, value);
  return { label: words.fields[name] ?? name, before: shown(before), after: shown(after) };
}

/** Of two lists what only one of them has. */
function onlyChanged({
  before,
  after,
}: Omit<Difference['fields'][number], 'name'>): Omit<Difference['fields'][number], 'name'> {
  const [old, now] = [listOf(before), listOf(after)];
  if (old === undefined || now === undefined) {
    return { before, after };
  }
  const without = (list: readonly string[], other: readonly string[]) =>
    list.filter((one) => !other.includes(one)).join(', ') || undefined;
  return { before: without(old, now), after: without(now, old) };
}

/** The API has lists as JSON. */
function listOf(value: string | undefined): readonly string[] | undefined {
  if (value?.startsWith('[') !== true) {
    return undefined;
  }
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}

function shownValue(name: string, value: string): string {
  const at = name.endsWith('At')
    ? Date.parse(/^\d+$/.test(value) ? new Date(Number(value)).toISOString() : value)
    : Number.NaN;
  // A code host's value can be called like anything.
  const known = Object.hasOwn(words.values, value) ? words.values[value] : undefined;
  return Number.isNaN(at) ? (known ?? value) : exactTime(at);
}
