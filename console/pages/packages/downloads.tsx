import { Group, Progress, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Schemas } from '../../api/client.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Empty } from '../../components/states.tsx';
import { shownNumber } from '../../words/locale.ts';
import { packageWords } from '../../words/package.ts';
import { everyDay } from './every-day.ts';
import type { PanelProps } from './panel.ts';
import { downloadsQuery } from './queries.ts';
import { dayCounts } from './search.ts';
import { readVersion } from './version-order.ts';

const words = packageWords.downloads;
const from = '/o/$slug/packages/$vendor/$name';
const chartHeight = 220;
const DownloadsChart = lazy(async () => ({
  default: (await import('./downloads-chart.tsx')).DownloadsChart,
}));

/** How often it was installed, by day and by version. */
export function Downloads({ path }: PanelProps) {
  const { days = dayCounts[0] } = useSearch({ from });
  const navigate = useNavigate({ from });
  const query = useQuery(downloadsQuery(path, days));
  return (
    <Stack gap="lg">
      <SegmentedControl
        aria-label={words.period}
        data={dayCounts.map((value) => ({ value, label: words.periods[value] }))}
        value={days}
        onChange={(value) =>
          void navigate({
            search: (before) => ({ ...before, days: dayCounts.find((one) => one === value) }),
            replace: true,
          })
        }
        style={{ alignSelf: 'flex-start' }}
      />
      <Loaded query={query} skeleton={<Skeleton height={chartHeight + 120} />}>
        {(found) =>
          found.versions.length === 0 && found.days.length === 0 ? (
            <Empty icon="package" {...words.none} />
          ) : (
            <Found found={found} days={days} />
          )
        }
      </Loaded>
    </Stack>
  );
}

interface FoundProps {
  readonly found: Schemas['Downloads'];
  readonly days: string;
}

function Found({ found, days }: FoundProps) {
  const shown = everyDay(found.days, Number(days), Date.now());
  const total = shown.reduce((sum, { count }) => sum + count, 0);
  const versions = found.versions.toSorted((one, other) => other.count - one.count);
  const sum = versions.reduce((all, { count }) => all + count, 0);
  return (
    <>
      <div>
        <Text fw={600} mb="sm">
          {words.total(total, days)}
        </Text>
        <Suspense fallback={<Skeleton height={chartHeight} />}>
          <DownloadsChart days={shown} height={chartHeight} label={words.total(total, days)} />
        </Suspense>
      </div>
      <section>
        <Title order={2} size="h4" mb="sm">
          {words.byVersion}
        </Title>
        <DataTable
          label={words.byVersion}
          columns={columnsOf(sum)}
          rows={versions}
          rowKey={({ version }) => version}
          empty={<Empty icon="package" {...words.none} />}
        />
      </section>
    </>
  );
}

const columnsOf = (sum: number): readonly Column<Schemas['Downloads']['versions'][number]>[] => [
  { key: 'version', title: words.versionColumns.version, cell: ({ version }) => readVersion(version) },
  {
    key: 'share',
    title: words.versionColumns.share,
    isWide: true,
    cell: ({ count }) => (
      <Group>
        <Progress aria-hidden="true" value={(100 * count) / sum} size="sm" w="100%" />
      </Group>
    ),
  },
  {
    key: 'count',
    title: words.versionColumns.count,
    width: 8.5,
    align: 'end',
    cell: ({ count }) => shownNumber(count),
  },
];
