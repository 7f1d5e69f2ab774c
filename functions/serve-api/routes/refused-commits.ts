import { z } from 'zod';
import { optionalTimeOf, Reason, timeOf } from '../../../shared/console-api/common.ts';
import {
  AllowedCommit,
  CommitInPath,
  CommitRefusal,
  CommitRefusalRequest,
  RefusedCommit,
} from '../../../shared/console-api/packages.ts';
import { allowRefusedCommit } from '../../../shared/organizations/allow-commit.ts';
import { refuseCommits } from '../../../shared/organizations/refuse-commits.ts';
import { refusedCommitPage } from '../../../shared/store/refused-commit-store.ts';
import { mayReadPeople } from '../frame/access.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const path = '/organizations/{slug}/refused-commits';
const change = {
  method: 'post',
  tag: 'Refused commits',
  access: 'owner',
  scope: 'danger',
  isDangerous: true,
  idempotency: 'natural',
} as const;

const list = defineRoute(
  {
    name: 'listRefusedCommits',
    method: 'get',
    path,
    tag: change.tag,
    summary: 'Commits that nobody gets an archive of, mostly for a secret in them',
    access: 'owner',
    scope: 'read',
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(RefusedCommit), description: 'A page of commits by hash.' },
  },
  async ({ table }, { organization, caller, query }) => {
    const paged = { route: 'listRefusedCommits', filter: [organization.id] };
    const limit = limitOf(query);
    const commits = await refusedCommitPage(table, organization.id, {
      limit,
      after: placeOf(paged, query.cursor),
    });
    const next = commits.length === limit ? commits.at(-1)?.commit : undefined;
    const items = commits.map(({ commit, by, why, at, isWithdrawn, removedAt }) => ({
      commit,
      by: mayReadPeople(caller) ? by : undefined,
      why,
      at: timeOf(at),
      isWithdrawn,
      removedAt: optionalTimeOf(removedAt),
    }));
    return { body: { items, next: cursorFor(paged, next) } };
  },
);

const refuse = defineRoute(
  {
    ...change,
    name: 'refuseCommits',
    path,
    summary: 'Refuse commits in every package, and remove their archives',
    body: CommitRefusalRequest,
    act: 'refuse-commit',
    answer: { status: 200, schema: CommitRefusal, description: 'What is refused, or would be.' },
  },
  async (dependencies, { organization, body, accountable }) => {
    const { confirm, why, commits } = body;
    const by = await accountable(why);
    const refusal = await refuseCommits(dependencies, organization, commits, { ...by, confirm });
    return { body: { ...refusal, commits: [...refusal.commits], versions: [...refusal.versions] } };
  },
);

const allow = defineRoute(
  {
    ...change,
    name: 'allowCommit',
    path: `${path}/{commit}/allow`,
    summary: 'Accept a refused commit again',
    params: z.object({ commit: CommitInPath }),
    body: Reason,
    act: 'allow-commit',
    repeated: 404,
    answer: { status: 200, schema: AllowedCommit, description: 'The packages that have it.' },
  },
  async (dependencies, { organization, params, body, accountable }) => {
    const by = await accountable(body.why);
    const allowed = await allowRefusedCommit(dependencies, organization, params.commit, by);
    return {
      body: { ...allowed, packages: [...allowed.packages], renumbered: [...allowed.renumbered] },
    };
  },
);

export const refusedCommitRoutes: readonly Route[] = [list, refuse, allow];
