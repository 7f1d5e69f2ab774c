import { expect, it } from 'vitest';
import type { Schemas } from '../../api/client.ts';
import { groupsOf } from './difference-groups.ts';

type Difference = Schemas['RunDifference'];
const ann = { id: 's1.1', name: 'ann' };
const billing = { id: 's1~7', name: 'acme/billing' };
const core = { id: 't.s1.5', name: 'core' };
const found = { fields: [], reason: 'found on the code host', text: '' };
const shown = (differences: readonly Difference[]) =>
  groupsOf(differences).map(({ about, name, lines }) => [
    `${about} ${name}`,
    ...lines.map(({ sign, text }) => `${sign}: ${text}`),
  ]);

it('sorts changes by whom or what they are about', () => {
  expect(
    shown([
      { kind: 'add', fact: 'member', account: ann, ...found, fields: [{ name: 'role', after: 'owner' }] },
      { kind: 'add', fact: 'team-repository', team: core, repository: billing, ...found },
      { kind: 'remove', fact: 'team-member', account: ann, team: core, ...found },
      { kind: 'return', fact: 'collaborator', account: ann, repository: billing, ...found },
      {
        kind: 'package-name',
        package: 'acme/billing',
        ...found,
        fields: [{ name: 'repository', before: 'a', after: 'b' }],
      },
      { kind: 'text', fields: [], reason: '', text: '+ something' },
    ]),
  ).toEqual([
    [
      'account ann',
      'added: Owner of the organization',
      'removed: In team core',
      'added: Reads acme/billing again',
    ],
    ['team core', 'added: Reads acme/billing'],
    ['package acme/billing', 'changed: Passed from a to b'],
    ['others Others', 'changed: + something'],
  ]);
});

it('leads only to who and what is still there', () => {
  const gone = { kind: 'remove', fact: 'member', account: ann, ...found } as const;
  const left = { kind: 'remove', fact: 'team-member', account: ann, team: core, ...found } as const;
  expect(groupsOf([gone, left]).map(({ id }) => id)).toEqual([undefined]);
  expect(groupsOf([left]).map(({ id }) => id)).toEqual(['s1.1']);
});

it('says what was before and after, and reasons that do not go without saying', () => {
  const [group] = groupsOf([
    {
      ...{ kind: 'update', fact: 'repository', repository: billing, reason: 'x', text: '' },
      fields: [
        { name: 'archived', before: 'false', after: 'true' },
        { name: 'defaultBranch', after: 'main' },
      ],
    },
    { kind: 'add', fact: 'repository', repository: billing, ...found },
  ]);
  expect(group?.lines).toMatchObject([
    {
      fields: [
        { label: 'archived', before: 'no', after: 'yes' },
        { label: 'default branch', before: 'none', after: 'main' },
      ],
      reason: 'x',
    },
    { fields: [], reason: '' },
  ]);
});

it('adds to a long list only at its end', () => {
  const many = (count: number): readonly Difference[] =>
    Array.from({ length: count }, (_, place) => ({
      ...{ kind: 'add', fact: 'member', ...found },
      account: { id: `s1.${place % 90}`, name: `user-${place % 90}` },
    }));
  const [before, after] = [groupsOf(many(100)), groupsOf(many(250))];
  expect(after.slice(0, before.length)).toEqual(before);
  expect(new Set(after.map(({ key }) => key)).size).toBe(after.length);
});

it('shows of a list what is new in it, and what is not there any more', () => {
  const fields = [{ name: 'readers', before: '["Reporter","Owner"]', after: '["Owner","Planner","Guest"]' }];
  const [group] = groupsOf([
    { kind: 'update', fact: 'team-repository', team: core, repository: billing, ...found, fields },
  ]);
  expect(group?.lines[0]?.fields).toMatchObject([{ before: 'Reporter', after: 'Planner, Guest' }]);
});
