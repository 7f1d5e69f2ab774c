import '@mantine/charts/styles.layer.css';
import { BarChart } from '@mantine/charts';
import { locale, shownNumber } from '../../words/locale.ts';
import { packageWords } from '../../words/package.ts';

const shownDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });

interface DownloadsChartProps {
  readonly days: readonly { readonly day: string; readonly count: number }[];
  /** In pixels. */
  readonly height: number;
  readonly label: string;
}

/** A file of its own: only whoever opens the tab needs what draws it. */
export const DownloadsChart = ({ days, height, label }: DownloadsChartProps) => (
  <div role="img" aria-label={label}>
    <BarChart
      h={height}
      data={days.map(({ day, count }) => ({ day: shownDay.format(new Date(day)), count }))}
      dataKey="day"
      series={[{ name: 'count', label: packageWords.downloads.series, color: 'brand.6' }]}
      valueFormatter={shownNumber}
      xAxisProps={{ minTickGap: 40 }}
      yAxisProps={{ allowDecimals: false, width: 40, interval: 0 }}
      barChartProps={{ accessibilityLayer: false }}
      barProps={{ isAnimationActive: false }}
    />
  </div>
);
