import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { reconcileMinutes } from '../shared/runtime/time-limits.ts';
import { pascalCase } from './constructs/node-function.ts';
import { createWorkQueue } from './constructs/work-queue.ts';
import {
  type FunctionName,
  type OptionalFunction,
  synchronizationsAtOnce,
  timeoutSeconds,
} from './function-needs.ts';
import type { Functions, Queues } from './functions.ts';

/** AWS recommends a visibility time-out of at least six times the function's time-out for standard queues. */
const visibilityPerTimeout = 6;

export function createQueues(stack: Stack): Queues {
  const standard = (name: string, consumer: FunctionName) =>
    createWorkQueue(stack, {
      name,
      id: `${pascalCase(name)}Queue`,
      visibilitySeconds: visibilityPerTimeout * timeoutSeconds(consumer),
    });
  return {
    sync: standard('sync', 'sync-organization'),
    scan: standard('scan', 'scan-repository'),
    vcs: standard('vcs', 'scan-vcs'),
    'publish-package': standard('publish-package', 'publish-package'),
    'publish-roots': standard('publish-roots', 'publish-roots'),
    deletion: standard('deletion', 'run-deletion'),
    // One group per key-value store runs one turn at a time. A failed turn is repeated as soon as the function must have ended.
    'publish-access': createWorkQueue(stack, {
      name: 'publish-access',
      id: 'PublishAccessQueue',
      visibilitySeconds: timeoutSeconds('publish-access') + 5,
      fifo: true,
    }),
  };
}

/** Creates the event sources and schedules of functions without a route. */
export function createTriggers(
  stack: Stack,
  { queues, functions }: { queues: Queues; functions: Functions },
): void {
  // None takes all executions that the account may have at once: webhooks and people need some.
  consume('sync-organization', 'sync', { batchSize: 1, maxConcurrency: synchronizationsAtOnce });
  consume('scan-repository', 'scan', { batchSize: 1, maxConcurrency: 10 });
  // Without the worker that reads them, what is asked for fails with that reason, and what was removed is taken out of reach.
  consume(functions['scan-vcs'] === undefined ? 'scan-repository' : 'scan-vcs', 'vcs', {
    batchSize: 1,
    maxConcurrency: 5,
  });
  consume('publish-package', 'publish-package', { batchSize: 5, maxConcurrency: 10 });
  consume('publish-roots', 'publish-roots', { batchSize: 5, maxConcurrency: 10 });
  consume('publish-access', 'publish-access', { batchSize: 10, maxConcurrency: 2 });
  consume('run-deletion', 'deletion', { batchSize: 1, maxConcurrency: 5 });

  const role = new Role(stack, 'SchedulerRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
  });
  schedule('start-reconcile', `rate(${reconcileMinutes} minutes)`);
  schedule('catch-up-deliveries', 'rate(5 minutes)');
  schedule('sweep-work', 'rate(1 minute)');
  schedule('revoke-grants', 'rate(5 minutes)');

  function consume(
    consumer: FunctionName,
    queue: keyof Queues,
    settings: { batchSize: number; maxConcurrency: number },
  ): void {
    const worker = functions[consumer];
    if (worker === undefined) return;
    queues[queue].grantConsumeMessages(worker);
    const isSecond = worker.node.tryFindChild('Source') !== undefined;
    worker.addEventSourceMapping(isSecond ? `${pascalCase(queue)}Source` : 'Source', {
      eventSourceArn: queues[queue].queueArn,
      reportBatchItemFailures: true,
      ...settings,
    });
  }

  function schedule(target: Exclude<FunctionName, OptionalFunction>, expression: string): void {
    const { functionArn } = functions[target];
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }));
    new CfnSchedule(stack, `${pascalCase(target)}Schedule`, {
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: functionArn,
        roleArn: role.roleArn,
        input: '{}',
        // The next turn does the work of a lost one; the default would be 185 retries in a day.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    });
  }
}
