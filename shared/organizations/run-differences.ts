/** The changes of a run as data, for showing what was before and after side by side. */
import { evidenceText } from '../domain/evidence.ts';
import { fieldDifferences } from '../domain/fact-differences.ts';
import { type Fact, isInherited } from '../domain/facts.ts';
import { teamPrincipal } from '../domain/ids.ts';
import { repositoryKey } from '../domain/repository-key.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { StoredChange } from '../store/change-schema.ts';
import { changePage, type Page } from '../store/run-store.ts';
import type { Table } from '../store/table.ts';
import { changeText } from './change-text.ts';
import { recordedRun } from './describe-run.ts';
import { type Names, namesOnPage, nameWithoutId } from './display-names.ts';
import type { PageOfRun } from './run-pages.ts';

interface NamedThing {
  readonly id: string;
  readonly name: string;
}

export interface RunDifference {
  /** `package-name`: a name passed to another repository; `text`: an earlier version kept only the line. */
  readonly kind: 'add' | 'update' | 'return' | 'remove' | 'package-name' | 'text';
  /** What it is about. */
  readonly fact?: Fact['kind'];
  readonly account?: NamedThing;
  readonly team?: NamedThing;
  /** The team that the row is inherited from. */
  readonly inheritedFrom?: NamedThing;
  readonly repository?: NamedThing;
  readonly package?: string;
  /** Of everything else that the code host says of it. */
  readonly fields: readonly { readonly name: string; readonly before?: string; readonly after?: string }[];
  readonly reason: string;
  /** The same as a line of text. */
  readonly text: string;
}

/**
 * A page of a run's changes. Two reads.
 *
 * @throws CallerError when there is no record of the run
 */
export async function differencesOfRun(
  table: Table,
  synchronization: Synchronization,
  number: number,
  page: PageOfRun,
): Promise<Page<RunDifference>> {
  const { entries, next } = await changePage(table, synchronization.id, number, page);
  if (entries.length === 0 && page.after === undefined) {
    await recordedRun(table, synchronization, number);
  }
  const names = await namesOnPage(table, synchronization.id, entries);
  return { entries: entries.map((change) => differenceOf(synchronization, change, names)), next };
}

export function differenceOf(
  synchronization: Pick<Synchronization, 'id'>,
  change: StoredChange,
  names: Names,
): RunDifference {
  const text = changeText(change, names);
  if (typeof change === 'string') {
    return { kind: 'text', fields: [], reason: '', text };
  }
  if (change.kind === 'package-name') {
    const [before, after] = [change.before, change.after].map(({ repository }) =>
      nameWithoutId(names, 'repository', repository),
    );
    const field = { name: 'repository', ...(before && { before }), ...(after && { after }) };
    return { kind: change.kind, package: change.name, fields: [field], reason: change.reason, text };
  }
  const before = 'before' in change ? change.before : undefined;
  const after = 'after' in change ? change.after : undefined;
  const fact = after ?? before;
  return {
    kind: change.kind,
    ...(fact && { fact: fact.kind, ...subjectsOf(synchronization, fact, names) }),
    fields: fieldDifferences(before, after)
      .filter(({ name }) => !identifying.has(name))
      .map(({ name, ...values }) => ({ name, ...values })),
    reason: change.kind === 'update' ? '' : evidenceText(change.kind, change.evidence),
    text,
  };
}

/** Attributes that say which fact it is, or that only an adapter understands. */
const identifying: ReadonlySet<string> = new Set([
  ...['kind', 'account', 'team', 'repository', 'login'],
  ...['via', 'keyedByVia', 'handle'],
]);

function subjectsOf({ id }: Pick<Synchronization, 'id'>, fact: Fact, names: Names) {
  const team = (of: Extract<Fact, { kind: 'team' }>['team']): NamedThing => ({
    id: teamPrincipal(id, of),
    name: nameWithoutId(names, 'team', of),
  });
  return {
    ...('account' in fact && {
      account: { id: `${id}.${fact.account}`, name: nameWithoutId(names, 'account', fact.account) },
    }),
    ...('team' in fact && { team: team(fact.team) }),
    ...(isInherited(fact) && { inheritedFrom: team(fact.via) }),
    ...('repository' in fact && {
      repository: {
        id: repositoryKey({ synchronization: id, repository: fact.repository }),
        name: nameWithoutId(names, 'repository', fact.repository),
      },
    }),
  };
}
