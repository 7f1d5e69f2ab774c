/** Audit log entries of owners' acts: who did what, and why. */
import { type AuditEntryId, newId, type OrganizationId, type UserId } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import { type AuditEntry, addAuditEntry } from '../store/audit-log.ts';
import type { Operation } from '../store/table.ts';

/** Who does something, why, and from where, as far as that is known. */
export interface Accountable extends Pick<AuditEntry, 'by' | 'why' | 'actor' | 'from'> {
  /** The person who made the key that does it. */
  readonly keyMaker?: { readonly id: UserId; readonly name: string };
}

/** Who has work done, in the record of what it changes. */
export const causeOf = ({ actor }: Accountable): 'owner' | 'API key' | 'operator' =>
  actor?.kind === 'key' ? 'API key' : actor?.kind === 'operator' ? 'operator' : 'owner';

/** What it was and what it is now. Never holds a secret. */
export type Changed = Pick<AuditEntry, 'before' | 'after'>;

/**
 * Writes the act's entry to the audit log, as part of the transaction that carries the act out.
 *
 * @param act the command, such as `stop-access`
 * @param subject what it is done to, as an owner names it
 * @param organization undefined for an act on the installation
 */
export function ownerAct(
  { clock, randomBytes }: { readonly clock: Clock; readonly randomBytes: (count: number) => Uint8Array },
  organization: OrganizationId | undefined,
  { by, why, actor, from }: Accountable,
  act: string,
  subject: string,
  { before, after }: Changed = {},
): Operation {
  return addAuditEntry(
    organization,
    { at: clock.now(), by, act, subject, why, actor, from, before, after },
    newId<AuditEntryId>(randomBytes),
  );
}
