/**
 * What a change of facts rests on, as data: the removal guard, the history and the texts for owners are made from it.
 */

/** Each kind in words for an owner; of a removal all of its kinds are shown. */
const texts = {
  /** The read shows it. */
  read: 'found by the read',
  /** A read that is whole does not have it. Alone it is mere absence, and no statement. */
  list: 'missing from a complete read',
  /** The forge showed nothing of the list, and why: no statement either. */
  'not-shown': 'hidden by the forge',
  /** An event said that it is gone, or that what it refers to is. */
  event: 'confirmed by an event',
  /** The read was the thing's own, and did not find it. */
  'own-read': 'confirmed by a read of its own',
  /** It is missing in a list, and the forge did not find it by its id when asked. */
  'look-up': 'not found by its id',
  /** Of a role's holder: the role is there, and lets nobody read. */
  'powerless-role': 'the role no longer reads repositories',
  /** The forge had said when it ends, and that time has passed. */
  expired: 'expired',
  /** An owner was asked and said yes, or asked for it. */
  owner: 'allowed by an owner',
  /** An owner was asked and said nothing for as long as rights last that nobody can confirm. */
  silence: 'no owner decided in time',
  /** What it refers to, or inherits from, is gone. */
  orphaned: 'its parent is gone',
} as const;

export type Evidence = keyof typeof texts;

export const evidenceKinds = Object.keys(texts) as readonly Evidence[];

export type ChangeKind = 'add' | 'update' | 'return' | 'remove';

/** Whether somebody says that a thing is gone: mere absence is no statement, since a list that was cut short looks the same. */
export function hasConfirmation(evidence: readonly Evidence[]): boolean {
  return evidence.some((one) => one !== 'list' && one !== 'not-shown');
}

/** Why a change is made, in words for an owner; of an update its difference says more. */
export function evidenceText(kind: ChangeKind, evidence: readonly Evidence[]): string {
  switch (kind) {
    case 'remove':
      return evidence.map((one) => texts[one]).join('; ');
    case 'return':
      return 'an event had withdrawn it, but the read shows it';
    case 'add':
    case 'update':
      return evidence.includes('owner') ? 'put back by an undo; the read shows it' : texts.read;
  }
}

/** What earlier versions stored as evidence: these words stay as they are, since stored runs and plans have them. */
const storedTexts: readonly (readonly [string, Evidence])[] = [
  ['not in the whole read', 'list'],
  ['not shown by the forge', 'not-shown'],
  ['an event says so too', 'event'],
  ['the forge says so itself', 'own-read'],
  ['not found by its id', 'look-up'],
  ['the role reads no repositories any more', 'powerless-role'],
  ['a person allowed it', 'owner'],
  ['nobody said a word', 'silence'],
  ['what it hangs on is gone', 'orphaned'],
];

/** The evidence of a removal that an earlier version stored in words. */
export function evidenceIn(text: string): readonly Evidence[] {
  const words = text.split('; ');
  return storedTexts.filter(([stored]) => words.includes(stored)).map(([, evidence]) => evidence);
}
