import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import { auditLog } from '../store/audit-log.ts';
import { ConflictError } from '../store/table.ts';
import { causeOf, ownerAct } from './owner-act.ts';

it('lists every act with time, owner and reason, newest first, even two of the same moment', async () => {
  const table = createMemoryTable();
  let now = Date.parse('2026-11-22T12:00:00Z');
  const dependencies = { clock: { now: () => now }, randomBytes };
  const act = (what: string) =>
    ownerAct(dependencies, organizationId, { by: 'Ann Onym', why: 'token leaked' }, what, 'acme');
  const first = act('first');
  await table.transact([first]);
  await table.transact([act('second')]);
  now += 1;
  await table.transact([act('third')]);
  const log = await auditLog(table, organizationId, 10);
  expect(log).toHaveLength(3);
  expect(log[0]).toEqual({ at: now, by: 'Ann Onym', act: 'third', subject: 'acme', why: 'token leaked' });
  expect(await auditLog(table, organizationId, 1)).toEqual(log.slice(0, 1));
  await expect(table.transact([first])).rejects.toThrow(ConflictError);
});

it.each([
  ['user', 'owner'],
  ['key', 'API key'],
  ['operator', 'operator'],
] as const)('what a %s has done is recorded as caused by that: %s', (kind, cause) => {
  expect(causeOf({ by: 'Ann', why: '', actor: { kind, id: '1', name: 'Ann' } })).toBe(cause);
});
