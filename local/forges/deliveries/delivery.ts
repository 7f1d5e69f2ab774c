/** One event for one receiver, as it is sent. */
export interface WebhookMessage {
  /** Of this attempt in the log. */
  readonly id: number;
  /** Stays the same however often the event is sent. */
  readonly guid: string;
  readonly event: string;
  readonly action?: string;
  /** Whether it was asked for, after a first one. */
  readonly redelivery: boolean;
  /** The exact bytes that are signed and sent. */
  readonly body: string;
}

/** What became of an attempt. */
export interface DeliveryOutcome {
  /** ISO 8601 */
  readonly deliveredAt: string;
  /** In the forge's words. */
  status: string;
  /** 0 where nothing answered. */
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
