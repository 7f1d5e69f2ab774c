import { gitHubScopes } from '../../support/traits.ts';

/**
 * All that may differ between the ends of two lives in which the same happened; everything else is byte for byte the same.
 *
 * `time`: a moment of this life, whichever; one from before it stays as it is. `count`: replaced by its rank among the values of the
 * named attributes in the same item, so that what is equal stays equal and what is higher stays higher. `record`: left out.
 */
export interface MayDiffer {
  /** Of what: `table <pk> <sk>`, `object <key>`. */
  readonly where: RegExp;
  /** Attributes; none: the whole thing. */
  readonly attributes: readonly string[];
  readonly as: 'time' | 'count' | 'record';
  readonly reason: string;
}

export const mayDiffer: readonly MayDiffer[] = [
  {
    where: /^table SYNC#\S+ RUN#/,
    attributes: [],
    as: 'record',
    reason:
      'the record of one run: a disturbed life has more of them, and may need fewer where two wishes became one run',
  },
  {
    where: /^table SYNC#\S+ (SCOPE|SCAN)#/,
    attributes: ['cause', 'lastFailure'],
    as: 'record',
    reason: 'what asked for the latest run and what went wrong in the last that failed: records of attempts',
  },
  {
    where: /^table SYNC#\S+ (DELIVERED|SCANLOG)#/,
    attributes: [],
    as: 'record',
    reason: 'when a delivery came, and what a scan found: one for each attempt, with its time in the key',
  },
  {
    where: /^table /,
    attributes: ['wanted', 'done'],
    as: 'count',
    reason: 'how often something was asked for; that all of it is done shows in the rank',
  },
  {
    where: /^table SYNC#\S+ SYNC$/,
    attributes: ['counter'],
    as: 'count',
    reason: 'one more with each run',
  },
  {
    where: /^table SYNC#\S+ SCOPE#/,
    attributes: ['readAt'],
    as: 'count',
    reason: 'numbers of runs',
  },
  {
    where: /^table SYNC#\S+ SCOPE#/,
    attributes: ['readBegunAt'],
    as: 'time',
    reason: 'when the last reading of the scope began',
  },
  {
    where: /^table SYNC#\S+ CLAIM#/,
    attributes: [],
    as: 'record',
    reason:
      'it covers only what was given before it, and goes when every list that it may concern was read again',
  },
  {
    where: /^table BODY#/,
    attributes: ['number', 'expiresAt'],
    as: 'record',
    reason: 'between which readings the delivery came, and four days after it',
  },
  {
    where: /^table SYNC#\S+ FACT#/,
    attributes: ['givenAt', 'inDoubt'],
    as: 'record',
    reason: 'which reading gave or took the right, and whether it could know',
  },
  {
    where: /^table SYNC#\S+ FACT#/,
    attributes: ['observedAt', 'firstObservedAt'],
    as: 'record',
    reason: 'which of two readings at once wrote it first, and whether the other wrote it again',
  },
  {
    where: /^table SYNC#\S+ FACT#/,
    attributes: ['missed'],
    as: 'record',
    reason: 'whether the reading that took it away knew of the event too',
  },
  {
    where: /^table SYNC#\S+ SYNC$/,
    attributes: gitHubScopes.map((scope) => `${scope}SucceededAt`),
    as: 'time',
    reason: 'when a scope was read last',
  },
  {
    where: /^table SYNC#\S+ SCOPE#/,
    attributes: ['lastSuccessAt'],
    as: 'time',
    reason: 'when the scope was read last',
  },
  {
    where: /^table SYNC#\S+ SCAN#/,
    attributes: ['lastScannedAt'],
    as: 'time',
    reason: 'when the scan ended',
  },
  {
    where: /^table SYNC#\S+ FACT#/,
    attributes: ['changedAt', 'expiresAt'],
    as: 'time',
    reason: 'when the fact came or went, and a day later',
  },
  {
    where: /^table SYNC#\S+ SCOPE#/,
    attributes: ['partsRead'],
    as: 'count',
    reason: 'how often a part of the list was read by itself',
  },
  {
    where: /^table SYNC#\S+ SCOPE#/,
    attributes: ['expiresAt', 'recheckAt'],
    as: 'time',
    reason: "a day after a part's last read, and when a scope is looked at again",
  },
  {
    where: /^table SYNC#\S+ CHANGES#/,
    attributes: [],
    as: 'record',
    reason: 'what a run changed: a part of its record',
  },
  { where: /^table BUDGET#/, attributes: [], as: 'record', reason: "what was last heard of GitHub's limits" },
  { where: /^table DELIVERYLOG /, attributes: ['readUntil'], as: 'time', reason: 'how far the log was read' },
  {
    where: /^table ORG#\S+ PACKAGE#/,
    attributes: ['acceptedAt', 'unreadableAt'],
    as: 'time',
    reason: 'when the scan ran',
  },
  {
    where: /^table ORG#\S+ NAME#/,
    attributes: ['changedAt'],
    as: 'time',
    reason: 'when the scan that claims the name ran',
  },
  {
    where: /^table PACKAGE#\S+ DIST#/,
    attributes: ['recordedAt', 'storedAt'],
    as: 'time',
    reason: 'when the scan ran, and when the archive was stored',
  },
  {
    where: /^table DELIVERY#/,
    attributes: ['expiresAt'],
    as: 'time',
    reason: 'four days after it came',
  },
  { where: /^object /, attributes: ['lastModified'], as: 'time', reason: 'when it was written' },
];
