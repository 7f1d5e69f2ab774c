/** Pages of a list of which the viewer sees a part. */

/** So many reads for a page at the most, and so many rows in each after the first. */
const readsMax = 10;
const rowsMax = 100;

export interface PageAsked<Place> {
  readonly limit: number;
  readonly after?: Place | undefined;
}

interface VisiblePage<Shown, Place> {
  readonly items: readonly Shown[];
  /** The place of the last item, if more may follow. Never that of a hidden row: a cursor tells its reader what it names. */
  readonly next: Place | undefined;
  /** Where the reads ended before they found a full page; a hidden row may be there. */
  readonly endedAt: Place | undefined;
}

/**
 * A page of what the viewer sees. Reads on past hidden rows, ten times at the most; and one visible row more than the page has, so that
 * hidden ones alone give no next page.
 *
 * @param read rows after a place, fewer than its limit only at the end of the list
 * @param show what the viewer sees of each row; undefined: nothing
 */
export async function visiblePage<Row, Shown, Place>(
  { limit, after }: PageAsked<Place>,
  read: (page: PageAsked<Place>) => Promise<readonly Row[]>,
  show: (rows: readonly Row[]) => Promise<readonly (Shown | undefined)[]>,
  placeOf: (row: Row) => Place,
): Promise<VisiblePage<Shown, Place>> {
  const seen: { readonly shown: Shown; readonly place: Place }[] = [];
  let endedAt = after;
  for (let reads = 0; reads < readsMax && seen.length <= limit; reads++) {
    const asked = reads === 0 ? limit + 1 : rowsMax;
    const rows = await read({ limit: asked, after: endedAt });
    for (const [index, shown] of (await show(rows)).entries()) {
      const row = rows[index];
      if (row !== undefined && shown !== undefined) {
        seen.push({ shown, place: placeOf(row) });
      }
    }
    const last = rows.at(-1);
    endedAt = last === undefined || rows.length < asked ? undefined : placeOf(last);
    if (endedAt === undefined) {
      break;
    }
  }
  const page = seen.slice(0, limit);
  const isFull = seen.length > limit;
  return {
    items: page.map(({ shown }) => shown),
    next: isFull || endedAt !== undefined ? page.at(-1)?.place : undefined,
    endedAt: isFull ? undefined : endedAt,
  };
}
