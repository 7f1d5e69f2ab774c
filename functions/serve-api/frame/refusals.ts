/**
 * Refused requests of callers who are known, in the history: of the organization that they concern, or of the installation. A flood costs no write
 * for each request and does not fill the history: an entry stands for what one caller had refused at one operation in an hour, in one
 * environment of the function, and after 20 of them one more for whatever else. Its count is written at the 1st, 10th, 100th and 1,000th, so it
 * says "at least". Whoever is not known, or belongs to nothing that is concerned, leaves nothing but a line in the log of the function.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { type AuditEntryId, newId, type OrganizationId } from '../../../shared/domain/ids.ts';
import { type Problem, ProblemError } from '../../../shared/runtime/problem-details.ts';
import { addRefusal, countRefusals, type RefusalPlace } from '../../../shared/store/audit-log.ts';
import { type Caller, isOfOrganization } from './access.ts';
import { accountableOf } from './accountable.ts';
import { standingOf } from './allowed.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { ApiEnvironment } from './environment.ts';
import type { RouteDefinition } from './route.ts';

interface Refusals {
  count: number;
  readonly place: Promise<RefusalPlace>;
}

const hourMs = 3_600_000;
/** So many different ones of a caller are told apart in an hour and a history. */
const shareMax = 20;
/** Stands for what a caller has refused beyond that. */
const others = 'others';
const elsewhere = {
  subject: 'other-operations',
  why: `More than ${shareMax} different requests were refused in this hour; the log of the function has each.`,
};

/** Notes the refusals of a route, whichever part of the frame or of the handler refused. */
export type NoteRefusals = (definition: RouteDefinition) => MiddlewareHandler<ApiEnvironment>;

/** @returns what all routes share */
export function createRefusalLog(dependencies: ApiDependencies): NoteRefusals {
  const { table, clock, logger } = dependencies;
  let hour = 0;
  /** By caller and history, then by operation and reason. Only what is in a history: nobody fills it with what concerns nobody. */
  const known = new Map<string, Map<string, Refusals>>();

  async function note(
    c: Context<ApiEnvironment>,
    definition: RouteDefinition,
    caller: Caller,
    problem: Problem,
  ): Promise<void> {
    const concerned = await concernedBy(dependencies, definition, caller, c.req.param('slug') ?? '');
    if (concerned === 'nobody') {
      return;
    }
    const now = clock.now();
    if (hour !== Math.floor(now / hourMs)) {
      hour = Math.floor(now / hourMs);
      known.clear();
    }
    const whose = JSON.stringify([idOf(caller), concerned]);
    const share = known.get(whose) ?? new Map<string, Refusals>();
    known.set(whose, share);
    const own = JSON.stringify([definition.name, problem.code]);
    const isOwn = share.has(own) || share.size < shareMax;
    const name = isOwn ? own : others;
    const before = share.get(name);
    if (before === undefined) {
      const what = isOwn ? { subject: definition.name, why: problem.detail } : elsewhere;
      const place = added(dependencies, c, caller, concerned, what);
      share.set(name, { count: 1, place });
      await place;
      return;
    }
    before.count += 1;
    if (Number.isInteger(Math.log10(before.count))) {
      await countRefusals(table, await before.place, before.count - before.count / 10);
    }
  }

  return (definition) => async (c, next) => {
    await next();
    const caller = c.get('caller') ?? c.get('former');
    const problem = c.error instanceof ProblemError ? c.error.problem : undefined;
    if (problem === undefined || caller === undefined || ![401, 403].includes(problem.status)) {
      return;
    }
    try {
      await note(c, definition, caller, problem);
    } catch (error) {
      logger.warn('a refused request could not be noted in the history', { path: c.req.path, error });
    }
  };
}

function idOf(caller: Caller): string {
  switch (caller.kind) {
    case 'user':
      return `user ${caller.user}`;
    case 'key':
      return `key ${caller.key.id}`;
    case 'operator':
      return 'operator';
  }
}

/** Writes the entry. Reads the name of a person. */
async function added(
  dependencies: ApiDependencies,
  c: Context<ApiEnvironment>,
  caller: Caller,
  concerned: OrganizationId | 'installation',
  { subject, why }: { readonly subject: string; readonly why: string },
): Promise<RefusalPlace> {
  const { table, clock, randomBytes } = dependencies;
  const organization = concerned === 'installation' ? undefined : concerned;
  const place = { organization, at: clock.now(), id: newId<AuditEntryId>(randomBytes) };
  const accountable = await accountableOf(dependencies, c, caller, why);
  await table.transact([addRefusal(place, { ...accountable, subject })]);
  return place;
}

/** An organization learns only of those who belong to it, and of its keys. */
async function concernedBy(
  dependencies: ApiDependencies,
  definition: RouteDefinition,
  caller: Caller,
  slug: string,
): Promise<OrganizationId | 'installation' | 'nobody'> {
  if (definition.access === 'administrator') {
    return 'installation';
  }
  if (!isOfOrganization(definition.access)) {
    return caller.kind === 'key' ? caller.key.organization : 'nobody';
  }
  const { organization, role, isWaiting } = await standingOf(dependencies, definition, caller, slug);
  const belongs =
    caller.kind === 'key' ? caller.key.organization === organization?.id : role !== undefined || isWaiting;
  return organization !== undefined && belongs ? organization.id : 'nobody';
}
