import { SQSClient } from '@aws-sdk/client-sqs';
import type { QueueEngine } from '../runtime/service.ts';
import { type ContractSetup, startContractSetup } from './contract-setup.ts';
import { createQueueService } from './queue-service.ts';
import type { QueueTarget } from './queue-under-test.ts';

export interface LocalQueues {
  readonly engine: QueueEngine;
  readonly setup: ContractSetup;
  close(): Promise<void>;
}

/** Our own queues behind a gateway. */
export async function startLocalQueues(): Promise<LocalQueues> {
  let started: { engine: QueueEngine; setup: ContractSetup } | undefined;
  const engines: QueueEngine[] = [];
  const setup = await startContractSetup((parts) => {
    const baseUrl = () => started?.setup.gateway.url ?? '';
    const place = { accountId: '000000000000', region: 'eu-central-1' };
    const queues = createQueueService({ ...parts, ...place, baseUrl });
    engines.push(queues);
    return { queues };
  });
  const [engine] = engines;
  if (engine === undefined) throw new Error('The setup made no queues');
  started = { engine, setup };
  return {
    ...started,
    async close() {
      await engine.close();
      await setup.close();
    },
  };
}

/** The target of the contracts; the queues exist once the tests run. */
export function localQueueTarget(local: () => LocalQueues): QueueTarget {
  let client: SQSClient | undefined;
  return {
    client() {
      client ??= new SQSClient(local().setup.client);
      return client;
    },
    create: async (name, attributes) => local().engine.createQueue({ name, attributes }),
    pass: (seconds) => local().setup.clock.advance(seconds * 1000),
    now: () => local().setup.clock.now(),
  };
}
