/** An act of an owner that has to be accounted for: who did it, and why. */
import { z } from 'zod';
import { type AuditEntryId, newId, type OrganizationId } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import { addAuditEntry } from '../store/audit-log.ts';
import type { Operation } from '../store/table.ts';

/** Printable, so that a terminal shows it as it was written. */
const words = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'has to be one line of text');

/** The part of a command's input that says who gives it and why. */
export const accountable = { by: words(100), why: words(500) } as const;

export interface Accountable {
  readonly by: string;
  readonly why: string;
}

/**
 * The entry of the audit log for an act, to be part of the transaction that carries the act out.
 *
 * @param act the command, such as `stop-access`
 * @param subject what it is done to, as an owner names it
 */
export function ownerAct(
  { clock, randomBytes }: { readonly clock: Clock; readonly randomBytes: (count: number) => Uint8Array },
  organization: OrganizationId,
  { by, why }: Accountable,
  act: string,
  subject: string,
): Operation {
  return addAuditEntry(
    organization,
    { at: clock.now(), by, act, subject, why },
    newId<AuditEntryId>(randomBytes),
  );
}
