/** A table for long lists: only the rows in view are in the page, at most 60, and more are asked for as one comes near the end. */
import { UnstyledButton } from '@mantine/core';
import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useEffect, useRef } from 'react';
import { isDenial } from '../api/problem.ts';
import classes from './data-table.module.css';
import { Icon } from './icon.tsx';
import { ListEnd } from './list-end.tsx';
import { Failure, LoadingRows } from './states.tsx';
import { useTop } from './use-top.ts';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /** What the heading shows instead of its title, such as a box that selects all. */
  readonly heading?: ReactNode;
  cell(row: Row): ReactNode;
  /** In rem; columns without one share what is left. */
  readonly width?: number;
  readonly align?: 'start' | 'end';
  /** Left out on a phone. */
  readonly isWide?: boolean;
  /** Whether the list can be sorted by it, and is. */
  readonly sort?: { readonly state: 'ascending' | 'descending' | undefined; onSort(): void };
}

interface DataTableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  rowKey(row: Row): string;
  readonly isLoading?: boolean;
  readonly error?: Error | null;
  retry?(): void;
  /** Instead of the table, when there are no rows. */
  readonly empty: ReactNode;
  readonly hasMore?: boolean;
  readonly isLoadingMore?: boolean;
  loadMore?(): void;
  /** What is shown does not fit the filter any more. */
  readonly isOutdated?: boolean;
}

/** In pixels, as in the stylesheet. */
const rowHeight = 48;
const rowsMax = 60;
/** Outside the view on each side, so that the focus can move on to them. */
const overscan = 8;
/** So many rows before the end more are asked for. */
const nearEnd = 20;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, isLoading = false, error, retry, empty, hasMore = false, loadMore } = props;
  // A filtered list may have pages without rows before others.
  const goesOn = rows.length === 0 && hasMore && !error;
  useEffect(() => {
    if (goesOn) {
      loadMore?.();
    }
  }, [goesOn, loadMore]);
  if (isLoading || goesOn) {
    return <LoadingRows />;
  }
  if (error && (rows.length === 0 || isDenial(error))) {
    return <Failure error={error} retry={retry} />;
  }
  return rows.length === 0 ? empty : <Rows {...props} />;
}

function Rows<Row>({
  label,
  columns,
  rows,
  rowKey,
  hasMore = false,
  isLoadingMore = false,
  loadMore,
  isOutdated = false,
  error,
  retry,
}: DataTableProps<Row>) {
  const table = useRef<HTMLTableElement>(null);
  const top = useTop(table);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan,
    scrollMargin: top,
    rangeExtractor: (range) => defaultRangeExtractor(range).slice(0, rowsMax),
  });
  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1);
  useEffect(() => {
    if (hasMore && last !== undefined && last.index >= rows.length - nearEnd) {
      loadMore?.();
    }
  }, [hasMore, last, rows.length, loadMore]);
  const before = (shown[0]?.start ?? top) - top;
  const after = virtualizer.getTotalSize() - ((last?.end ?? top) - top);
  return (
    <div className={classes.frame} data-outdated={isOutdated || undefined}>
      <table
        ref={table}
        className={classes.table}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        aria-label={label}
      >
        <colgroup>
          {columns.map(({ key, width, isWide }) => (
            <col
              key={key}
              className={isWide ? classes.wide : undefined}
              style={width === undefined ? undefined : { width: `${width}rem` }}
            />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Heading key={column.key} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Space height={before} />
          {shown.map(({ index }) => {
            const row = rows[index];
            return (
              row !== undefined && <TableRow key={rowKey(row)} row={row} place={index} columns={columns} />
            );
          })}
          <Space height={after} />
        </tbody>
      </table>
      <ListEnd isLoadingMore={isLoadingMore} error={error} retry={retry} />
    </div>
  );
}

interface TableRowProps<Row> {
  readonly row: Row;
  /** From 0. */
  readonly place: number;
  readonly columns: readonly Column<Row>[];
}

/** While one scrolls, only the rows that come into view are made. */
const TableRow = memo(function TableRow<Row>({ row, place, columns }: TableRowProps<Row>) {
  return (
    // The headings are the first row.
    <tr className={classes.row} aria-rowindex={place + 2}>
      {columns.map(({ key, cell, align, isWide }) => (
        <td key={key} data-align={align} className={isWide ? classes.wide : undefined}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
});

/** Stands for the rows that are not in the page. One cell, since a phone leaves out some of the columns. */
function Space({ height }: { readonly height: number }) {
  return height <= 0 ? null : (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it is empty, and nothing in it can have the focus
    <tr aria-hidden="true">
      <td style={{ height }} />
    </tr>
  );
}

function Heading<Row>({ column: { title, heading, align, isWide, sort } }: { readonly column: Column<Row> }) {
  return (
    <th
      scope="col"
      data-align={align}
      className={isWide ? classes.wide : undefined}
      {...(sort === undefined ? {} : { 'aria-sort': sort.state ?? 'none' })}
    >
      {sort === undefined ? (
        (heading ?? title)
      ) : (
        <UnstyledButton className={classes.sort} onClick={sort.onSort}>
          {title}
          {sort.state !== undefined && <Icon name={sort.state === 'ascending' ? 'up' : 'down'} size={14} />}
        </UnstyledButton>
      )}
    </th>
  );
}
