import { describe, expect, it } from 'vitest';
import { flattenTeams } from '../../local/forges/world/github-organization.ts';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import { generateWorld } from './generated-world.ts';

describe('a generated world', () => {
  const world = generateWorld(500);
  const [organization] = world.organizations;
  const teams = flattenTeams(organization?.teams);

  it('has the size that was asked for, and is a world', () => {
    expect(organization?.repositories).toHaveLength(500);
    expect(Object.keys(organization?.members ?? {})).toHaveLength(300);
    expect(teams).toHaveLength(60);
    expect(teams.filter(({ parent }) => parent)).toHaveLength(20);
    expect(parseWorld(JSON.stringify(world), 'generated')).toEqual(world);
  });

  it('gives every repository to a team, and every team members', () => {
    const owned = new Set(teams.flatMap(({ team }) => Object.keys(team.repositories ?? {})));
    expect(owned.size).toBe(500);
    expect(teams.every(({ team }) => (team.members ?? []).length > 0)).toBe(true);
  });

  it('is the same each time, and as small as wanted', () => {
    expect(generateWorld(500)).toEqual(world);
    expect(() => parseWorld(JSON.stringify(generateWorld(1)), 'generated')).not.toThrow();
  });
});
