import { Checkbox } from '@mantine/core';
import type { Column } from './data-table.tsx';
import type { Selection } from './selection.ts';

interface SelectColumn<Row> {
  readonly selection: Selection;
  /** Undefined for a row that cannot be selected. */
  idOf(row: Row): string | undefined;
  /** For those who do not see the row. */
  labelOf(row: Row): string;
  readonly title: string;
  readonly labelOfAll: string;
}

/** Boxes that select rows; with Shift, all from the one before. */
export const selectColumn = <Row,>({
  selection,
  idOf,
  labelOf,
  title,
  labelOfAll,
}: SelectColumn<Row>): Column<Row> => ({
  key: 'select',
  title,
  width: 2.75,
  heading: (
    <Checkbox
      size="xs"
      aria-label={labelOfAll}
      checked={selection.state === 'all'}
      indeterminate={selection.state === 'some'}
      onChange={selection.toggleAll}
    />
  ),
  cell(row) {
    const id = idOf(row);
    return (
      id !== undefined && (
        <Checkbox
          size="xs"
          aria-label={labelOf(row)}
          checked={selection.ids.has(id)}
          onChange={({ nativeEvent }) =>
            selection.toggle(id, 'shiftKey' in nativeEvent && nativeEvent.shiftKey === true)
          }
        />
      )
    );
  },
});
