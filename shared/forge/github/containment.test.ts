/**
 * How GitHub's responses about a commit are interpreted. That the simulated GitHub gives the same is tested in
 * test/contracts/github-containment.test.ts.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { asId, type ForgeRepositoryId, type InstallationId } from '../../domain/ids.ts';
import type { Containment } from '../containment.ts';
import { findContainment } from './containment.ts';
import { createRequests } from './requests.ts';
import { errorOf, startTestApi, type TestAnswer, type TestApi, testApp } from './test-api.ts';

const commit = 'a'.repeat(40);
const ids = { repository: asId<ForgeRepositoryId>(5), handle: 'R_5' };
const Asked = z.object({ operationName: z.string(), variables: z.record(z.string(), z.unknown()) });

let api: TestApi;
/** The responses to give, in order, and the requests received for them. */
let answers: TestAnswer[];
let received: { operation: string; variables: Record<string, unknown> }[];

beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(() => {
  answers = [];
  received = [];
  api.answer = ({ body }) => {
    const { operationName, variables } = Asked.parse(JSON.parse(body));
    received.push({ operation: operationName, variables });
    return answers.shift() ?? { status: 500 };
  };
});
afterAll(() => api.stop());

const step = (from?: unknown): Promise<Containment> =>
  findContainment(
    createRequests(testApp(api), asId<InstallationId>(1), 'contents'),
    async () => ids.handle,
    ids,
    commit,
    from,
  );

/** Runs all steps, each as if in another process. */
async function findCommit(): Promise<Containment> {
  for (let from: unknown, steps = 0; steps < 10; steps += 1) {
    const answer = await step(from);
    if (answer.is !== 'undecided') {
      return answer;
    }
    from = JSON.parse(JSON.stringify(answer.progress));
  }
  throw new Error('the look-up has no end');
}

const compared = (status: string, oid: string = commit) => ({ compare: { status, headTarget: { oid } } });
const first = (ref: unknown, object: unknown = { __typename: 'Commit' }, more: object = {}): TestAnswer => ({
  json: { data: { node: { databaseId: 5, object, defaultBranchRef: ref } }, ...more },
});
const page = (
  nodes: readonly unknown[],
  { totalCount = nodes.length, next }: { totalCount?: number; next?: string } = {},
): TestAnswer => {
  const pageInfo = { hasNextPage: next !== undefined, endCursor: next ?? null };
  return {
    json: { data: { node: { databaseId: 5, isEmpty: false, refs: { totalCount, pageInfo, nodes } } } },
  };
};
const errorAt = (path: readonly string[], type: string | undefined, message: string) => ({
  errors: [{ type, path, message }],
});

describe('a comparison', () => {
  test.each([
    ['BEHIND', 'contained'],
    ['IDENTICAL', 'contained'],
    ['AHEAD', 'not-contained'],
    ['DIVERGED', 'not-contained'],
  ])('with status %s means %s', async (status, is) => {
    answers = [first(compared(status)), page([]), page([])];
    expect(await findCommit()).toMatchObject({ is });
  });

  test('that cannot be made means that this ref does not contain the commit', async () => {
    answers = [first({ compare: null }), page([{ compare: null }, compared('BEHIND')])];
    expect(await findCommit()).toEqual({ is: 'contained', commit });
  });

  test.each([
    ['NOT_FOUND', 'Could not resolve to a node'],
    [undefined, `No common ancestor between main and ${commit}.`],
  ])('that fails with %s for lack of common history means the same', async (type, message) => {
    const where = ['node', 'defaultBranchRef', 'compare'];
    answers = [
      first({ compare: null }, { __typename: 'Commit' }, errorAt(where, type, message)),
      page([]),
      page([]),
    ];
    expect(await findCommit()).toEqual({ is: 'not-contained' });
  });

  test.each([
    [
      'a failure of GitHub',
      ['node', 'defaultBranchRef', 'compare'],
      undefined,
      'Something went wrong while executing your query.',
      'unavailable',
    ],
    [
      'a missing permission',
      ['node', 'defaultBranchRef', 'compare'],
      'FORBIDDEN',
      'Resource not accessible',
      'insufficient-scope',
    ],
    [
      'a limit',
      ['node', 'defaultBranchRef', 'compare'],
      'RATE_LIMITED',
      'API rate limit exceeded',
      'rate-limited',
    ],
    ['a missing ref', ['node', 'defaultBranchRef'], 'NOT_FOUND', 'Could not resolve', 'incomplete'],
  ])('that fails with %s is an error', async (_, path, type, message, code) => {
    answers = [first({ compare: null }, { __typename: 'Commit' }, errorAt(path, type, message))];
    expect(await errorOf(findCommit())).toMatchObject({ code });
  });

  test('with another commit, because a branch is named like a hash, is an error', async () => {
    answers = [first(compared('BEHIND', 'b'.repeat(40)))];
    expect(await errorOf(findCommit())).toMatchObject({ code: 'incomplete' });
  });
});

