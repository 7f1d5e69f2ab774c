/** A large company, read by the function in a process of its own, over the table that comes with the project. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { megabytesOf, timeoutSeconds } from '../../infra/function-needs.ts';
import { gitHubTraits } from '../../shared/forge/github/traits.ts';
import { loadFacts } from '../../shared/store/fact-store.ts';
import { applyingSince, scopeStates } from '../../shared/store/scope-store.ts';
import { requestWork } from '../../shared/store/work.ts';
import { scopeWork } from '../../shared/store/work-items.ts';
import { leaseMs } from '../../shared/sync/run/take-scopes.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import type { Section } from './figures.ts';
import { createFunctionHost, type FunctionHost } from './function-host.ts';
import type { Invoked } from './function-protocol.ts';
import { type LocalServices, startLocalServices, type Traffic } from './local-services.ts';
import { type Organization, pagesOf, type Size, startOrganization, structureMost } from './organization.ts';

const name = 'sync-organization';
const mebibyte = 1024 * 1024;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const itemBytesMax = 400 * 1024;
const transactionBytesMax = 4 * mebibyte;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const sendBytesMax = mebibyte;
/** A function with so much memory has one processor, one with less its share of it. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const processorMegabytes = 1769;
/** Of its memory: what is left is for a company twice as large. */
const memoryShare = 0.8;
/** Steps so short that a reading takes several, as the pages of the real GitHub take seconds. */
const shortStepMs = 2000;
const stepsMax = 500;
/** Between two runs of the schedule. */
const scheduleMs = 600_000;

interface Step {
  /** Undefined for one that was killed. */
  readonly invoked: Invoked | undefined;
  readonly requests: number;
  /** Pages of lists among them. */
  readonly pages: number;
  readonly traffic: Traffic;
}

interface Stage {
  readonly organization: Organization;
  readonly services: LocalServices;
  readonly host: FunctionHost;
  /** By how much the function's clock is ahead. */
  aheadMs: number;
}

export async function measureLarge(size: Size): Promise<readonly Section[]> {
  const organization = await startOrganization(size);
  try {
    const whole = await withStage(organization, async (stage) => {
      const first = await readAll(stage);
      const facts = await countFacts(stage);
      stage.aheadMs += scheduleMs;
      return { first, facts, again: await readAll(stage) };
    });
    const killed = await withStage(organization, async (stage) => {
      const steps = await readKilling(stage);
      return { steps, facts: await countFacts(stage), left: await countLeft(stage) };
    });
    return [
      firstSection(size, whole),
      againSection(size, whole.again),
      killedSection(size, killed, whole.facts),
    ];
  } finally {
    await organization.close();
  }
}

function firstSection(
  size: Size,
  { first, facts }: { readonly first: readonly Step[]; readonly facts: number },
): Section {
  const { repositories, members, teams, latencyMs } = size;
  const traffic = first.map((step) => step.traffic);
  const most = (of: (one: Traffic) => number): number => Math.max(...traffic.map(of));
  const all = (of: (one: Traffic) => number): number => sum(traffic.map(of));
  return {
    title: `${repositories} repositories, ${members} members, ${teams} teams: first read by ${name} (${megabytesOf(name)} MB, ${timeoutSeconds(name)} s) at ${latencyMs} ms a request`,
    figures: [
      { name: 'facts written', measured: facts, least: repositories + members + teams },
      { name: 'requests', measured: sum(first.map(({ requests }) => requests)), most: structureMost(size) },
      ...timesOf(first),
      { name: 'transactions', measured: all(({ transactions }) => transactions) },
      { name: 'other writes', measured: all(({ otherWrites }) => otherWrites) },
      { name: 'reads of the table', measured: all(({ reads }) => reads) },
      {
        name: 'largest item',
        measured: most(({ largestItem }) => largestItem),
        most: itemBytesMax,
        unit: 'bytes',
      },
      {
        name: 'largest transaction',
        measured: most(({ largestTransaction }) => largestTransaction),
        most: transactionBytesMax,
        unit: 'bytes',
      },
      {
        name: 'largest request with messages',
        measured: most(({ largestSend }) => largestSend),
        most: sendBytesMax,
        unit: 'bytes',
      },
      { name: 'messages: scan', measured: all(({ messages }) => messages.scan ?? 0), most: repositories },
      { name: 'messages: publish-roots', measured: all(({ messages }) => messages['publish-roots'] ?? 0) },
    ],
  };
}

