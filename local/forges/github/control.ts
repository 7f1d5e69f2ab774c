import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Changes } from './changes.ts';
import { ChangeError, inWords } from './changes-context.ts';
import type { RequestLog } from './control-requests.ts';
import { summarize } from './control-state.ts';
import { type FaultRegistry, faultKinds } from './faults.ts';
import type { Delivery, GitHubState } from './state.ts';

export interface ControlDeps {
  readonly state: GitHubState;
  readonly changes: Changes;
  readonly faults: FaultRegistry;
  readonly requests: RequestLog;
  readonly redeliver: (deliveryId: number) => boolean;
  /** Resolves when no delivery is under way. */
  readonly idle: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request that cannot be answered as asked; the message goes to the client. */
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
const faultInput = z.strictObject({
  kind: z.enum(faultKinds),
  times: whole.min(1).exactOptional(),
  after: whole.exactOptional(),
  match: z.record(z.string(), z.string()).exactOptional(),
  status: whole.min(100).max(599).exactOptional(),
  retryAfter: whole.exactOptional(),
  delayMs: whole.exactOptional(),
  seconds: whole.exactOptional(),
  drop: whole.exactOptional(),
});

/**
 * The way to change the simulated GitHub while it runs, JSON over HTTP; for people and tests, not part of GitHub.
 * docs/worlds.md lists the routes.
 */
export function createControl(
  deps: ControlDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  const routes: Record<string, (id: number, body: () => Promise<unknown>) => Promise<Answer>> = {
    'GET /state': async () => ({ status: 200, body: await summarize(deps.state) }),
    'POST /changes': async (_id, body) => {
      const { type, ...input } = parse(z.looseObject({ type: z.string() }), await body());
      return { status: 200, body: await deps.changes.runUnchecked(type, input) };
    },
    'GET /faults': async () => ({ status: 200, body: deps.faults.list() }),
    'POST /faults': async (_id, body) => ({
      status: 201,
      body: deps.faults.add(parse(faultInput, await body())),
    }),
    'DELETE /faults': async () => ({ status: 200, body: { removed: deps.faults.remove() } }),
    'DELETE /faults/{id}': async (id) => {
      if (deps.faults.remove(id) === 0) throw new ControlError(404, `there is no fault ${id}`);
      return { status: 200, body: { removed: 1 } };
    },
    'GET /deliveries': async () => ({ status: 200, body: deps.state.deliveries.map(withoutBody) }),
    'GET /deliveries/{id}': async (id) => {
      const delivery = deps.state.deliveries.find((each) => each.id === id);
      if (delivery === undefined) throw new ControlError(404, `there is no delivery ${id}`);
      return { status: 200, body: { ...withoutBody(delivery), payload: JSON.parse(delivery.body) } };
    },
    'POST /deliveries/{id}/redeliver': async (id) => {
      if (!deps.redeliver(id)) throw new ControlError(404, `there is no delivery ${id}`);
      return { status: 202, body: {} };
    },
    'GET /requests': async () => ({ status: 200, body: deps.requests.summary() }),
    'DELETE /requests': async () => {
      deps.requests.clear();
      return { status: 200, body: {} };
    },
    'POST /idle': async () => {
      await deps.idle();
      return { status: 200, body: {} };
    },
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    // A web page that a name of its own leads here must not read or change anything.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
      throw new ControlError(403, 'ask for 127.0.0.1 or localhost');
    }
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

function parse<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ControlError(400, inWords(parsed.error));
  return parsed.data;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  // A form of a web page cannot send this type without asking first.
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new ControlError(415, 'send JSON with content-type application/json');
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > mostBytes) throw new ControlError(413, `at most ${mostBytes} bytes`);
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new ControlError(400, 'the body is no JSON');
  }
}

function withoutBody({ body: _body, ...rest }: Delivery): Omit<Delivery, 'body'> {
  return rest;
}
