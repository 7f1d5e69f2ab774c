import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRepository } from './api/rights.ts';
import { changeNames } from './changes.ts';
import { story } from './changes-story.ts';
import { type SimulatorFixture, startFixture } from './simulator-fixture.ts';
import type { GitHubState } from './state.ts';

let fixture: SimulatorFixture;
let state: GitHubState;

beforeEach(async () => {
  fixture = await startFixture();
  state = fixture.simulator.state;
});
afterEach(() => fixture.close());

it('every change sends exactly the events that GitHub sends', async () => {
  const sent: unknown[] = [];
  for (const { change, input } of story) {
    const before = fixture.receiver.received.length;
    await fixture.simulator.changes.runUnchecked(change, input);
    await fixture.simulator.idle();
    sent.push([change, fixture.receiver.events().slice(before).sort()]);
  }
  expect(sent).toEqual(story.map(({ change, events }) => [change, [...events].sort()]));
  expect([...new Set(story.map(({ change }) => change))].sort()).toEqual(changeNames);
});

describe('a change', () => {
  const run = (change: string, input: unknown) => fixture.simulator.changes.runUnchecked(change, input);
  const idOf = (name: string): number => findRepository(state, name)?.repository.id ?? 0;
  const team = (slug: string) => [...state.teams.values()].find((each) => each.slug === slug);

  it('removes a former member from teams and repositories, or keeps him as a collaborator', async () => {
    await run('set-collaborator', { repository: 'money', user: 'ann', permission: 'push' });
    await run('set-collaborator', { repository: 'money', user: 'bob', permission: 'push' });
    await run('remove-organization-member', { user: 'ann' });
    await run('remove-organization-member', { user: 'bob', keepCollaborations: true });
    expect(team('payments')?.members.size).toBe(0);
    const collaborators = state.repositories.get(idOf('acme/money'))?.collaborators;
    expect([...(collaborators ?? [])].map(([id]) => state.users.get(id)?.login).sort()).toEqual([
      'bob',
      'olga',
    ]);
  });

  it('deletes child teams with their parent', async () => {
    await run('delete-team', { team: 'engineering' });
    expect(state.teams.size).toBe(0);
  });

  it('removes a transferred repository from the teams, and keeps its id, collaborators and former name', async () => {
    const id = idOf('acme/money');
    await run('transfer-repository', { repository: 'money', to: 'other', name: 'coins' });
    expect(idOf('other/coins')).toBe(id);
    expect(findRepository(state, 'acme/money')).toMatchObject({ former: true, repository: { id } });
    expect(team('engineering')?.repositories.size).toBe(0);
    expect(state.repositories.get(id)?.collaborators.size).toBe(1);
  });

  it('gives a taken name to the new repository, and never reuses an id', async () => {
    const id = idOf('acme/money');
    await run('rename-repository', { repository: 'money', to: 'cash' });
    const { id: taken } = await run('create-repository', { name: 'money' });
    expect(idOf('acme/money')).toBe(taken);
    await run('delete-repository', { repository: 'acme/money' });
    expect(findRepository(state, 'acme/money')).toBeUndefined();
    const { id: next } = await run('create-repository', { name: 'money' });
    expect(new Set([id, taken, next]).size).toBe(3);
  });

  it("updates the parent's name in a fork, and clears it once the parent is deleted", async () => {
    const { id } = await run('fork-repository', { repository: 'money', organization: 'other', name: 'fork' });
    const parent = (): string | undefined => state.repositories.get(Number(id))?.forkOf;
    expect(parent()).toBe('acme/money');
    await run('rename-repository', { repository: 'money', to: 'cash' });
    expect(parent()).toBe('acme/cash');
    await run('rename-organization', { to: 'apex' });
    expect(parent()).toBe('apex/cash');
    await run('delete-repository', { repository: 'cash' });
    expect(parent()).toBeUndefined();
  });

  it('removes the former names of a deleted repository', async () => {
    await run('rename-repository', { repository: 'money', to: 'cash' });
    await run('delete-repository', { repository: 'cash' });
    expect(state.formerNames.size).toBe(0);
  });

  it('sends an event for a team with a new parent that does not mention the parent', async () => {
    await run('create-team', { name: 'Design' });
    await run('set-team-parent', { team: 'design', parent: 'payments' });
    await fixture.simulator.idle();
    const edited = fixture.receiver.received.find(({ action }) => action === 'edited');
    expect(edited?.payload).toMatchObject({ changes: {}, team: { parent: { slug: 'payments' } } });
  });

  it('pushes versions without a checkout, and moves a tag', async () => {
    await fixture.simulator.changes.pushVersions('billing', ['1.0.0', '1.0.1'], {
      manifest: { require: { php: '*' } },
    });
    await fixture.simulator.idle();
    expect(fixture.receiver.events()).toEqual(['push', 'push', 'push', 'create', 'create']);
    await fixture.simulator.changes.pushVersions('billing', ['1.0.0']);
    await fixture.simulator.idle();
    const moved = fixture.receiver.received.filter(({ payload }) => payload.ref === 'refs/tags/1.0.0');
    expect(moved).toHaveLength(2);
    expect(moved[1]?.payload).toMatchObject({ created: false, before: moved[0]?.payload.after });
  });
});
