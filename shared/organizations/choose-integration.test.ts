import { describe, expect, it } from 'vitest';
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

describe('which integration is meant', () => {
  it('is the only one, where there is one', () => {
    expect(chooseIntegration([one], {})).toBe(one);
  });

  it('is said by the forge, or by the host, with a slash at its end or without', () => {
    expect(chooseIntegration([one, two], { forge: 'two' })).toBe(two);
    expect(chooseIntegration([one, other, two], { baseUrl: 'https://other.test/' })).toBe(other);
  });

  it.each<[string, readonly Integration[], Parameters<typeof chooseIntegration>[1], RegExp]>([
    ['there is none', [], {}, /its operator writes an integration/],
    ['none fits', [one, two], { forge: 'three' }, /there are: one at https:\/\/one.test, two at/],
    ['several fit', [one, other, two], { forge: 'one' }, /one at https:\/\/one.test, one at https:\/\/other/],
  ])('is an error when %s', (_, integrations, said, message) => {
    expect(() => chooseIntegration(integrations, said)).toThrow(message);
  });
});
