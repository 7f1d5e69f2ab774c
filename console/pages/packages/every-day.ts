/** Days for a chart. */
interface Day {
  /** ISO 8601, in UTC. */
  readonly day: string;
  readonly count: number;
}

const dayMs = 86_400_000;

/** All days up to today, the earliest first, where the API leaves out those without any. @param now milliseconds since the epoch */
export function everyDay(known: readonly Day[], count: number, now: number): readonly Day[] {
  const counts = new Map(known.map((one) => [one.day, one.count]));
  return Array.from({ length: count }, (_, place) => {
    const day = new Date(now - (count - 1 - place) * dayMs).toISOString().slice(0, 10);
    return { day, count: counts.get(day) ?? 0 };
  });
}
