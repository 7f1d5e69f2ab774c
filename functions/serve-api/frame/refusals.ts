/**
 * Which refused requests are in the history, and where (shared/sign-in/refusal-log.ts). Whoever is not known, or belongs to nothing that is
 * concerned, leaves nothing but a line in the log of the function.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { OrganizationId } from '../../../shared/domain/ids.ts';
import { type Problem, ProblemError } from '../../../shared/runtime/problem-details.ts';
import { refusalLog } from '../../../shared/sign-in/refusal-log.ts';
import { type Caller, isOfOrganization } from './access.ts';
import { accountableOf } from './accountable.ts';
import { standingOf } from './allowed.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { ApiEnvironment } from './environment.ts';
import type { RouteDefinition } from './route.ts';

/** Notes the refusals of a route, whichever part of the frame or of the handler refused. */
export const noteRefusals =
  (dependencies: ApiDependencies, definition: RouteDefinition): MiddlewareHandler<ApiEnvironment> =>
  async (c, next) => {
    await next();
    const caller = c.get('caller') ?? c.get('former');
    const problem = c.error instanceof ProblemError ? c.error.problem : undefined;
    if (problem === undefined || caller === undefined || !isRefusal(definition, problem)) {
      return;
    }
    try {
      await note(dependencies, c, definition, caller, problem);
    } catch (error) {
      dependencies.logger.warn('a refused request could not be noted in the history', {
        path: c.req.path,
        error,
      });
    }
  };

/** Pages read what a code host says only after a sign-in there. That it is still missing is an answer for them, and nothing that somebody tried. */
const isRefusal = ({ method }: RouteDefinition, { status, code }: Problem): boolean =>
  [401, 403].includes(status) && !(method === 'get' && code === 'reauthentication-required');

async function note(
  dependencies: ApiDependencies,
  c: Context<ApiEnvironment>,
  definition: RouteDefinition,
  caller: Caller,
  { code, detail: why }: Problem,
): Promise<void> {
  const concerned = await concernedBy(dependencies, definition, caller, c.req.param('slug') ?? '');
  if (concerned !== 'nobody') {
    await refusalLog(dependencies)({
      ...{ caller: idOf(caller), concerned, subject: definition.name, code, why },
      accountable: (text) => accountableOf(dependencies, c, caller, text),
    });
  }
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

/** An organization learns only of those who belong to it, and of its keys. What is a person's own concerns the installation. */
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
    return caller.kind === 'key' ? caller.key.organization : 'installation';
  }
  const { organization, role, isWaiting } = await standingOf(dependencies, definition, caller, slug);
  const belongs =
    caller.kind === 'key' ? caller.key.organization === organization?.id : role !== undefined || isWaiting;
  return organization !== undefined && belongs ? organization.id : 'nobody';
}
