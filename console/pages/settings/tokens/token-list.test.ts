import { describe, expect, it } from 'vitest';
import { listed, longLived } from './token-list.ts';

const token = (description: string, more = {}) => ({
  id: description,
  kind: 'organization' as const,
  description,
  state: 'active' as const,
  isShared: false,
  createdAt: '2027-01-01T00:00:00Z',
  ...more,
});
const names = (tokens: readonly { readonly description: string }[]) =>
  tokens.map(({ description }) => description);

const all = [
  token('build', { expiresAt: '2027-03-01T00:00:00Z', lastInstallAt: '2027-01-05T00:00:00Z' }),
  token('laptop', { kind: 'member', holder: 'Ann', lastInstallAt: '2027-01-06T00:00:00Z' }),
  token('archive', { state: 'waiting', expiresAt: '2027-02-01T00:00:00Z' }),
  token('old', { state: 'revoked' }),
];

describe('the list of tokens', () => {
  it('shows those that work unless others are asked for, by description', () => {
    expect(names(listed(all, {}))).toEqual(['archive', 'build', 'laptop']);
    expect(names(listed(all, { show: 'ended' }))).toEqual(['old']);
    expect(listed(all, { show: 'all' })).toHaveLength(4);
  });

  it('is filtered by the kind and by what is in the description or the name of the holder', () => {
    expect(names(listed(all, { kind: 'member' }))).toEqual(['laptop']);
    expect(names(listed(all, { name: 'ann' }))).toEqual(['laptop']);
    expect(names(listed(all, { name: 'BUI' }))).toEqual(['build']);
  });

  it('is sorted by the next end, never last, and by the latest use', () => {
    expect(names(listed(all, { sort: 'ends' }))).toEqual(['archive', 'build', 'laptop']);
    expect(names(listed(all, { sort: 'used' }))).toEqual(['laptop', 'build', 'archive']);
  });

  it('knows those that live longer than new ones may', () => {
    expect(names(longLived(all, 40, Date.parse('2027-01-01T00:00:00Z')))).toEqual(['build', 'laptop']);
  });
});
