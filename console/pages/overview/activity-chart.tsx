import '@mantine/charts/styles.layer.css';
import { AreaChart } from '@mantine/charts';
import type { Schemas } from '../../api/client.ts';
import { locale, shownNumber } from '../../words/locale.ts';
import { overviewWords } from '../../words/overview.ts';
import classes from './overview-page.module.css';

const words = overviewWords.activity;
const shownDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** A file of its own: only whoever opens the overview needs what draws it. */
export function ActivityChart({ days }: Schemas['Activity']) {
  const downloads = days.reduce((sum, day) => sum + day.downloads, 0);
  return (
    <div role="img" aria-label={words.label(downloads, days.at(-1)?.packages ?? 0)}>
      <AreaChart
        className={classes.chart ?? ''}
        data={days.map((day) => ({ ...day, day: shownDay.format(new Date(day.day)) }))}
        dataKey="day"
        series={[
          { name: 'downloads', label: words.series.downloads, color: 'brand.6' },
          { name: 'packages', label: words.series.packages, color: 'teal.6', yAxisId: 'right' },
        ]}
        curveType="linear"
        withLegend
        withRightYAxis
        withDots={false}
        valueFormatter={shownNumber}
        xAxisProps={{ minTickGap: 40 }}
        yAxisProps={{ allowDecimals: false, width: 40 }}
        rightYAxisProps={{ allowDecimals: false, width: 40 }}
        areaChartProps={{ accessibilityLayer: false }}
        areaProps={{ isAnimationActive: false }}
      />
    </div>
  );
}
