import { readFileSync } from 'node:fs';
import { buildSchema, type DocumentNode, parse, validate, visit } from 'graphql';
import { describe, expect, test } from 'vitest';
import * as queries from './queries.ts';

const text = readFileSync(new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema')), 'utf8');
const published = buildSchema(text, { assumeValid: true, assumeValidSDL: true, noLocation: true });

const all = Object.values(queries).map((query) => [query.name, query.text] as const);

/** Names of connections with the number of items that each asks for; a variable stands for itself. */
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

describe('a query', () => {
  test.each(all)('%s is valid in the published schema', (_, text) => {
    expect(validate(published, parse(text))).toEqual([]);
  });

  test.each(all)('%s has one operation, of its own name', (name, text) => {
    const operations = parse(text).definitions.filter((node) => node.kind === 'OperationDefinition');
    expect(operations.map((operation) => operation.name?.value)).toEqual([name]);
  });

  test.each([
    // 1 + 25 + 25, 1 + 50 and 50 connections.
    ['Teams', 51, ['$size', '100', '100']],
    ['Repositories', 51, ['$size', '50']],
    ['ChosenRepositories', 50, ['50']],
  ])('%s costs one point: connections that are asked for, by 100', (name, connections, asked) => {
    const known = all.find(([other]) => other === name);
    expect(firsts(parse(known?.[1] ?? ''))).toEqual(asked);
    expect(Math.round(connections / 100)).toBe(1);
  });
});
