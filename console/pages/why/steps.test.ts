import { expect, it } from 'vitest';
import { brokenStepsOf, stepsOf } from './steps.ts';

const core = { id: 't.s1.1', name: 'Core' };
const platform = { id: 't.s1.2', name: 'Platform' };
const explanation = {
  ...{ name: 'acme/billing', person: 'u1', repository: { id: 's1~1', name: 'acme/billing-code' } },
  ...{ mayInstall: true, paths: [], missing: [], couldGive: { owners: [], teams: [] } },
};
const drawn = { person: 'bob', explanation };
const texts = (steps: readonly { readonly text: string }[]) => steps.map(({ text }) => text);

it('goes from the team of the person up to the one that has the right', () => {
  const way = { through: 'team', synchronization: 's1', team: core, inheritedFrom: platform } as const;
  const whole = ['bob', 'Core', 'Platform', 'acme/billing-code', 'acme/billing'];
  expect(texts(stepsOf({ ...way, above: [platform] }, drawn))).toEqual(whole);
  expect(texts(stepsOf(way, drawn))).toEqual(whole);
});

it('says once what a team has itself', () => {
  const way = { through: 'team', synchronization: 's1', team: core, inheritedFrom: core } as const;
  expect(texts(stepsOf(way, drawn))).toEqual(['bob', 'Core', 'acme/billing-code', 'acme/billing']);
});

it('shows each thing that is missing', () => {
  const broken = { person: 'bob', explanation: { ...explanation, missing: ['waiting' as const] } };
  expect(texts(brokenStepsOf(broken))).toEqual([
    'bob',
    'Waits for an owner',
    'acme/billing-code',
    'acme/billing',
  ]);
});
