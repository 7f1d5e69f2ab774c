import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer: `json` is serialized, `raw` is sent as it is, and `stream` sends everything by itself. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly raw?: Buffer;
  readonly stream?: (response: ServerResponse) => Promise<void>;
}

/** Thrown by a route to refuse the request. */
export class RefusalError extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super(`status ${reply.status}`);
    this.reply = reply;
  }
}

/** @param headers of every answer; the reply's own win */
export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, value] of Object.entries({ ...headers, ...reply.headers }))
    response.setHeader(name, value);
  if (reply.stream !== undefined) {
    await reply.stream(response);
    return;
  }
  const body = reply.raw ?? (reply.json === undefined ? undefined : Buffer.from(JSON.stringify(reply.json)));
  if (reply.json !== undefined) response.setHeader('content-type', 'application/json');
  response.writeHead(reply.status);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** The fields of a body that is JSON or a form, none of an empty one; undefined if it is no JSON. */
export function parseFields(body: Buffer, contentType: string): Record<string, unknown> | undefined {
  if (body.length === 0) return {};
  if (!contentType.includes('json')) return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return undefined;
  }
}
