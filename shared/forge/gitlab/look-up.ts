/** Looks groups and projects up, which are missing from a list. */
import { asId, type ForgeTeamId } from '../../domain/ids.ts';
import { idOfPart, kindOfPart, type PartScope } from '../../domain/scopes.ts';
import { unlessMissing } from '../errors.ts';
import type { LookedUp, LookUp } from '../forge.ts';
import { withoutSteps } from '../reading.ts';
import { readGroup } from './groups.ts';
import { lineOf } from './organization.ts';
import { ourGroups } from './parts.ts';
import { projectSchema } from './schema.ts';
import type { Context } from './whole-scopes.ts';

/** Looks up groups and projects by their ids. */
export async function lookUp(
  context: Context,
  parts: readonly LookedUp[],
): Promise<ReadonlyMap<PartScope, LookUp>> {
  const { requests } = context;
  const ours = await ourGroups(context, withoutSteps);
  const answers = new Map<PartScope, LookUp>();
  for (const { part } of parts) {
    const id = idOfPart(part);
    if (kindOfPart(part) === 'repository') {
      const item = await unlessMissing(requests.get({ route: '/projects/:id', path: { id } }, projectSchema));
      answers.set(part, item === undefined ? gone : ours.has(item.namespace.id) ? present : elsewhere);
    } else {
      const group = await unlessMissing(readGroup(requests, asId<ForgeTeamId>(id)));
      answers.set(part, group === undefined ? gone : lineOf(ours, group.id).length > 0 ? present : unknown);
    }
  }
  return answers;
}

const present: LookUp = { is: 'present' };
/** Perhaps it is invited to a project: only the lists tell. */
const unknown: LookUp = { is: 'unknown' };
const gone: LookUp = { is: 'absent', absence: 'gone' };
const elsewhere: LookUp = { is: 'absent', absence: 'elsewhere' };