describe('a commit that the forge does not find', () => {
  test.each([
    ['none', null],
    ['a tree', { __typename: 'Tree' }],
    ['a tag', { __typename: 'Tag' }],
  ])('is not contained, and no refs are requested: %s', async (_, object) => {
    answers = [first({ compare: null }, object)];
    expect(await findCommit()).toEqual({ is: 'not-contained' });
    expect(received.map(({ operation }) => operation)).toEqual(['Commit']);
  });
});

describe('refs', () => {
  test('are compared if they are branches or tags, no others', async () => {
    answers = [first(null), page([compared('AHEAD')]), page([compared('DIVERGED')])];
    expect(await findCommit()).toEqual({ is: 'not-contained' });
    expect(received.slice(1).map(({ variables }) => variables.prefix)).toEqual(['refs/heads/', 'refs/tags/']);
  });

  test('that change during the read are read once more; then it is an error', async () => {
    const half = page([compared('AHEAD')], { totalCount: 2, next: 'x' });
    const short = page([], { totalCount: 2 });
    answers = [first(null), half, short, half, page([compared('BEHIND')], { totalCount: 2 })];
    expect(await findCommit()).toEqual({ is: 'contained', commit });
    answers = [first(null), half, short, half, short];
    expect(await errorOf(findCommit())).toMatchObject({ code: 'incomplete' });
  });

  test('are requested in smaller pages when GitHub gives up', async () => {
    answers = [first(null), { status: 502 }, { status: 502 }, page([compared('BEHIND')])];
    expect(await findCommit()).toEqual({ is: 'contained', commit });
    expect(received.slice(1).map(({ variables }) => variables.size)).toEqual([50, 25, 12]);
  });

  test('in a list without an end are an error', async () => {
    answers = [
      first(null),
      page([compared('AHEAD')], { next: 'x' }),
      page([compared('AHEAD')], { next: 'x' }),
    ];
    expect(await errorOf(findCommit())).toMatchObject({ code: 'incomplete' });
  });

  test('are requested one page per step, and no page twice', async () => {
    answers = [
      first(null),
      page([compared('AHEAD')], { totalCount: 2, next: 'x' }),
      page([compared('BEHIND')], { totalCount: 2 }),
    ];
    expect(await findCommit()).toEqual({ is: 'contained', commit });
    expect(received.map(({ operation, variables }) => [operation, variables.after])).toEqual([
      ['Commit', undefined],
      ['CommitRefs', undefined],
      ['CommitRefs', 'x'],
    ]);
  });
});

test('a response about another repository is an error', async () => {
  answers = [{ json: { data: { node: { databaseId: 6, object: null, defaultBranchRef: null } } } }];
  expect(await errorOf(findCommit())).toMatchObject({ code: 'incomplete' });
});
