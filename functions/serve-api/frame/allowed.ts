/** Whether the caller may use the route, by what the table says of both. */
import type { MiddlewareHandler } from 'hono';
import type { UserId } from '../../../shared/domain/ids.ts';
import { type Organization, slugProblem } from '../../../shared/domain/organization.ts';
import type { Synchronization } from '../../../shared/domain/synchronization.ts';
import { delegatedRightsOf, type HeldRights } from '../../../shared/organizations/delegated-rights.ts';
import { placeIn, type Role } from '../../../shared/organizations/membership.ts';
import { ProblemError } from '../../../shared/runtime/problem-details.ts';
import { findInstallationSettings } from '../../../shared/store/installation-settings.ts';
import { findOrganizationBySlug } from '../../../shared/store/organization-store.ts';
import type { Table } from '../../../shared/store/table.ts';
import { survivorOf } from '../../../shared/store/user-store.ts';
import { type Caller, isOfOrganization, refusalOf } from './access.ts';
import { noteUse } from './caller.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { ApiEnvironment } from './environment.ts';
import { problemOfRefusal } from './problems.ts';
import { isChange, type RouteDefinition } from './route.ts';

export const allowed =
  (dependencies: ApiDependencies, definition: RouteDefinition): MiddlewareHandler<ApiEnvironment> =>
  async (c, next) => {
    const caller = c.get('caller');
    const slug = isOfOrganization(definition.access) ? (c.req.param('slug') ?? '') : undefined;
    const found = await standingOf(dependencies, definition, caller, slug);
    const { organization, role, isWaiting, isAdministrator } = found;
    const held = await heldRightsOf(dependencies, definition, caller, found);
    const isDelegate = definition.orRight?.rights.some((right) => held?.rights.includes(right)) === true;
    const rule = { ...definition, isDangerous: isChange(definition) && definition.isDangerous };
    const standing = { organization: organization?.id, role, isWaiting, isAdministrator, isDelegate };
    const refusal = refusalOf(rule, caller, standing, dependencies.clock.now());
    if (refusal !== undefined) {
      const hasKey = c.req.header('authorization') !== undefined;
      throw new ProblemError(problemOfRefusal(refusal, definition.scope, hasKey));
    }
    c.set('organization', organization);
    c.set('role', caller?.kind === 'user' ? role : 'owner');
    c.set('synchronizations', found.synchronizations);
    c.set('held', held);
    await noteUse(dependencies, caller);
    await next();
  };

interface Found {
  readonly organization: Organization | undefined;
  readonly role: Role | undefined;
  readonly isWaiting: boolean;
  readonly isAdministrator: boolean;
  readonly synchronizations?: readonly Synchronization[];
}

const nothing: Found = {
  ...{ organization: undefined, role: undefined, isWaiting: false, isAdministrator: false },
};

/** What is known of the caller where the request is. */
export async function standingOf(
  { table, clock }: ApiDependencies,
  { access }: RouteDefinition,
  caller: Caller | undefined,
  slug: string | undefined,
): Promise<Found> {
  if (caller === undefined) {
    return nothing;
  }
  if (slug !== undefined) {
    const organization =
      slugProblem(slug) === undefined ? await findOrganizationBySlug(table, slug) : undefined;
    const user = await responsibleFor(table, caller, organization);
    if (organization === undefined || user === undefined) {
      return { ...nothing, organization };
    }
    const { role, state, synchronizations } = await placeIn(table, user, organization, clock.now());
    return {
      ...nothing,
      organization,
      role: state === 'active' ? role : undefined,
      isWaiting: state === 'waiting' && role !== undefined,
      synchronizations,
    };
  }
  const isAdministrator =
    access === 'administrator' &&
    caller.kind === 'user' &&
    (await findInstallationSettings(table)).administrators.includes(caller.user);
  return { ...nothing, isAdministrator };
}

/** Undefined where the role alone decides. */
async function heldRightsOf(
  { table, clock }: ApiDependencies,
  { orRight }: RouteDefinition,
  caller: Caller | undefined,
  { organization, role }: Found,
): Promise<HeldRights | undefined> {
  const isAsked = orRight !== undefined && role !== undefined && role !== 'owner';
  return isAsked && organization !== undefined && caller?.kind === 'user'
    ? delegatedRightsOf(table, organization.id, caller.user, clock.now())
    : undefined;
}

/**
 * The person whose role counts: the caller, or who made the key that asks for its own organization, under whichever name since. One read for a
 * key.
 */
async function responsibleFor(
  table: Table,
  caller: Caller,
  organization: Organization | undefined,
): Promise<UserId | undefined> {
  switch (caller.kind) {
    case 'user':
      return caller.user;
    case 'key': {
      const { organization: own, makerId } = caller.key;
      return own === organization?.id && makerId !== undefined ? survivorOf(table, makerId) : undefined;
    }
    case 'operator':
      return undefined;
  }
}
