import fc from 'fast-check';
import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { extent } from '../../../../../test/support/long.ts';
import { queryCost } from './cost.ts';
import { githubSchema } from './schema.ts';

function costOf(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  return queryCost(githubSchema(), document, operation, variables);
}

/** The exact queries of https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api */
describe("GitHub's own examples", () => {
  it('550 nodes', () => {
    const query = `{ viewer { repositories(first: 50) { edges { repository: node { name
      issues(first: 10) { totalCount edges { node { title bodyHTML } } } } } } } }`;
    expect(costOf(query).nodes).toBe(50 + 50 * 10);
  });

  it('22,060 nodes', () => {
    const query = `{ viewer { repositories(first: 50) { edges { repository: node { name
      pullRequests(first: 20) { edges { pullRequest: node { title comments(first: 10) { edges { comment: node { bodyHTML } } } } } }
      issues(first: 20) { totalCount edges { issue: node { title bodyHTML comments(first: 10) { edges { comment: node { bodyHTML } } } } } }
      } } } followers(first: 10) { edges { follower: node { login } } } } }`;
    expect(costOf(query).nodes).toBe(22_060);
  });

  it('51 points for 5,101 requests', () => {
    const query = `{ viewer { login repositories(first: 100) { edges { node { id
      issues(first: 50) { edges { node { id labels(first: 60) { edges { node { id name } } } } } } } } } } }`;
    expect(costOf(query).points).toBe(51);
  });

  it('at least one point', () => {
    expect(costOf('{ rateLimit { cost } }')).toEqual({ points: 1, nodes: 0 });
  });
});

/** A list within lists. */
interface Nested {
  readonly field: string;
  readonly size: number;
  readonly style: 'nodes' | 'edges' | 'fragment' | 'variable' | 'last';
  readonly below: readonly Nested[];
}
const children: Readonly<Record<string, readonly string[]>> = {
  organization: ['teams', 'repositories', 'membersWithRole'],
  teams: ['members', 'repositories', 'childTeams'],
  childTeams: ['members', 'repositories'],
  repositories: ['collaborators', 'refs'],
};
const types: Readonly<Record<string, string>> = {
  teams: 'Team',
  childTeams: 'Team',
  repositories: 'Repository',
};

function nestedIn(field: string, depth: number): fc.Arbitrary<Nested[]> {
  const fields = depth === 0 ? [] : (children[field] ?? []);
  return fc
    .tuple(
      ...fields.map((name) =>
        fc.option(
          fc.record({
            field: fc.constant(name),
            size: fc.integer({ min: 0, max: 100 }),
            style: fc.constantFrom('nodes', 'edges', 'fragment', 'variable', 'last'),
            below: nestedIn(name, depth - 1),
          }),
          { nil: undefined },
        ),
      ),
    )
    .map((some) => some.flatMap((one) => one ?? []));
}

it('any query costs what its lists cost when all are full', () => {
  fc.assert(
    fc.property(nestedIn('organization', 3), (lists) => {
      const variables: Record<string, unknown> = {};
      const fragments: string[] = [];
      const written = (list: Nested): string => {
        const name = `v${Object.keys(variables).length}`;
        if (list.style === 'variable') variables[name] = list.size;
        const size = list.style === 'variable' ? `$${name}` : `${list.size}`;
        const prefix = list.field === 'refs' ? ', refPrefix:"refs/tags/"' : '';
        const inside = `__typename ${list.below.map(written).join(' ')}`;
        const type = types[list.field];
        let selection = `nodes { ${inside} }`;
        if (list.style === 'edges') selection = `totalCount edges { cursor node { ${inside} } }`;
        if (list.style === 'fragment' && type !== undefined) {
          fragments.push(`fragment F${fragments.length} on ${type} { ${inside} }`);
          selection = `nodes { ... on ${type} { __typename } ...F${fragments.length - 1} }`;
        }
        return `${list.field}(${list.style === 'last' ? 'last' : 'first'}:${size}${prefix}) { ${selection} }`;
      };
      const body = lists.map(written).join(' ');
      const declared = Object.keys(variables).map((name) => `$${name}: Int`);
      const head = declared.length === 0 ? 'query' : `query(${declared.join()})`;
      const text = `${head} { organization(login:"acme") { login ${body} } } ${fragments.join(' ')}`;

      // Computed independently: a list is requested once for each object that it belongs to.
      const sums = (some: readonly Nested[], times: number): { requests: number; nodes: number } =>
        some.reduce(
          (sum, { size, below }) => {
            const inner = sums(below, times * size);
            return {
              requests: sum.requests + times + inner.requests,
              nodes: sum.nodes + times * size + inner.nodes,
            };
          },
          { requests: 0, nodes: 0 },
        );
      const { requests, nodes } = sums(lists, 1);
      expect(costOf(text, variables)).toEqual({ points: Math.max(1, Math.round(requests / 100)), nodes });
    }),
    { numRuns: extent({ short: 100, long: 5000 }) },
  );
});
