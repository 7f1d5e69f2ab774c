import '@mantine/charts/styles.layer.css';
import { AreaChart, BarChart } from '@mantine/charts';
import { Text, VisuallyHidden } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { locale, shownNumber } from '../../words/locale.ts';
import { overviewWords } from '../../words/overview.ts';
import classes from './overview-page.module.css';

const words = overviewWords.activity;
const shownDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });

type Days = Schemas['Activity']['days'];

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
    <>
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
      <VisuallyHidden>
        <Table days={days} />
      </VisuallyHidden>
    </>
  );
}

/** The same for whoever does not see the charts. */
const Table = ({ days }: { readonly days: Days }) => (
  <table>
    <caption>{words.table}</caption>
    <thead>
      <tr>
        <th scope="col">{words.day}</th>
        <th scope="col">{words.series.downloads}</th>
        <th scope="col">{words.series.packages}</th>
      </tr>
    </thead>
    <tbody>
      {days.map(({ day, downloads, packages }) => (
        <tr key={day}>
          <th scope="row">{shownDay.format(new Date(day))}</th>
          <td>{shownNumber(downloads)}</td>
          <td>{shownNumber(packages)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
