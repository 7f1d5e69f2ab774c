import { expect, it } from 'vitest';
import { decideOwnAccess } from './access.ts';
import { asId, type OwnTeamId } from './ids.ts';

const [releases, audit, others] = ['releases', 'audit', 'others'].map((id) => asId<OwnTeamId>(id)) as [
  OwnTeamId,
  OwnTeamId,
  OwnTeamId,
];
const grants = [
  { team: releases, repository: 'r1' },
  { team: audit, repository: 'r1' },
  { team: others, repository: 'r2' },
];

it('a repository of no forge is read through the teams that it was granted to, by people who are on', () => {
  const teams = [audit, releases];
  expect([...decideOwnAccess({ teams }, grants)]).toEqual([['r1', [releases, audit]]]);
  for (const state of ['off', 'waiting'] as const) {
    expect(decideOwnAccess({ teams, state }, grants).size).toBe(0);
  }
});
