import { Anchor, Button, Group, List, Loader, Modal, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { LeftOutTable } from '../../components/left-out-table.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { commonWords } from '../../words/common.ts';
import { packageWords } from '../../words/package.ts';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import type { PanelProps } from './panel.ts';
import { type Named, packageKey } from './queries.ts';
import { useRescan } from './use-rescan.ts';

type Entry = Schemas['ScanLogEntry'];
const words = packageWords.scans;
const changesMax = 50;
const fullHash = /\b[0-9a-f]{40}\b/g;
const shortened = (hash: string): string => hash.slice(0, 10);

/** How far the scan of its repository is, what it left out, and what earlier ones changed. */
export function Scans({ path, found, may }: PanelProps) {
  const { notices, leftOut } = found.scan;
  useRefreshAfterScan(path, found.scan.isPending);
  return (
    <Stack gap="xl">
      <State path={path} found={found} may={may} />
      {notices.length > 0 && (
        <section>
          <Title order={2} size="h4" mb="xs">
            {words.notices}
          </Title>
          <List size="sm" spacing={4}>
            {notices.map(({ version, notice }) => (
              <List.Item key={`${version} ${notice}`}>
                <b>{version}</b>: {notice.replaceAll(fullHash, shortened)}
              </List.Item>
            ))}
          </List>
        </section>
      )}
      {leftOut > 0 && (
        <section>
          <Title order={2} size="h4">
            {words.leftOut}
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            {words.leftOutText(leftOut)}
          </Text>
          <LeftOut path={path} />
        </section>
      )}
      <section>
        <Title order={2} size="h4" mb="sm">
          {words.log}
        </Title>
        <Log path={path} />
      </section>
    </Stack>
  );
}

/** What a scan changes is shown once it is over. */
function useRefreshAfterScan(path: Named, isPending: boolean): void {
  const client = useQueryClient();
  const wasPending = useRef(isPending);
  useEffect(() => {
    if (wasPending.current && !isPending) {
      void client.invalidateQueries({ queryKey: packageKey(path) });
    }
    wasPending.current = isPending;
  });
}

function State({ path, found: { scan, state, repository }, may }: PanelProps) {
  const rescan = useRescan(path, repository.id);
  return (
    <div>
      <Group gap="md">
        <Text size="sm" component="div" role="status">
          {scan.isPending ? (
            <Group gap={6}>
              <Loader size={14} aria-hidden="true" />
              {words.pending}
            </Group>
          ) : (
            <>
              {words.last}: <When at={scan.lastScannedAt} otherwise={words.never} />
            </>
          )}
        </Text>
        {may.managePackages && state !== 'unreadable' && (
          <Button
            variant="default"
            size="xs"
            loading={rescan.isPending}
            disabled={scan.isPending}
            onClick={() => rescan.mutate(undefined)}
          >
            {words.again}
          </Button>
        )}
      </Group>
      {scan.isUnfinished && (
        <Text size="sm" c="dimmed" mt={4}>
          {words.unfinished}
        </Text>
      )}
    </div>
  );
}

function LeftOut({ path }: { readonly path: Named }) {
  const list = useList<Schemas['LeftOutRef']>(packageKey(path, 'left-out'), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/left-out', {
        params: { path, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  return <LeftOutTable list={list} />;
}

function Log({ path }: { readonly path: Named }) {
  const [opened, setOpened] = useState<Entry>();
  const list = useList<Entry>(packageKey(path, 'scans'), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}/scans', {
        params: { path, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  return (
    <>
      <DataTable
        label={words.log}
        columns={columnsOf(setOpened)}
        rowKey={({ at }) => at}
        empty={<Empty icon="clock" {...words.none} />}
        {...list}
      />
      {opened !== undefined && <Changes entry={opened} onClose={() => setOpened(undefined)} />}
    </>
  );
}

const columnsOf = (open: (entry: Entry) => void): readonly Column<Entry>[] => [
  { key: 'at', title: words.logColumns.at, width: 9.5, cell: ({ at }) => <When at={at} /> },
  {
    key: 'cause',
    title: words.logColumns.cause,
    width: 12,
    isWide: true,
    cell: ({ cause }) => (cause === undefined ? '–' : synchronizationsWords.causeOf(cause)),
  },
  {
    key: 'changes',
    title: words.logColumns.changes,
    cell: (entry) => (
      <Group gap="xs" wrap="nowrap">
        {entry.failure !== undefined && (
          <Text size="sm" c="red" truncate title={entry.failure.message}>
            {entry.failure.message}
          </Text>
        )}
        {entry.changeCount > 0 && (
          <>
            <Anchor component="button" type="button" size="sm" flex="none" onClick={() => open(entry)}>
              {words.changes(entry.changeCount)}
            </Anchor>
            <Text size="sm" c="dimmed" truncate>
              {entry.changes.map(({ version }) => version).join(', ')}
            </Text>
          </>
        )}
      </Group>
    ),
  },
];

function Changes({ entry, onClose }: { readonly entry: Entry; onClose(): void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.changesTitle}
      size="lg"
      closeButtonProps={{ 'aria-label': commonWords.close }}
    >
      <List size="sm" spacing="xs">
        {entry.changes.map(({ kind, version, reason }) => (
          <List.Item key={`${kind} ${version}`}>
            <b>{version}</b> · {words.kinds[kind]} · {reason}
          </List.Item>
        ))}
      </List>
      {entry.changeCount > changesMax && (
        <Text size="sm" c="dimmed" mt="sm">
          {words.first(entry.changeCount)}
        </Text>
      )}
    </Modal>
  );
}