function againSection(size: Size, again: readonly Step[]): Section {
  return {
    title: 'The same, read again with nothing changed',
    figures: [
      { name: 'requests', measured: sum(again.map(({ requests }) => requests)), most: structureMost(size) },
      ...timesOf(again),
      { name: 'transactions', measured: sum(again.map(({ traffic }) => traffic.transactions)), most: 5 },
      { name: 'other writes', measured: sum(again.map(({ traffic }) => traffic.otherWrites)), most: 13 },
      {
        name: 'messages',
        measured: sum(again.flatMap(({ traffic }) => Object.values(traffic.messages))),
        most: 0,
      },
    ],
  };
}

function timesOf(steps: readonly Step[]) {
  const invoked = steps.flatMap((step) => step.invoked ?? []);
  const most = (of: (one: Invoked) => number): number => Math.max(...invoked.map(of));
  const share = Math.min(1, megabytesOf(name) / processorMegabytes);
  return [
    { name: 'steps', measured: steps.length },
    {
      name: 'longest step',
      measured: most(({ tookMs }) => tookMs / 1000),
      most: timeoutSeconds(name),
      unit: 's',
    },
    { name: '  of it on a processor', measured: most(({ cpuMs }) => cpuMs / 1000), unit: 's' },
    {
      name: "  with the function's share of a processor",
      measured: most(({ tookMs, cpuMs }) => (Math.max(0, tookMs - cpuMs) + cpuMs / share) / 1000),
      most: timeoutSeconds(name),
      unit: 's',
    },
    {
      name: 'most memory',
      measured: most(({ rss }) => rss / mebibyte),
      most: megabytesOf(name) * memoryShare,
      unit: 'MB',
    },
    { name: '  of it heap in use', measured: most(({ heapUsed }) => heapUsed / mebibyte), unit: 'MB' },
  ];
}

function killedSection(
  size: Size,
  { steps, left, facts }: { readonly steps: readonly Step[]; readonly left: Left; readonly facts: number },
  expected: number,
): Section {
  const dead = steps.filter(({ invoked }) => invoked === undefined);
  const pages = sum(steps.map((step) => step.pages));
  const lost = sum(dead.map((step) => step.pages));
  const failed = steps.filter(({ invoked }) => invoked !== undefined && invoked.outcome !== 'done');
  return {
    title: `The same in steps of ${shortStepMs / 1000} s, of which two are killed: one while it reads, one while it writes`,
    figures: [
      { name: 'steps', measured: steps.length },
      { name: '  killed', measured: dead.length, least: 2, most: 2 },
      { name: '  failed in another way', measured: failed.length, most: 0 },
      { name: 'requests', measured: sum(steps.map(({ requests }) => requests)) },
      { name: 'pages of lists', measured: pages },
      { name: '  of these in the killed steps', measured: lost, least: 1 },
      { name: '  asked for again', measured: pages - pagesOf(size), most: lost },
      { name: 'facts written', measured: facts, least: expected, most: expected },
      { name: 'plans left half written', measured: left.plans, most: 0 },
      { name: 'scopes not read whole in the end', measured: left.scopes, most: 0 },
    ],
  };
}

