import { readFileSync } from 'node:fs';
import { buildSchema, type DocumentNode, getNamedType, isObjectType, parse, validate, visit } from 'graphql';
import { describe, expect, test } from 'vitest';
import * as queries from './queries.ts';

const text = readFileSync(new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema')), 'utf8');
const published = buildSchema(text, { assumeValid: true, assumeValidSDL: true, noLocation: true });

const all = Object.values(queries).map((query) => [query.name, query.text] as const);

/** The number of items that each connection requests; a variable by its name. */
function firsts(document: DocumentNode): string[] {
  const found: string[] = [];
  visit(document, {
    Field(field) {
      const first = field.arguments?.find((argument) => argument.name.value === 'first');
      if (first) {
        const { value } = first;
        found.push(value.kind === 'IntValue' ? value.value : '$size');
      }
    },
  });
  return found;
}

describe('R38: bots and apps', () => {
  test.each(['OrganizationMemberEdge', 'TeamMemberEdge', 'RepositoryCollaboratorEdge'])(
    'are not in %s, which lists users',
    (name) => {
      const type = published.getType(name);
      const node = isObjectType(type) ? type.getFields().node : undefined;
      expect(node && getNamedType(node.type).name).toBe('User');
    },
  );
});

describe('a query', () => {
  test.each(all)('%s is valid in the published schema', (_, text) => {
    expect(validate(published, parse(text))).toEqual([]);
  });

  test.each(all)('%s has one operation, of its own name', (name, text) => {
    const operations = parse(text).definitions.filter((node) => node.kind === 'OperationDefinition');
    expect(operations.map((operation) => operation.name?.value)).toEqual([name]);
  });

  test.each([
    // 1 + 25 + 25, 2 + 2 + 10 + 50, 1 + 150, 150, 3 and 1 connections.
    ['Teams', 51, 1, ['$size', '100', '100']],
    ['TeamPart', 64, 1, ['10', '100', '25', '100', '100']],
    ['Repositories', 151, 2, ['$size', '1', '1', '50']],
    ['ChosenRepositories', 150, 2, ['1', '1', '50']],
    ['RepositoryPart', 3, 1, ['1', '1', '50']],
    ['Present', 1, 1, ['1']],
  ])(
    '%s costs a point or two: its number of connections divided by 100',
    (name, connections, points, asked) => {
      const known = all.find(([other]) => other === name);
      expect(firsts(parse(known?.[1] ?? ''))).toEqual(asked);
      expect(Math.max(1, Math.round(connections / 100))).toBe(points);
    },
  );
});
