import type { IncomingMessage, RequestListener } from 'node:http';
import { z } from 'zod';
import type { DeliveryOutcome, WebhookMessage } from '../deliveries/delivery.ts';
import type { FaultRegistry } from '../faults/faults.ts';
import { readBody } from '../server/read-body.ts';
import { ChangeError, formatIssues, type RunChange } from './change.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';

/** What the control route reads and changes of a forge. */
export interface Controlled {
  /** The state by names, for people and tests. Without secrets, except the users' simulated tokens. */
  readonly summarize: () => Promise<unknown>;
  readonly change: RunChange;
  readonly faults: FaultRegistry;
  /** The kinds of faults that the forge has. */
  readonly faultKinds: readonly string[];
  readonly requests: Pick<RequestLog<LoggedRequest>, 'summary' | 'clear'>;
  /** Webhooks that were sent, oldest first, for as long as the forge keeps them. */
  readonly deliveries: () => readonly (WebhookMessage & DeliveryOutcome)[];
  readonly redeliver: (deliveryId: number) => boolean;
  /** Resolves when no delivery is under way. */
  readonly idle: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request that cannot be fulfilled; the message is sent to the client. */
class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const mostBytes = 5 * 1024 * 1024;
const whole = z.number().int().nonnegative();
const faultFields = {
  times: whole.min(1).exactOptional(),
  after: whole.exactOptional(),
  match: z.record(z.string(), z.string()).exactOptional(),
  status: whole.min(100).max(599).exactOptional(),
  retryAfter: whole.exactOptional(),
  delayMs: whole.exactOptional(),
  seconds: whole.exactOptional(),
  drop: whole.exactOptional(),
};

/**
 * Creates the HTTP interface (JSON) that changes a simulated forge while it runs; for people and tests, not part of any forge.
 * docs/worlds.md lists the routes.
 */
export function createControl(forge: Controlled): RequestListener {
  const routes = routesOf(forge);
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    // A POST without a body is one that a web page may send anywhere.
    if (request.headers.origin !== undefined) throw new ControlError(403, 'web pages change nothing here');
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const id = /\/(\d+)(?=\/|$)/.exec(path)?.[1];
    const pattern = `${request.method} ${id === undefined ? path : path.replace(id, '{id}')}`;
    const route = routes[pattern];
    if (route === undefined) {
      throw new ControlError(404, `there is no ${pattern}; there are: ${Object.keys(routes).join(', ')}`);
    }
    return route(Number(id), () => readJson(request));
  };

  return (request, response) => {
    answer(request)
      .catch((error: unknown) => {
        if (error instanceof ChangeError) return { status: 400, body: { error: error.message } };
        if (error instanceof ControlError) return { status: error.status, body: { error: error.message } };
        return { status: 500, body: { error: error instanceof Error ? error.message : String(error) } };
      })
      .then(({ status, body }) => {
        request.resume();
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(`${JSON.stringify(body, undefined, 2)}\n`);
      })
      .catch(() => response.destroy());
  };
}

type ControlRoute = (id: number, body: () => Promise<unknown>) => Promise<Answer>;

function routesOf(forge: Controlled): Readonly<Record<string, ControlRoute>> {
  const faultInput = z.strictObject({ kind: z.enum(forge.faultKinds), ...faultFields });
  return {
    'GET /state': async () => ({ status: 200, body: await forge.summarize() }),
    'POST /changes': async (_id, body) => {
      const { type, ...input } = parse(z.looseObject({ type: z.string() }), await body());
      return { status: 200, body: await forge.change(type, input) };
    },
    'GET /faults': async () => ({ status: 200, body: forge.faults.list() }),
    'POST /faults': async (_id, body) => ({
      status: 201,
      body: forge.faults.add(parse(faultInput, await body())),
    }),
    'DELETE /faults': async () => ({ status: 200, body: { removed: forge.faults.remove() } }),
    'DELETE /faults/{id}': async (id) => {
      if (forge.faults.remove(id) === 0) throw new ControlError(404, `there is no fault ${id}`);
      return { status: 200, body: { removed: 1 } };
    },
    'GET /deliveries': async () => ({ status: 200, body: forge.deliveries().map(withoutBody) }),
    'GET /deliveries/{id}': async (id) => {
      const delivery = forge.deliveries().find((each) => each.id === id);
      if (delivery === undefined) throw new ControlError(404, `there is no delivery ${id}`);
      return { status: 200, body: { ...withoutBody(delivery), payload: JSON.parse(delivery.body) } };
    },
    'POST /deliveries/{id}/redeliver': async (id) => {
      if (!forge.redeliver(id)) throw new ControlError(404, `there is no delivery ${id}`);
      return { status: 202, body: {} };
    },
    'GET /requests': async () => ({ status: 200, body: forge.requests.summary() }),
    'DELETE /requests': async () => {
      forge.requests.clear();
      return { status: 200, body: {} };
    },
    'POST /idle': async () => {
      await forge.idle();
      return { status: 200, body: {} };
    },
  };
}

function parse<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ControlError(400, formatIssues(parsed.error));
  return parsed.data;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  // Protects against forms of web pages, which cannot send this type without a CORS preflight.
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new ControlError(415, 'send JSON with content-type application/json');
  }
  const body = await readBody(request, mostBytes);
  if (body === undefined) throw new ControlError(413, `at most ${mostBytes} bytes`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ControlError(400, 'the body is not JSON');
  }
}

function withoutBody<Delivery extends WebhookMessage>({
  body: _body,
  ...rest
}: Delivery): Omit<Delivery, 'body'> {
  return rest;
}
