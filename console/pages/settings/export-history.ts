import { api, type Schemas } from '../../api/client.ts';
import { saveFile } from '../../components/save-file.ts';
import { told } from '../../words/history.ts';
import { historyWords as words } from '../../words/history-page.ts';
import { csvOf } from './csv.ts';
import { type HistorySearch, historyQuery } from './history-search.ts';

export type ExportFormat = 'csv' | 'jsonl';

/** Every entry that the filter selects: the API gives them in several answers. @throws ApiProblem */
async function linesOf(slug: string, filter: HistorySearch): Promise<readonly string[]> {
  const lines: string[] = [];
  let cursor: string | undefined;
  do {
    const { data = '', response } = await api.GET('/api/v1/organizations/{slug}/history/export', {
      params: { path: { slug }, query: { ...historyQuery(filter), cursor } },
      parseAs: 'text',
    });
    lines.push(...data.split('\n').filter((line) => line !== ''));
    cursor = response.headers.get('x-next-cursor') ?? undefined;
  } while (cursor !== undefined);
  return lines;
}

type Entry = Omit<Schemas['HistoryEntry'], 'id'>;

const json = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

const rowOf = (entry: Entry): readonly string[] => [
  ...[entry.at, entry.by, told(entry), entry.act, entry.subject, entry.why],
  ...[entry.actor?.kind ?? '', entry.actor?.id ?? '', entry.from?.address ?? ''],
  ...[json(entry.before), json(entry.after)],
];

/** Saves all that the filter selects as a file. @returns how many entries it has @throws ApiProblem */
export async function exportHistory(
  slug: string,
  filter: HistorySearch,
  format: ExportFormat,
): Promise<number> {
  const lines = await linesOf(slug, filter);
  const name = `${slug}-history.${format}`;
  if (format === 'jsonl') {
    saveFile(name, lines.map((line) => `${line}\n`).join(''), 'application/jsonl');
  } else {
    const rows = lines.map((line) => rowOf(JSON.parse(line)));
    saveFile(name, csvOf([words.exported.columns, ...rows]), 'text/csv');
  }
  return lines.length;
}
