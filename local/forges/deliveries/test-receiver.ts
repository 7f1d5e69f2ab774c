import { createServer } from 'node:http';

export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A server that receives and keeps webhooks. */
export interface WebhookReceiver<Received extends ReceivedWebhook = ReceivedWebhook> {
  readonly url: string;
  readonly received: Received[];
  /** The status of answers from now on. */
  status: number;
  /** If set, nothing is answered. */
  silent: boolean;
  close(): Promise<void>;
}

/** @param describe adds what a forge's tests look for */
export async function startReceiver<Received extends ReceivedWebhook>(
  describe: (webhook: ReceivedWebhook) => Received,
): Promise<WebhookReceiver<Received>> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push(describe({ headers, body, payload: JSON.parse(body) }));
      if (!receiver.silent) response.writeHead(receiver.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const receiver: WebhookReceiver<Received> = {
    url: `http://127.0.0.1:${port}/webhooks`,
    received,
    status: 202,
    silent: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
