/** The console in a real browser, on the default world as `npm start` plays it. All stories share one system: it takes longer than each of them. */
import { afterAll, beforeAll, describe } from 'vitest';
import { chromiumPath } from './chromium.ts';
import { type BeforeStory, defaultWorldTests, readBeforeStory } from './default-world.ts';
import { openStage, type Stage } from './stage.ts';
import { accessibilityStories } from './stories/accessibility.ts';
import { keyStories } from './stories/keys.ts';
import { overviewStories } from './stories/overview.ts';
import { packagesStories } from './stories/packages.ts';
import { peopleStories } from './stories/people.ts';
import { profileStories } from './stories/profile.ts';
import { repositoriesStories } from './stories/repositories.ts';
import { settingsStories } from './stories/settings.ts';
import { synchronizationsStories } from './stories/synchronizations.ts';
import { vcsRepositoriesStories } from './stories/vcs-repositories.ts';

let opened: Stage;
let before: BeforeStory;
beforeAll(async () => {
  opened = await openStage(async (stage) => {
    before = await readBeforeStory(stage);
  });
}, 300_000);
afterAll(() => opened?.close());
const stage = (): Stage => opened;

describe('the default world', () => defaultWorldTests(stage, () => before));

describe.skipIf(chromiumPath === undefined)('in a browser', { timeout: 120_000 }, () => {
  describe('every page', () => accessibilityStories(stage));
  describe('tokens and keys', () => keyStories(stage));
  describe('the overview', () => overviewStories(stage));
  describe('packages', () => packagesStories(stage));
  describe('people', () => peopleStories(stage));
  describe('one’s own', () => profileStories(stage));
  describe('repositories', () => repositoriesStories(stage));
  describe('settings', () => settingsStories(stage));
  describe('synchronizations', () => synchronizationsStories(stage));
  describe('at a URL', () => vcsRepositoriesStories(stage));
});
