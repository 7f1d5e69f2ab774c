import { isoSeconds } from '../server/clock.ts';
import type { Project } from './state.ts';

/** The time of the last activity moves at most once an hour (app/models/event.rb: RESET_PROJECT_ACTIVITY_INTERVAL). */
const activityMs = 60 * 60 * 1000;

/** @param now milliseconds since the epoch */
export function moveActivity(project: Project, now: number): void {
  if (Date.parse(project.lastActivityAt) <= now - activityMs) project.lastActivityAt = isoSeconds(now);
}
