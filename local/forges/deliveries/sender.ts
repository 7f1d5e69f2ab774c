import type { DeliveryOutcome, ReceiverAnswer, WebhookMessage } from './delivery.ts';
import type { DeliveryDeps, DeliveryRules } from './delivery-rules.ts';
import type { Timers } from './timers.ts';

export interface Sender<Message extends WebhookMessage> {
  /** Sends a message, retries it if the forge does so by itself, and records each attempt. */
  deliver(message: Message): Promise<void>;
  /** Records an attempt as timed out without making it. */
  recordTimeout(message: Message): Promise<void>;
  /** Aborts what is under way. */
  close(): void;
}

const keptResponseBytes = 10_000;

export function createSender<Message extends WebhookMessage>(
  rules: DeliveryRules<Message>,
  deps: DeliveryDeps<Message>,
  timers: Timers,
): Sender<Message> {
  const closing = new AbortController();

  const deliverOnce = async (message: Message, attempt: number): Promise<ReceiverAnswer | undefined> => {
    const url = rules.url(message);
    if (url === undefined || closing.signal.aborted) return undefined;
    const startedAt = deps.now();
    const requestHeaders = rules.headers(message, attempt);
    const timeout = new AbortController();
    const cancel = timers.later(rules.answerTimeoutMs, () => timeout.abort());
    const signal = AbortSignal.any([timeout.signal, closing.signal]);
    const posted = await post(deps.fetch, url, { headers: requestHeaders, body: message.body, signal });
    cancel();
    if (closing.signal.aborted) return undefined;
    const answer: ReceiverAnswer =
      posted === undefined
        ? { kind: timeout.signal.aborted ? 'timed-out' : 'unreachable' }
        : { kind: 'answered', status: posted.status, ok: posted.ok };
    await deps.record({
      ...message,
      deliveredAt: new Date(startedAt).toISOString(),
      durationMs: Math.round(deps.now() - startedAt),
      requestHeaders,
      status: rules.statusText(answer),
      statusCode: posted?.status ?? 0,
      ...posted?.logged,
    });
    return answer;
  };

  return {
    async deliver(message) {
      for (let attempt = 1; ; attempt += 1) {
        const numbered = attempt === 1 ? message : { ...message, id: deps.nextId() };
        const answer = await deliverOnce(numbered, attempt);
        if (answer === undefined || rules.triesAgain?.(answer, attempt) !== true) return;
      }
    },
    recordTimeout: (message) =>
      deps.record({
        ...message,
        deliveredAt: new Date(deps.now()).toISOString(),
        durationMs: rules.answerTimeoutMs,
        status: rules.statusText({ kind: 'timed-out' }),
        statusCode: 0,
        requestHeaders: rules.headers(message, 1),
      }),
    close: () => closing.abort(),
  };
}

interface Posted {
  readonly status: number;
  readonly ok: boolean;
  readonly logged: Pick<DeliveryOutcome, 'responseHeaders' | 'responseBody'>;
}

/** Posts to the receiver; undefined if there was no complete answer. */
async function post(
  send: typeof fetch,
  url: string,
  request: Pick<RequestInit, 'headers' | 'body' | 'signal'>,
): Promise<Posted | undefined> {
  try {
    // Redirects are not followed: forges treat anything but 2xx as a failure.
    const response = await send(url, { ...request, method: 'POST', redirect: 'manual' });
    const responseBody = (await response.text()).slice(0, keptResponseBytes);
    const responseHeaders = Object.fromEntries(response.headers);
    return { status: response.status, ok: response.ok, logged: { responseHeaders, responseBody } };
  } catch {
    return undefined;
  }
}
