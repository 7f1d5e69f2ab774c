import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChangeError } from '../control/change.ts';
import { type SimulatorFixture, startFixture } from './simulator-fixture.ts';

let fixture: SimulatorFixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

describe('an invalid change is refused', () => {
  it.each([
    ['fly', {}, 'there is no change "fly"; there are: add-organization-member'],
    [
      'add-team-member',
      { team: 'payments', user: 'eve' },
      'there is no user "eve"; there are: alice, ann, bob, olga',
    ],
    ['add-team-member', { team: 'payments', user: 'olga' }, 'olga is no member of acme'],
    [
      'add-team-member',
      { team: 'nine', user: 'bob' },
      'there is no team "nine" in acme; there are: engineering, payments',
    ],
    ['add-team-member', { team: 'payments', user: 'bob', role: 'king' }, 'role: Invalid option'],
    ['add-team-member', { team: 'payments' }, 'user: Invalid input'],
    ['create-team', { name: 'X', secret: true, parent: 'payments' }, 'X is secret, so it can have no parent'],
    [
      'create-team',
      { name: 'X', enterprise: true, parent: 'payments' },
      'X is of the enterprise, so it is neither nested nor secret',
    ],
    ['set-team-parent', { team: 'engineering', parent: 'payments' }, 'engineering cannot be below itself'],
    ['give-organization-role', { role: 'x', user: 'ann' }, 'the plan of acme has no organization roles'],
    [
      'give-organization-role',
      { organization: 'other', role: 'x', user: 'bob' },
      'there is no role "x"; there are: all_repo_read',
    ],
    [
      'take-organization-role',
      { organization: 'other', role: 'all_repo_read', user: 'bob' },
      'bob does not hold the role all_repo_read itself',
    ],
    [
      'delete-organization-role',
      { organization: 'other', role: 'all_repo_read' },
      'all_repo_read is predefined',
    ],
    ['archive-repository', { repository: 'x' }, 'there is no repository "x"; there are: money, billing'],
    ['archive-repository', { repository: 'money', now: true }, 'Unrecognized key: "now"'],
    ['create-repository', { name: 'Money' }, 'there is a repository "Money" already'],
    ['create-repository', { name: 'a b' }, 'must be letters, digits'],
    ['create-organization', { login: 'ALICE', owner: 'bob' }, 'the login "ALICE" is taken'],
    ['install-app', {}, 'the app is installed on acme already'],
    ['suspend-app', { organization: 'other' }, 'the app is not installed on other'],
    ['set-visibility', { repository: 'money', visibility: 'hidden' }, 'visibility: Invalid option'],
    [
      'push',
      { repository: 'money', history: [{ from: 'nowhere' }] },
      'there is no branch, tag or commit "nowhere"',
    ],
    [
      'push',
      { repository: 'money', history: [{ tag: '1' }] },
      'history.0.tag: unknown key; known here: message',
    ],
    ['set-refs', { repository: 'money', refs: { main: null } }, 'must be a full name like refs/tags/1.0.0'],
    [
      'set-refs',
      { repository: 'money', refs: { 'refs/tags/x': 'y' } },
      'there is no branch, tag or commit "y"',
    ],
    ['archive-repository', { repository: 'money', as: 'eve' }, 'there is no user "eve"'],
  ])('%s %j', async (name, input, message) => {
    const { changes, state, idle } = fixture.simulator;
    const before = structuredClone(state);
    await expect(changes.runUnchecked(name, input)).rejects.toThrow(ChangeError);
    await expect(changes.runUnchecked(name, input)).rejects.toThrow(message);
    await idle();
    expect(state).toEqual(before);
    expect(fixture.receiver.events()).toEqual([]);
  });
});
