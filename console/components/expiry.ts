/** When a token or key is to end, as people choose it. */

/** Days, `never`, or `date` for one that is entered. */
export interface Expiry {
  readonly choice: string;
  /** A day as a field for dates has it, such as 2027-01-31; empty before one is entered. */
  readonly date: string;
}

export const never = 'never';
export const ownDate = 'date';

/** Offered beside what is usual. */
const offeredDays = [30, 90, 180, 365];
const dayMs = 86_400_000;
/** The clock of the browser may be ahead, and the registry refuses what lives longer than it allows. */
const skewMs = 5 * 60_000;

/** What is usual first. @param longest days; undefined: any, also for ever */
export function expiryChoices(usual: number, longest: number | undefined): readonly string[] {
  const most = longest ?? Number.POSITIVE_INFINITY;
  const days = [...new Set([Math.min(usual, most), ...offeredDays.filter((one) => one <= most)])];
  return [...days.map(String), ownDate, ...(longest === undefined ? [never] : [])];
}

/**
 * As the API takes it. A day that was entered counts whole, in the time zone of the browser.
 *
 * @param usual days; what is usual is left to the registry
 * @param now milliseconds since the epoch
 * @returns null: never; undefined: what is usual
 */
export function expiresAtOf({ choice, date }: Expiry, usual: number, now: number): string | null | undefined {
  if (choice === never) {
    return null;
  }
  if (choice === ownDate) {
    return new Date(`${date}T23:59:59`).toISOString();
  }
  const days = Number(choice);
  return days === usual ? undefined : new Date(now + days * dayMs - skewMs).toISOString();
}

/** The day that it ends on; undefined for never, and while there is none. @param now milliseconds since the epoch */
export function endOf({ choice, date }: Expiry, now: number): Date | undefined {
  if (choice === never || (choice === ownDate && date === '')) {
    return undefined;
  }
  return choice === ownDate ? new Date(`${date}T23:59:59`) : new Date(now + Number(choice) * dayMs);
}

/** As a field for dates has it, in the time zone of the browser. @param at milliseconds since the epoch */
export function dayOf(at: number): string {
  const day = new Date(at);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

/** The first and the last day that may be entered. @param longest days */
export const dayRange = (longest: number | undefined, now: number) => ({
  min: dayOf(now + dayMs),
  max: longest === undefined ? undefined : dayOf(now + (longest - 1) * dayMs),
});
