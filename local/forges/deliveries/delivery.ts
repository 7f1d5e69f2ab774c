/** One event for one receiver, as it is sent. */
export interface WebhookMessage {
  /** The attempt's id in the log. */
  readonly id: number;
  /** The event's id, the same for all attempts. */
  readonly guid: string;
  readonly event: string;
  readonly action?: string;
  /** Whether somebody requested it after a first delivery. */
  readonly redelivery: boolean;
  /** The exact bytes that are signed and sent. */
  readonly body: string;
}

/** The outcome of an attempt. */
export interface DeliveryOutcome {
  /** ISO 8601 */
  readonly deliveredAt: string;
  /** In the forge's own words. */
  status: string;
  /** 0 if there was no answer. */
  statusCode: number;
  durationMs: number;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: string;
}

/** How a receiver answered. */
export type ReceiverAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly ok: boolean }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'unreachable' };
