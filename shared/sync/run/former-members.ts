/**
 * Where a forge's list of permissions is read less often than its list of members, whoever is missing from the latter loses the permissions
 * at once. A claim withdraws them, as an event of the forge would, until the list of permissions decides.
 */
import { decides } from '../../domain/claim.ts';
import { factKey } from '../../domain/facts.ts';
import type { AnyScope } from '../../domain/scopes.ts';
import { deleteClaims, numberClaims, putClaim, type StoredClaim } from '../../store/claim-store.ts';
import { transactionItemsMax } from '../../store/table.ts';
import type { FinishedReading } from '../plan/decide.ts';
import type { PlannedChange } from '../plan/plan.ts';
import type { Run } from './run.ts';

/**
 * Call it before the plan is written: if the worker dies in between, the next read of the list plans the same. The transactions of the plan
 * request the views of everybody named here.
 *
 * @param claims all that are known of the synchronization
 * @param now milliseconds since the epoch
 */
export async function withdrawFromFormerMembers(
  { dependencies: { table }, synchronization: { id }, traits }: Run,
  scope: AnyScope,
  { observedAt: number, startedAt }: FinishedReading,
  changes: readonly PlannedChange[],
  claims: readonly StoredClaim[],
  now: number,
): Promise<void> {
  const isLate = traits.scopes.some(
    ({ name, kinds, everyMs }) => name !== scope && everyMs !== undefined && kinds.includes('collaborator'),
  );
  const memberships = changes.filter(({ fact }) => fact.kind === 'member');
  if (!isLate || memberships.length === 0) {
    return;
  }
  const keysOf = (kind: PlannedChange['kind']): ReadonlySet<string> =>
    new Set(memberships.filter((change) => change.kind === kind).map(({ fact }) => factKey(fact)));
  const back = keysOf('add');
  // Only what a list said, which this read shows to be wrong. What an event said, the list of permissions decides.
  const wrong = claims.filter(
    (claim) =>
      back.has(claim.key) && claim.bodies.length === 0 && decides({ number, startedAt }, claim, traits),
  );
  await deleteClaims(table, id, wrong);
  const added = [...keysOf('remove')]
    .filter((key) => claims.every((claim) => claim.key !== key))
    .map(
      (key): StoredClaim => ({ key, expect: 'gone', at: now, number: Number.POSITIVE_INFINITY, bodies: [] }),
    );
  for (let start = 0; start < added.length; start += transactionItemsMax) {
    const portion = added.slice(start, start + transactionItemsMax);
    await table.transact(portion.map((claim) => putClaim(id, claim)));
  }
  await numberClaims(table, id, added);
}
