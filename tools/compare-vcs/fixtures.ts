/** Rows for tests. */
import type { JudgedRow, Row } from './rows.ts';

/** @param change of the row itself, or of its metadata */
export function aRow(
  versionNormalized: string,
  {
    name = 'acme/lib',
    version = versionNormalized,
    reference = 'a'.repeat(40),
    ...metadata
  }: Partial<Row> & Readonly<Record<string, unknown>> = {},
): Row {
  return { name, version, versionNormalized, reference, metadata: { type: 'library', ...metadata } };
}

export function aJudgedRow(
  values: Row,
  {
    errors = [],
    warnings = [],
    values: valid = values,
    own = [],
    tags = [],
  }: Partial<JudgedRow['judgement'] & Pick<JudgedRow, 'own' | 'tags'>> = {},
): JudgedRow {
  return { values, own, tags, judgement: { errors, warnings, values: errors.length > 0 ? null : valid } };
}
