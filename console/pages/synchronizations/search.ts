/** What the addresses of these pages say besides the path. */
import { oneOf, textOf } from '../../routes/search.ts';

/** Those with changes if there is none. */
export const runFilters = ['failed', 'all'] as const;

export interface SynchronizationSearch {
  readonly runs?: (typeof runFilters)[number] | undefined;
  /** When a read was asked for, whose progress is shown: ISO 8601, as the API has it. */
  readonly asked?: string | undefined;
}

export const synchronizationSearch = (search: Record<string, unknown>): SynchronizationSearch => ({
  runs: oneOf(runFilters, search.runs),
  asked: textOf(search.asked),
});

/** @returns with when its undo was asked for, whose progress is shown: ISO 8601 */
export const runSearch = (search: Record<string, unknown>): { readonly undo?: string | undefined } => ({
  undo: textOf(search.undo),
});

export const webhookTabs = ['log', 'hooks'] as const;

export interface WebhooksSearch {
  /** What was received if there is none. */
  readonly tab?: (typeof webhookTabs)[number] | undefined;
  /** Whose log it is, where there are several webhooks. */
  readonly hook?: string | undefined;
}

export const webhooksSearch = (search: Record<string, unknown>): WebhooksSearch => ({
  tab: oneOf(webhookTabs, search.tab),
  hook: textOf(search.hook),
});
