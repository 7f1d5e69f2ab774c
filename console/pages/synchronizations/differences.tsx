/** Changes on a code host as a diff: sorted by whom or what they are about, with signs and colours. */
import { Text, VisuallyHidden } from '@mantine/core';
import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { ListEnd } from '../../components/list-end.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { useTop } from '../../components/use-top.ts';
import { differencesWords as words } from '../../words/differences.ts';
import { type Group, groupsOf, type Line } from './difference-groups.ts';
import classes from './differences.module.css';

interface DifferencesProps {
  readonly slug: string;
  /** What the list has, for screen readers. */
  readonly label: string;
  readonly differences: readonly Schemas['RunDifference'][];
  readonly hasMore?: boolean;
  readonly isLoadingMore?: boolean;
  loadMore?(): void;
  readonly error?: Error | null;
  retry?(): void;
  /** Where it is the same for all, it stands above them. */
  readonly isReasonShown?: boolean;
}

interface Row {
  readonly key: string;
  readonly group: Group;
  /** Undefined: the row names the group. */
  readonly line: Line | undefined;
}

const rowsOf = (groups: readonly Group[]): readonly Row[] =>
  groups.flatMap((group) => [
    { key: group.key, group, line: undefined },
    ...group.lines.map((line, place) => ({ key: `${group.key} ${place}`, group, line })),
  ]);

/** In pixels, until they are measured. */
const rowHeight = 36;
const rowsMax = 60;
const nearEnd = 20;

/** Only the rows in view are in the page, and more are asked for as one comes near the end. */
export function Differences(props: DifferencesProps) {
  const {
    slug,
    label,
    differences,
    hasMore = false,
    isLoadingMore = false,
    loadMore,
    error,
    retry,
    isReasonShown = true,
  } = props;
  const rows = useMemo(() => rowsOf(groupsOf(differences)), [differences]);
  const list = useRef<HTMLUListElement>(null);
  const top = useTop(list);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.key ?? index,
    rangeExtractor: (range) => defaultRangeExtractor(range).slice(0, rowsMax),
  });
  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1);
  useEffect(() => {
    if (hasMore && last !== undefined && last.index >= rows.length - nearEnd) {
      loadMore?.();
    }
  }, [hasMore, last, rows.length, loadMore]);
  return (
    <>
      <ul ref={list} className={classes.list} aria-label={label}>
        <Space height={(shown[0]?.start ?? top) - top} />
        {shown.map(({ index }) => {
          const row = rows[index];
          return (
            row !== undefined && (
              <DifferenceRow
                key={row.key}
                slug={slug}
                row={row}
                index={index}
                isReasonShown={isReasonShown}
                measure={virtualizer.measureElement}
              />
            )
          );
        })}
        <Space height={virtualizer.getTotalSize() - ((last?.end ?? top) - top)} />
      </ul>
      <ListEnd isLoadingMore={isLoadingMore} error={error} retry={retry} />
    </>
  );
}

/** Stands for the rows that are not in the page. */
const Space = ({ height }: { readonly height: number }) =>
  height <= 0 ? null : <li aria-hidden="true" style={{ height }} />;

interface DifferenceRowProps {
  readonly slug: string;
  readonly row: Row;
  readonly index: number;
  readonly isReasonShown: boolean;
  measure(element: HTMLLIElement | null): void;
}

const marks = { added: '+', changed: '~', removed: '−' } as const;

function DifferenceRow({ slug, row: { group, line }, index, isReasonShown, measure }: DifferenceRowProps) {
  return line === undefined ? (
    <li ref={measure} data-index={index} className={classes.group}>
      <Icon name={icons[group.about]} size={16} />
      <h3>
        <GroupName slug={slug} group={group} />
      </h3>
    </li>
  ) : (
    <li ref={measure} data-index={index} className={`${classes.line} ${classes[line.sign]}`}>
      <span className={classes.sign} aria-hidden="true">
        {marks[line.sign]}
      </span>
      <LineText line={isReasonShown ? line : { ...line, reason: '' }} />
    </li>
  );
}

const icons: Readonly<Record<Group['about'], IconName>> = {
  account: 'user',
  team: 'team',
  repository: 'repository',
  package: 'package',
  organization: 'settings',
  others: 'sync',
};

function GroupName({
  slug,
  group: { about, id, name },
}: {
  readonly slug: string;
  readonly group: Group;
}): ReactNode {
  if (about === 'account' && id !== undefined) {
    return (
      <AnchorLink to="/o/$slug/people/$person" params={{ slug, person: id }} size="sm" fw={600}>
        {name}
      </AnchorLink>
    );
  }
  if (about === 'team' && id !== undefined) {
    return (
      <AnchorLink to="/o/$slug/teams/$team" params={{ slug, team: id }} size="sm" fw={600}>
        {name}
      </AnchorLink>
    );
  }
  if (about === 'repository' && id !== undefined) {
    return (
      <AnchorLink
        to="/o/$slug/repositories"
        params={{ slug }}
        search={{ name, show: 'all' }}
        size="sm"
        fw={600}
      >
        {name}
      </AnchorLink>
    );
  }
  return about === 'package' ? <PackageLink slug={slug} name={name} /> : name;
}

const LineText = ({ line: { sign, text, fields, reason } }: { readonly line: Line }) => (
  <div>
    <VisuallyHidden>{words.signs[sign]}: </VisuallyHidden>
    {text}
    {fields.map(({ label, before, after }) => (
      <div key={label}>
        <Text span size="sm" c="dimmed">
          {label}{' '}
        </Text>
        <del className={classes.before}>{before}</del> → <ins className={classes.after}>{after}</ins>
      </div>
    ))}
    {reason !== '' && (
      <Text size="xs" c="dimmed">
        {reason}
      </Text>
    )}
  </div>
);

interface CountsProps {
  readonly counts: Schemas['Run']['counts'];
}

/** How much changed, as signs with numbers. */
export function Counts({ counts: { add, update, remove } }: CountsProps) {
  const parts = [
    ['added', add, classes.plus],
    ['changed', update, classes.changes],
    ['removed', remove, classes.minus],
  ] as const;
  return (
    <span className={classes.counts}>
      {parts.map(
        ([sign, count, className]) =>
          count > 0 && (
            <span key={sign} className={className}>
              <span aria-hidden="true">
                {marks[sign]}
                {count}
              </span>
              <VisuallyHidden>{words.counts[sign](count)}</VisuallyHidden>
            </span>
          ),
      )}
    </span>
  );
}
