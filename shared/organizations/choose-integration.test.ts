import { describe, expect, it } from 'vitest';
import type { Integrations } from '../forge/integrations.ts';
import type { Integration } from '../forge/module.ts';
import { chooseIntegration } from './choose-integration.ts';

const integration = (forge: string, baseUrl: string): Integration => ({
  forge,
  settings: { baseUrl },
  secrets: {},
});
const one = integration('one', 'https://one.test');
const other = integration('one', 'https://other.test');
const two = integration('two', 'https://two.test');
const of = (...valid: readonly Integration[]): Integrations => ({ valid, invalid: [] });
const invalid = [{ entry: 2, forge: 'two', problem: 'the settings: baseUrl' }];

describe('chooseIntegration', () => {
  it('takes the only one when nothing is specified', () => {
    expect(chooseIntegration(of(one), {})).toBe(one);
  });

  it('takes the one of the given forge or host, with or without a slash at the end', () => {
    expect(chooseIntegration(of(one, two), { forge: 'two' })).toBe(two);
    expect(chooseIntegration(of(one, other, two), { baseUrl: 'https://OTHER.test/' })).toBe(other);
  });

  it.each<[string, Integrations, Parameters<typeof chooseIntegration>[1], RegExp]>([
    ['there is none', of(), {}, /add an integration to the integrations secret/],
    ['none fits', of(one, two), { forge: 'three' }, /configured: one at https:\/\/one.test, two at/],
    [
      'several fit',
      of(one, other, two),
      { forge: 'one' },
      /one at https:\/\/one.test, one at https:\/\/other/,
    ],
    ['it cannot be used', { valid: [], invalid }, { forge: 'two' }, /invalid: entry 2 \(two\): the settings/],
    [
      'another cannot be used',
      { valid: [one], invalid },
      { forge: 'two' },
      /configured: one at.*: entry 2 \(two\)/,
    ],
  ])('throws when %s', (_, integrations, said, message) => {
    expect(() => chooseIntegration(integrations, said)).toThrow(message);
  });
});
