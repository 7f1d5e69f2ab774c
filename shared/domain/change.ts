/** Changes as the history keeps them: the fact before and after, and the evidence. Names are added when they are displayed. */
import type { Evidence } from './evidence.ts';
import type { Fact } from './facts.ts';
import type { ForgeRepositoryId } from './ids.ts';

interface Why {
  readonly evidence: readonly Evidence[];
}

/** A change of one fact, which itself names who and what it is about. */
export type FactChange = Why &
  (
    | { readonly kind: 'add'; readonly after: Fact }
    | { readonly kind: 'update'; readonly before: Fact; readonly after: Fact }
    /** An event had withdrawn it, and it grants again what it granted. */
    | { readonly kind: 'return'; readonly after: Fact }
    | { readonly kind: 'remove'; readonly before: Fact }
  );

/** A change whose fact an owner can ask to restore. */
export type Removal = Extract<FactChange, { readonly kind: 'remove' }>;

/** A package's name passed to another repository, or its package moved there. */
export interface NameChange {
  readonly kind: 'package-name';
  readonly name: string;
  readonly before: NameHolder;
  readonly after: NameHolder;
  /** For owners to read. */
  readonly reason: string;
}

interface NameHolder {
  readonly repository: ForgeRepositoryId;
  /** Of the package. */
  readonly number: number;
}

export type RecordedChange = FactChange | NameChange;
