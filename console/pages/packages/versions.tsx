import { Anchor, Badge, Button, Group, Text, Tooltip } from '@mantine/core';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { FloatingBar } from '../../components/floating-bar.tsx';
import { selectColumn } from '../../components/select-column.tsx';
import { useSelection } from '../../components/selection.ts';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { packageWords } from '../../words/package.ts';
import classes from './name-cell.module.css';
import type { PanelProps } from './panel.ts';
import { versionsKey } from './queries.ts';
import { hereFirst, RequirementText } from './requirements.tsx';
import { newestFirst } from './version-order.ts';

type Row = Schemas['Version'];

const words = packageWords.versions;
const hashShown = 10;
const requiresShown = 2;
/** So many are waited for, so that nothing jumps; whoever has more sees them before all are there. */
const sortedMax = 500;
/** The API takes so many at once. */
const deletedMax = 90;
const VersionDialog = lazy(async () => ({ default: (await import('./version-dialog.tsx')).VersionDialog }));
const AcceptMove = lazy(async () => ({ default: (await import('./accept-move.tsx')).AcceptMove }));
const DeleteVersions = lazy(async () => ({
  default: (await import('./delete-versions.tsx')).DeleteVersions,
}));

/** What is open above the table. */
type Opened =
  | { readonly kind: 'version'; readonly version: Row }
  | { readonly kind: 'move'; readonly version: Row; readonly movedTo: string }
  | { readonly kind: 'delete'; readonly versions: readonly string[] };

export function Versions({ path, may }: PanelProps) {
  const list = useList<Row>(versionsKey(path), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/versions', {
        params: { path, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  // They are gone for good, and leave the list of the API as soon as it is published.
  const [deleted, setDeleted] = useState<readonly string[]>([]);
  const rows = useMemo(
    () =>
      list.rows
        .filter(({ version }) => !deleted.includes(version))
        .toSorted((one, other) => newestFirst(one.normalized, other.normalized)),
    [list.rows, deleted],
  );
  useEffect(() => {
    if (list.hasMore && !list.isLoadingMore && list.error === null) {
      list.loadMore();
    }
  });
  const [opened, setOpened] = useState<Opened>();
  const close = (): void => setOpened(undefined);
  const selection = useSelection(
    rows.map(({ version }) => version),
    deletedMax,
  );
  const shown = { slug: path.slug, mayManage: may.managePackages, open: setOpened };
  const select = selectColumn<Row>({
    selection,
    idOf: ({ version }) => version,
    labelOf: ({ version }) => words.selectOf(version),
    title: words.columns.select,
    labelOfAll: words.selectAll,
  });
  return (
    <>
      <DataTable
        label={packageWords.tabs.versions}
        columns={[...(may.managePackages ? [select] : []), ...columnsOf(shown)]}
        rowKey={({ normalized }) => normalized}
        empty={<Empty {...words.none} />}
        {...list}
        // The API has them in the order of their texts, in which 2.9 comes before 2.10.
        rows={rows}
        isLoading={list.isLoading || (list.hasMore && list.error === null && rows.length < sortedMax)}
      />
      {selection.ids.size > 0 && (
        <FloatingBar label={words.selection}>
          <Text size="sm" role="status">
            {words.selected(selection.ids.size)}
          </Text>
          <Group gap="xs">
            <Button
              color="red"
              variant="light"
              onClick={() => setOpened({ kind: 'delete', versions: [...selection.ids] })}
            >
              {packageWords.deleteVersions.action(selection.ids.size)}
            </Button>
            <Button variant="default" onClick={selection.clear}>
              {words.clear}
            </Button>
          </Group>
        </FloatingBar>
      )}
      <Suspense fallback={null}>
        {opened?.kind === 'version' && <VersionDialog path={path} version={opened.version} onClose={close} />}
        {opened?.kind === 'move' && (
          <AcceptMove path={path} version={opened.version} movedTo={opened.movedTo} onClose={close} />
        )}
        {opened?.kind === 'delete' && (
          <DeleteVersions
            path={path}
            versions={opened.versions}
            onDone={() => {
              setDeleted((before) => [...before, ...opened.versions]);
              close();
              selection.clear();
            }}
            onClose={close}
          />
        )}
      </Suspense>
    </>
  );
}

interface Shown {
  readonly slug: string;
  readonly mayManage: boolean;
  open(opened: Opened): void;
}

const columnsOf = (shown: Shown): readonly Column<Row>[] => [
  {
    key: 'version',
    title: words.columns.version,
    cell: (version) => <VersionCell {...shown} version={version} />,
  },
  { key: 'time', title: words.columns.time, width: 9.5, cell: ({ time }) => <When at={time} /> },
  {
    key: 'commit',
    title: words.columns.commit,
    width: 7.5,
    isWide: true,
    cell: ({ commit, page }) =>
      page === undefined ? (
        <Text size="xs" ff="monospace" title={commit}>
          {commit.slice(0, hashShown)}
        </Text>
      ) : (
        <Anchor href={page} rel="noreferrer" title={commit} size="xs" ff="monospace">
          {commit.slice(0, hashShown)}
        </Anchor>
      ),
  },
  {
    key: 'requires',
    title: words.columns.requires,
    isWide: true,
    cell: (version) => <RequiresCell {...shown} version={version} />,
  },
];

interface CellProps extends Shown {
  readonly version: Row;
}

function VersionCell({ version: row, open, mayManage }: CellProps) {
  const { version, state, reason, isDefaultBranch, movedTo, isMoveAccepted } = row;
  return (
    <Group gap="0 var(--mantine-spacing-xs)" className={classes.cell}>
      <Anchor
        component="button"
        type="button"
        size="sm"
        fw={500}
        truncate
        onClick={() => open({ kind: 'version', version: row })}
      >
        {version}
      </Anchor>
      {isDefaultBranch && (
        <Badge variant="light" color="gray" flex="none" visibleFrom="sm">
          {words.defaultBranch}
        </Badge>
      )}
      {state !== 'published' && (
        <Tooltip label={reason} disabled={reason === undefined}>
          <Badge variant="light" color={state === 'withdrawn' ? 'gray' : 'blue'} flex="none">
            {words.states[state]}
          </Badge>
        </Tooltip>
      )}
      {isMoveAccepted && (
        <Badge variant="light" color="blue" flex="none">
          {words.moveAccepted}
        </Badge>
      )}
      {movedTo !== undefined &&
        !isMoveAccepted &&
        (mayManage ? (
          <Button
            size="compact-xs"
            variant="light"
            color="red"
            flex="none"
            onClick={() => open({ kind: 'move', version: row, movedTo })}
          >
            {words.movedTag}
          </Button>
        ) : (
          <Badge variant="light" color="red" flex="none">
            {words.movedTag}
          </Badge>
        ))}
    </Group>
  );
}

function RequiresCell({ slug, version, open }: CellProps) {
  const { requires } = version;
  const more = requires.length - requiresShown;
  if (requires.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.nothing}
      </Text>
    );
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="sm" truncate component="div">
        {hereFirst(requires)
          .slice(0, requiresShown)
          .map((one, place) => (
            <span key={one.name}>
              {place > 0 && ', '}
              <RequirementText slug={slug} requirement={one} />
            </span>
          ))}
      </Text>
      {more > 0 && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          flex="none"
          aria-label={words.moreOf(version.version, more)}
          onClick={() => open({ kind: 'version', version })}
        >
          {words.more(more)}
        </Anchor>
      )}
    </Group>
  );
}
