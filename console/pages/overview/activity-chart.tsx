import '@mantine/charts/styles.layer.css';
import { AreaChart, BarChart } from '@mantine/charts';
import { Text } from '@mantine/core';
import { shownNumber } from '../../words/locale.ts';
import { overviewWords } from '../../words/overview.ts';
import { type Days, shownDay } from './activity-table.tsx';
import classes from './overview-page.module.css';

const words = overviewWords.activity;

/** What both charts have in common. */
const chart = {
  className: classes.chart ?? '',
  dataKey: 'day',
  valueFormatter: shownNumber,
  xAxisProps: { minTickGap: 40 },
  // Without an interval the library leaves out a tick that it thinks too near to the next.
  yAxisProps: { allowDecimals: false, width: 36, interval: 0 },
};

/** A file of its own: only whoever opens the overview needs what draws it. */
export function ActivityChart({ days }: { readonly days: Days }) {
  const downloads = days.reduce((sum, day) => sum + day.downloads, 0);
  const data = days.map((day) => ({ ...day, day: shownDay.format(new Date(day.day)) }));
  return (
    <div className={classes.charts} aria-hidden="true">
      <div>
        <Text size="sm" mb="xs">
          {words.downloads(downloads)}
        </Text>
        <BarChart
          {...chart}
          data={data}
          series={[{ name: 'downloads', label: words.series.downloads, color: 'brand.6' }]}
          barChartProps={{ accessibilityLayer: false }}
          barProps={{ isAnimationActive: false }}
        />
      </div>
      <div>
        <Text size="sm" mb="xs">
          {words.packages(days.at(-1)?.packages ?? 0)}
        </Text>
        <AreaChart
          {...chart}
          data={data}
          series={[{ name: 'packages', label: words.series.packages, color: 'teal.6' }]}
          curveType="stepAfter"
          withDots={false}
          areaChartProps={{ accessibilityLayer: false }}
          areaProps={{ isAnimationActive: false }}
        />
      </div>
    </div>
  );
}
