/** Handles the news of a push to a repository at a URL, which asks for a scan. What it says is not read: the repository itself tells what is new. */
import { organizationOfVcs, vcsForge } from '../../domain/vcs-repository.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../../runtime/http-message.ts';
import { countRequest, secondsToNextWindow } from '../../store/rate-store.ts';
import { webhookCause } from '../../store/scope-store.ts';
import { ConflictError, type Table } from '../../store/table.ts';
import { notePush } from '../../store/vcs-store.ts';
import { requestWork, type WorkQueue } from '../../store/work.ts';
import { scanWork } from '../../store/work-items.ts';
import type { DeliverySources, WebhookAddress } from './delivery-source.ts';
import { hasPushSecret } from './push-signature.ts';

export interface ReceivePushDependencies extends Pick<DeliverySources, 'sourcesOf'> {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

/** Pushes in a minute of which each asks for a scan. */
export const pushesMax = 30;

/**
 * Takes the news from whoever has the hook's secret. One that comes while a scan runs is followed by another scan.
 *
 * @returns undefined when nobody with the secret sent it; 429 for more than `pushesMax`, else 202
 */
export async function receivePush(
  { table, workQueue, clock, sourcesOf }: ReceivePushDependencies,
  { source }: Pick<WebhookAddress, 'source'>,
  { headers, body }: Pick<HttpRequest, 'headers' | 'body'>,
): Promise<HttpAnswer | undefined> {
  const [hook] = source === undefined ? [] : await sourcesOf({ forge: vcsForge, source });
  const { synchronization, repository } = hook ?? {};
  if (
    synchronization === undefined ||
    repository === undefined ||
    hook?.secrets.some((secret) => hasPushSecret(body, headers, secret)) !== true
  ) {
    return undefined;
  }
  const now = clock.now();
  if ((await countRequest(table, `push.${source}`, now)) > pushesMax) {
    const error = `more than ${pushesMax} pushes in a minute`;
    return jsonAnswer(429, { accepted: false, error }, { 'retry-after': String(secondsToNextWindow(now)) });
  }
  const organization = organizationOfVcs(synchronization);
  const scan = scanWork(organization, synchronization, repository);
  try {
    await table.transact([
      notePush(organization, repository, now),
      requestWork(scan, now, { cause: webhookCause('push') }),
    ]);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    // It was removed just now.
    return undefined;
  }
  await workQueue.send([scan.message]);
  return jsonAnswer(202, { accepted: true });
}
