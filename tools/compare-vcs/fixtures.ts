/** Rows for tests. */
import type { JudgedRow, Row } from './rows.ts';

export function aRow(versionNormalized: string, change: Partial<Row> = {}): Row {
  return {
    name: 'acme/lib',
    version: versionNormalized,
    versionNormalized,
    reference: 'a'.repeat(40),
    type: 'library',
    require: {},
    autoload: {},
    extra: {},
    abandoned: false,
    defaultBranch: false,
    ...change,
  };
}

export function aJudgedRow(
  values: Row,
  { errors = [], warnings = [], values: valid = values }: Partial<JudgedRow['judgement']> = {},
): JudgedRow {
  return { values, judgement: { errors, warnings, values: errors.length > 0 ? null : valid } };
}
