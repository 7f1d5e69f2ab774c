import { expect, it } from 'vitest';
import { versionsOf } from '../composer/versions.ts';
import type { ForgeRef, ForgeRepository } from '../forge/forge.ts';
import { filterBranches } from './filter-branches.ts';

const branch = (name: string, commit: string): ForgeRef => ({
  name,
  commit: commit.repeat(40),
  date: '2026-11-01T12:00:00Z',
  manifest: '{"name": "acme/one"}',
});

it('makes no versions of branches that match, but of the default branch', () => {
  const refs: ForgeRepository = {
    tags: [],
    branches: [branch('bot/main', 'a'), branch('bot/other', 'b'), branch('next', 'c')],
    unusable: [],
    defaultBranch: 'bot/main',
    archived: false,
    links: {} as ForgeRepository['links'],
  };
  const { versions, skipped } = versionsOf(filterBranches(refs, ['bot/*']), {});
  expect(versions.map(({ version }) => version)).toEqual(['dev-bot/main', 'dev-next']);
  expect(skipped.map(({ reason }) => reason)).toEqual(['The organization leaves out branches like bot/*.']);
});
