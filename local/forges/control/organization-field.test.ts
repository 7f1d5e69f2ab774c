/** Every change takes an organization, as the first line about changes in docs/worlds.md says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitbucketChangeNames as ofBitbucket } from '../bitbucket/changes.ts';
import { startFixture as startBitbucket } from '../bitbucket/simulator-fixture.ts';
import { changeNames as ofGitHub } from '../github/changes.ts';
import { startFixture as startGitHub } from '../github/simulator-fixture.ts';
import { gitLabChangeNames as ofGitLab } from '../gitlab/changes.ts';
import { startFixture as startGitLab } from '../gitlab/simulator-fixture.ts';
import type { RunChange } from './change.ts';

interface Started {
  readonly run: RunChange;
  close(): Promise<void>;
}
const started = async (
  starting: Promise<{
    readonly simulator: { readonly changes: { readonly runUnchecked: RunChange } };
    close(): Promise<void>;
  }>,
): Promise<Started> => {
  const fixture = await starting;
  return { run: fixture.simulator.changes.runUnchecked, close: () => fixture.close() };
};

describe.each([
  [
    'GitHub',
    ofGitHub,
    () => started(startGitHub()),
    'acme',
    { repository: 'money', description: 'a' },
    'set-description',
  ],
  [
    'GitLab',
    ofGitLab,
    () => started(startGitLab()),
    'acme',
    { project: 'core/money', archived: true },
    'set-project',
  ],
  [
    'Bitbucket',
    ofBitbucket,
    () => started(startBitbucket()),
    'acme',
    { repository: 'money', private: true },
    'set-repository',
  ],
] as const)('a change on the simulated %s', (_, names, start, organization, inside, change) => {
  let world: Started;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world.close());
  const problemOf = (name: string, input: object) =>
    world.run(name, input).then(
      () => '',
      (error: Error) => error.message,
    );

  it('finds what is named in the organization without its name, or with it', async () => {
    expect(await problemOf(change, { organization, ...inside })).toBe('');
    const [[field, value] = ['', '']] = Object.entries(inside);
    const full = { ...inside, [field]: `${organization}/${value}` };
    expect(await problemOf(change, { organization, ...full })).toBe('');
  });

  it('says when there is no such organization', async () => {
    expect(await problemOf(change, { organization: 'nobody', ...inside })).toMatch(
      /^there is no \w+ "nobody"/,
    );
  });

  it.each(names)('%s takes the organization', async (name) => {
    // Most lack what they need besides; one deletes the organization.
    expect(await problemOf(name, { organization })).not.toContain('"organization"');
  });
});
