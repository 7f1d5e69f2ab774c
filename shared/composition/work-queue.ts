/** Sends work messages to their SQS queues. */
import { randomUUID } from 'node:crypto';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { required } from '../runtime/config.ts';
import type { environment } from '../runtime/environment.ts';
import type { QueueName, WorkMessage, WorkQueue } from '../store/work.ts';

const urlVariables = {
  sync: 'syncQueueUrl',
  scan: 'scanQueueUrl',
  vcs: 'vcsQueueUrl',
  'publish-package': 'publishPackageQueueUrl',
  'publish-roots': 'publishRootsQueueUrl',
  'publish-access': 'publishAccessQueueUrl',
  deletion: 'deletionQueueUrl',
} as const satisfies Record<QueueName, keyof typeof environment>;

/** SQS accepts 10 messages in one request. */
const batchMax = 10;
/** Keys in one message to the edge's writer: a turn handles 50. */
const keysMax = 50;

export function createWorkQueue(client: SQSClient): WorkQueue {
  return {
    async send(messages, delaySeconds = 0) {
      const byQueue = new Map<QueueName, WorkMessage[]>();
      for (const message of distinct(messages)) {
        const list = byQueue.get(message.queue) ?? [];
        list.push(message);
        byQueue.set(message.queue, list);
      }
      for (const [queue, list] of byQueue) {
        const fifo = queue === 'publish-access';
        for (let start = 0; start < list.length; start += batchMax) {
          const answer = await client.send(
            new SendMessageBatchCommand({
              QueueUrl: required(urlVariables[queue]),
              Entries: list.slice(start, start + batchMax).map((message, place) => ({
                Id: String(place),
                MessageBody: JSON.stringify(message.message),
                MessageGroupId: message.group,
                ...(fifo ? { MessageDeduplicationId: randomUUID() } : { DelaySeconds: delaySeconds }),
              })),
            }),
          );
          if (answer.Failed && answer.Failed.length > 0) {
            throw new Error(`the queue ${queue} did not take ${answer.Failed.length} messages`);
          }
        }
      }
    },
  };
}

/** Removes duplicates, and combines the keys of the edge, which have one writer. */
function distinct(messages: readonly WorkMessage[]): WorkMessage[] {
  const seen = new Map<string, WorkMessage>();
  const edge: string[] = [];
  for (const message of messages) {
    if (message.queue === 'publish-access') {
      edge.push(...((message.message.keys as string[] | undefined) ?? []));
    } else {
      seen.set(`${message.queue} ${JSON.stringify(message.message)}`, message);
    }
  }
  const edgeKeys = [...new Set(edge)];
  const turns: WorkMessage[] = [];
  for (let start = 0; start < edgeKeys.length; start += keysMax) {
    turns.push({
      queue: 'publish-access',
      group: 'access',
      message: { keys: edgeKeys.slice(start, start + keysMax) },
    });
  }
  return [...turns, ...seen.values()];
}
