/**
 * Refused requests of callers who are known, in the history: of the organization that they concern, or of the installation. A flood costs no write
 * for each request and does not fill the history: an entry stands for what one caller had refused at one operation in an hour, in one
 * environment of the function. Its count is written at the 1st, 10th, 100th and 1,000th, so it says "at least". Whoever is not known leaves nothing
 * but a line in the log of the function.
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
  /** Where the entry is; undefined where they concern nobody. */
  readonly place: Promise<RefusalPlace | undefined>;
}

const hourMs = 3_600_000;
/** So many different ones are told apart in an hour. */
const entriesMax = 1000;

/** Notes the refusals of a route, whichever part of the frame or of the handler refused. */
export type NoteRefusals = (definition: RouteDefinition) => MiddlewareHandler<ApiEnvironment>;

/** @returns what all routes share */
export function createRefusalLog(dependencies: ApiDependencies): NoteRefusals {
  const { table, clock, logger } = dependencies;
  let hour = 0;
  const known = new Map<string, Refusals>();

  async function note(
    c: Context<ApiEnvironment>,
    definition: RouteDefinition,
    caller: Caller,
    problem: Problem,
  ): Promise<void> {
    const now = clock.now();
    if (hour !== Math.floor(now / hourMs)) {
      hour = Math.floor(now / hourMs);
      known.clear();
    }
    const name = JSON.stringify([idOf(caller), definition.name, c.req.param('slug'), problem.code]);
    const before = known.get(name);
    if (before === undefined) {
      if (known.size < entriesMax) {
        const place = added(dependencies, c, definition, caller, problem);
        known.set(name, { count: 1, place });
        await place;
      }
      return;
    }
    before.count += 1;
    if (Number.isInteger(Math.log10(before.count))) {
      const place = await before.place;
      await (place && countRefusals(table, place, before.count - before.count / 10));
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

/** Writes the entry. Reads whom it concerns, and the name of a person. */
async function added(
  dependencies: ApiDependencies,
  c: Context<ApiEnvironment>,
  definition: RouteDefinition,
  caller: Caller,
  { detail }: Problem,
): Promise<RefusalPlace | undefined> {
  const { table, clock, randomBytes } = dependencies;
  const concerned = await concernedBy(dependencies, definition, caller, c.req.param('slug') ?? '');
  if (concerned === 'nobody') {
    return undefined;
  }
  const organization = concerned === 'installation' ? undefined : concerned;
  const place = { organization, at: clock.now(), id: newId<AuditEntryId>(randomBytes) };
  const accountable = await accountableOf(dependencies, c, caller, detail);
  await table.transact([addRefusal(place, { ...accountable, subject: definition.name })]);
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
