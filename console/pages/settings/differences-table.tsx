import { differencesOf } from './differences.ts';
import classes from './history-page.module.css';

interface DifferencesTableProps {
  readonly before: unknown;
  readonly after: unknown;
  readonly titles: { readonly field: string; readonly before: string; readonly after: string };
}

/** What is different, field by field; nothing where nothing is. A side that there is not has no column. */
export function DifferencesTable({ before, after, titles }: DifferencesTableProps) {
  const differences = differencesOf(before, after);
  return differences.length === 0 ? null : (
    <table className={classes.differences}>
      <thead>
        <tr>
          <th scope="col">{titles.field}</th>
          {before !== undefined && <th scope="col">{titles.before}</th>}
          {after !== undefined && <th scope="col">{titles.after}</th>}
        </tr>
      </thead>
      <tbody>
        {differences.map((one) => (
          <tr key={one.field}>
            <th scope="row">{one.field}</th>
            {before !== undefined && <td>{one.before}</td>}
            {after !== undefined && <td>{one.after}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
