/**
 * Plays the story of a world: the organizations on GitHub are connected on a clock that is some weeks behind, which then goes forward day by
 * day with what happened meanwhile. The rest happens at the present, while everything runs.
 */
import { setImmediate } from 'node:timers/promises';
import type { Cloud } from '../cloud/cloud.ts';
import { createCloudClock, type SteppableClock } from '../cloud/runtime/clock.ts';
import type { WorldStory } from '../forges/world/story.ts';
import type { StartedOrganization } from './connect-world.ts';
import { reportsOf } from './story-installs.ts';
import { playStep, type StepDependencies } from './story-steps.ts';

const dayMs = 24 * 3600_000;
/** Real time; a reconcile of everything may go on meanwhile. */
const idleMs = 180_000;

/** The clock on which a story begins. */
export const clockOfStory = ({ days }: WorldStory): SteppableClock =>
  createCloudClock({ behindMs: days * dayMs });

export interface Playing extends Omit<StepDependencies, 'idle'> {
  readonly cloud: Cloud;
  readonly registryBaseUrl: string;
  /** Those whose people have tokens. */
  readonly organizations: readonly StartedOrganization[];
  readonly say: (line: string) => void;
}

const withIdle = (playing: Playing): StepDependencies => ({
  ...playing,
  idle: () => playing.cloud.idle({ timeoutMs: idleMs }),
});

/** What happened until now. Afterwards the clock of the cloud shows real time, and its schedules run. */
export async function playPast(story: WorldStory, playing: Playing): Promise<void> {
  const { cloud, say } = playing;
  const dependencies = withIdle(playing);
  for (let day = story.days; day > 0; day--) {
    const steps = (story.past ?? []).filter((step) => step.day === day);
    for (const step of steps) {
      await playStep(dependencies, step);
    }
    await report(story, playing, day);
    // A worker whose clock jumps loses its lease.
    await dependencies.idle();
    await cloud.clock.jump(Math.min(dayMs, Date.now() - cloud.clock.now()));
  }
  await cloud.clock.jump(Date.now() - cloud.clock.now());
  cloud.startSchedules();
  say(`${story.days} days with installations and changes went by`);
}

/** What happens after everything is connected. */
export async function playPresent(story: WorldStory, playing: Playing): Promise<void> {
  await report(story, playing, 0);
  const dependencies = withIdle(playing);
  for (const step of story.present ?? []) {
    await playStep(dependencies, step);
    await setImmediate();
  }
  playing.say('the story of this world is played; docs/worlds.md says what there is to see');
}

/** Sends what Composer reports after installing. */
async function report(
  story: WorldStory,
  { cloud, registryBaseUrl, organizations }: Playing,
  day: number,
): Promise<void> {
  const tokens = new Map(
    organizations
      .flatMap(({ members }) => members.map(({ login, token }) => [login, token] as const))
      .reverse(),
  );
  for (const { login, downloads } of reportsOf(story, day, cloud.clock.now())) {
    const answer = await fetch(`${registryBaseUrl}/downloads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.get(login)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ downloads }),
    });
    await answer.arrayBuffer();
    if (answer.status !== 201) {
      throw new Error(`the report of ${login} is answered with ${answer.status}`);
    }
  }
}
