/** When the last push to a project may have been. */

/**
 * Within an hour of the last activity, GitLab does not move its time again: `RESET_PROJECT_ACTIVITY_INTERVAL` in gitlabhq:
 * app/models/event.rb. A push in that hour leaves no trace in the list of projects.
 */
const hiddenMs = 3600_000;
/** As often as lists are read without an event. */
const stepMs = 600_000;

/**
 * The latest time at which a push that the list does not show may have been. It moves on while there may be one, and once more when the
 * hour is over, so that each read of an active project has its refs scanned.
 *
 * @param lastActivityAt ISO 8601
 * @param now milliseconds since the epoch
 * @returns ISO 8601
 */
export function lastPushUntil(lastActivityAt: string, now: number): string {
  const end = Date.parse(lastActivityAt) + hiddenMs;
  if (Number.isNaN(end)) {
    return lastActivityAt;
  }
  return new Date(now < end ? Math.floor(now / stepMs) * stepMs : end).toISOString();
}
