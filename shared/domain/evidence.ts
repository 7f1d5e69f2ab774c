/** The evidence for a change of facts, as data: the removal guard decides by it, and the history and owners see it as text. */

/** The text of each kind for owners; for a removal all of its kinds are shown. */
const texts = {
  /** The read shows it. */
  read: 'found on the code host',
  /** A complete read does not have it. Alone this is mere absence, not a confirmation. */
  list: 'missing from a complete read',
  /** The forge hides the list; not a confirmation either. */
  'not-shown': 'hidden by the forge',
  /** An event said that it, or its parent, is gone. */
  event: 'confirmed by an event',
  /** It was read by itself, and not found. */
  'own-read': 'confirmed by a read of its own',
  /** It is missing from a list, and was not found by its id either. */
  'look-up': 'not found by its id',
  /** For a role's holder: the role exists, but lets nobody read. */
  'powerless-role': 'the role no longer reads repositories',
  /** The expiry that the forge had set has passed. */
  expired: 'expired',
  /** An owner approved or requested it. */
  owner: 'allowed by an owner',
  /** An owner was asked, but did not answer for as long as unconfirmed access lasts. */
  silence: 'no owner decided in time',
  /** Its parent, or what it inherits from, is gone. */
  orphaned: 'its parent is gone',
} as const;

export type Evidence = keyof typeof texts;

export const evidenceKinds = Object.keys(texts) as readonly Evidence[];

export type ChangeKind = 'add' | 'update' | 'return' | 'remove';

/** Whether the evidence confirms that a fact is gone. Mere absence does not, since a list that was cut short looks the same. */
export function hasConfirmation(evidence: readonly Evidence[]): boolean {
  return evidence.some((one) => one !== 'list' && one !== 'not-shown');
}

/** The reason for a change, for owners; for an update its difference says more. */
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

/** The texts that earlier versions stored as evidence. They must not change, since stored runs and plans contain them. */
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

/** The evidence of a removal that an earlier version stored as text. */
export function evidenceIn(text: string): readonly Evidence[] {
  const parts = text.split('; ');
  return storedTexts.filter(([stored]) => parts.includes(stored)).map(([, evidence]) => evidence);
}
