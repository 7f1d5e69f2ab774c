import type { Schemas } from '../../api/client.ts';
import { locale, shownNumber } from '../../words/locale.ts';
import { overviewWords } from '../../words/overview.ts';

const words = overviewWords.activity;

export type Days = Schemas['Activity']['days'];

export const shownDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** The charts' figures for whoever does not see them. */
export const ActivityTable = ({ days }: { readonly days: Days }) => (
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