async function withStage<Result>(
  organization: Organization,
  use: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'repertoire-bench-'));
  const { app } = organization.gitHub.state;
  const services = await startLocalServices(directory, {
    forge: 'github',
    settings: { appId: String(app.id), apiUrl: organization.gitHub.simulator.addresses.api },
    secrets: { privateKey: app.privateKey, webhookSecret: app.webhookSecret },
  });
  const host = await createFunctionHost({
    directory,
    megabytes: megabytesOf(name),
    variables: services.variables,
  });
  try {
    await addSynchronized(services.table, 'all');
    return await use({ organization, services, host, aheadMs: 0 });
  } finally {
    await host.kill();
    await services.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Asks for all scopes, and handles message after message until none is left. */
async function readAll(
  stage: Stage,
  { stepMs, before }: { readonly stepMs?: number; readonly before?: (step: number) => void } = {},
): Promise<readonly Step[]> {
  const { services, host, organization } = stage;
  const workItems = gitHubTraits.scopes.map(({ name: scope }) =>
    scopeWork(organizationId, synchronizationId, scope),
  );
  const now = Date.now() + stage.aheadMs;
  await services.table.transact(workItems.map((workItem) => requestWork(workItem, now, { cause: 'bench' })));
  services.take();
  organization.takeRequests();
  const queue = workItems.slice(0, 1).map(({ message }) => JSON.stringify(message.message));
  const steps: Step[] = [];
  for (let body = queue.shift(); body !== undefined && steps.length < stepsMax; body = queue.shift()) {
    before?.(steps.length + 1);
    const invoked = await host.invoke({
      message: JSON.parse(body),
      aheadMs: stage.aheadMs,
      ...(stepMs !== undefined && { stepMs }),
    });
    const asked = organization.takeRequests();
    const traffic = services.take();
    const pages = sum(
      Object.entries(asked.counts).map(([what, count]) => (what.startsWith('POST graphql') ? count : 0)),
    );
    steps.push({ invoked, requests: asked.total, pages, traffic });
    if (invoked === undefined) {
      // The message comes back, and whoever takes it has to wait for the end of the lease.
      stage.aheadMs += leaseMs + 1000;
      queue.unshift(body);
    }
    queue.push(...traffic.sync);
  }
  return steps;
}

/** The second step dies behind its third page, and the first one after it that writes a large plan behind twenty transactions. */
async function readKilling(stage: Stage): Promise<readonly Step[]> {
  const { services, host, organization } = stage;
  const { simulator } = organization.gitHub;
  let isWriterKilled = false;
  const steps = await readAll(stage, {
    stepMs: shortStepMs,
    before(step) {
      let pages = 0;
      simulator.intercept(({ surface }) => {
        pages += surface === 'graphql' ? 1 : 0;
        return step === 2 && pages === 3 ? { when: 'after', act: host.kill } : undefined;
      });
      services.beforeTransaction = async (place) => {
        if (step > 2 && place === 20 && !isWriterKilled) {
          isWriterKilled = true;
          await host.kill();
        }
      };
    },
  });
  simulator.intercept(undefined);
  return steps;
}

async function countFacts({ services }: Stage): Promise<number> {
  const kinds = [
    'settings',
    'member',
    'team',
    'team-member',
    'team-repository',
    'repository',
    'collaborator',
  ] as const;
  const lists = await Promise.all(kinds.map((kind) => loadFacts(services.table, synchronizationId, kind)));
  return sum(lists.map((list) => list.length));
}

/** What ought not to be there when all is done. */
interface Left {
  readonly plans: number;
  readonly scopes: number;
}

async function countLeft({ services: { table } }: Stage): Promise<Left> {
  const states = [...(await scopeStates(table, synchronizationId)).values()];
  const applying = await applyingSince(table, synchronizationId);
  const unread = states.filter(
    ({ wanted, done, reading, lastFailure }) =>
      wanted !== done || reading !== undefined || lastFailure !== undefined,
  );
  return { plans: applying === undefined ? 0 : 1, scopes: unread.length };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
