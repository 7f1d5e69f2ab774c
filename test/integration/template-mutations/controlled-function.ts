/** A function that asks the test what to do, so that a test sees each invocation and decides how it ends. */
import { createServer } from 'node:http';
import { z } from 'zod';

const callSchema = z.object({
  entry: z.string(),
  event: z.json(),
  functionName: z.string(),
  memory: z.string(),
  heapMb: z.number(),
  greeting: z.string().optional(),
});
export type Call = z.infer<typeof callSchema>;

/** What the function does: returns a value, or throws. */
export type Answer = { readonly result: unknown } | { readonly error: string };

export interface Puppeteer {
  readonly url: string;
  /** All invocations since the last `forget`. */
  readonly calls: readonly Call[];
  forget(): void;
  /** Decides what the function does from now on; undefined returns to the usual answer. */
  decide(answer: ((call: Call) => Answer | Promise<Answer>) | undefined): void;
  close(): Promise<void>;
}

/** The bundle of the function: two handlers, `handler` and `other`. */
export const puppetCode = `
import { request } from 'node:http';
import { resourceLimits } from 'node:worker_threads';
const ask = (message) => new Promise((resolve, reject) => {
  const outgoing = request(process.env.PUPPETEER, { method: 'POST', agent: false }, (incoming) => {
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk) => { text += chunk; });
    incoming.on('end', () => resolve(JSON.parse(text)));
  });
  outgoing.on('error', reject);
  outgoing.end(JSON.stringify(message));
});
const named = (entry) => async (event, context) => {
  const { error, result } = await ask({
    entry, event, functionName: context.functionName, memory: context.memoryLimitInMB,
    heapMb: resourceLimits.maxOldGenerationSizeMb, greeting: process.env.GREETING,
  });
  if (error !== undefined) throw new Error(error);
  return result;
};
export const handler = named('handler');
export const other = named('other');
`;

/** Answers an HTTP request by telling about it, and everything else by nothing. */
function usualAnswer({ event, functionName }: Call): Answer {
  const isHttp = typeof event === 'object' && event !== null && 'requestContext' in event;
  if (!isHttp) return { result: null };
  const headers = { 'content-type': 'application/json' };
  return { result: { statusCode: 200, headers, body: JSON.stringify({ ...event, functionName }) } };
}

export async function startPuppeteer(): Promise<Puppeteer> {
  let decide: (call: Call) => Answer | Promise<Answer> = usualAnswer;
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = callSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    calls.push(call);
    response.end(JSON.stringify(await decide(call)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The puppeteer listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    forget: () => calls.splice(0),
    decide(answer) {
      decide = answer ?? usualAnswer;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
