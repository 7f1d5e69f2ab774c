/** What owners are told of the hooks of a synchronization. */
import type { Synchronization } from '../domain/synchronization.ts';
import { findModule } from '../forge/modules.ts';
import { type HookCare, hookCareOf } from '../store/hook-care-store.ts';
import { hooksOf } from '../store/hook-store.ts';
import type { Table } from '../store/table.ts';

/** What to do about a problem. The forge's own words come before it. */
const ways: Readonly<Record<NonNullable<HookCare['problem']>['code'], string>> = {
  'insufficient-scope':
    'Replace the connection by a new grant or token. Until then changes are found by the schedule, within ten minutes.',
  refused:
    'The code host may have as many webhooks as it takes there, or its administrator may not allow requests to this address. It is tried again with each reconcile; until then changes are found by the schedule, within ten minutes.',
  'no-address': 'The operator has to set the address of the console, where deliveries arrive.',
};

export interface HooksState {
  /** Where they are installed; undefined until the code host was asked. */
  readonly on: 'organization' | 'repositories' | undefined;
  /** How many deliver. */
  readonly working: number;
  /** How many are installed, and the code host does not deliver to them. */
  readonly notWorking: number;
  /** How many could not be installed. */
  readonly missing: number;
  readonly problem: { readonly code: string; readonly message: string; readonly since: number } | undefined;
}

/** Two reads. @returns undefined where the forge delivers without hooks of ours */
export async function describeHooks(
  table: Table,
  { id, forge }: Pick<Synchronization, 'id' | 'forge'>,
): Promise<HooksState | undefined> {
  if (findModule(forge)?.installsHooks !== true) {
    return undefined;
  }
  const [care, hooks] = await Promise.all([hookCareOf(table, id), hooksOf(table, id)]);
  const working = hooks.filter(({ state }) => state === 'working').length;
  const notWorking = hooks.filter(({ state }) => state === 'paused' || state === 'disabled').length;
  const problem = care?.problem;
  return {
    ...{ on: care?.on, working, notWorking },
    missing: Math.max(0, (care?.missing ?? 0) - notWorking),
    problem: problem && { ...problem, message: `${problem.message} ${ways[problem.code]}` },
  };
}
