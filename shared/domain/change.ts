/** What a run changed, as the history keeps it: who or what, before, after, and why. Names are joined when it is shown. */
import type { Evidence } from './evidence.ts';
import type { Fact } from './facts.ts';
import type { ForgeRepositoryId } from './ids.ts';

interface Why {
  readonly evidence: readonly Evidence[];
}

/** A change of one fact, which says itself whom and what it is about. */
export type FactChange = Why &
  (
    | { readonly kind: 'add'; readonly after: Fact }
    | { readonly kind: 'update'; readonly before: Fact; readonly after: Fact }
    /** An event had withdrawn it, and it gives what it gave again. */
    | { readonly kind: 'return'; readonly after: Fact }
    | { readonly kind: 'remove'; readonly before: Fact }
  );

/** Its fact can be asked back. */
export type Removal = Extract<FactChange, { readonly kind: 'remove' }>;

/** A package's name passed to another repository, or its package moved there. */
export interface NameChange {
  readonly kind: 'package-name';
  readonly name: string;
  readonly before: NameHolder;
  readonly after: NameHolder;
  /** In words for an owner. */
  readonly reason: string;
}

interface NameHolder {
  readonly repository: ForgeRepositoryId;
  /** Of the package. */
  readonly number: number;
}

export type RecordedChange = FactChange | NameChange;
