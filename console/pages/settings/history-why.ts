import type { Schemas } from '../../api/client.ts';
import { synchronizationsWords } from '../../words/synchronizations.ts';

/** Why it was done: of a run, in the words of its own page. */
export const whyOf = ({ act, why }: Pick<Schemas['HistoryEntry'], 'act' | 'why'>): string =>
  act === 'run' ? why.split('; ').map(synchronizationsWords.causeOf).join('; ') : why;
