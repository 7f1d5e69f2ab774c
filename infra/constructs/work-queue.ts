import { Aws, Duration, type Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';

export interface WorkQueueSettings {
  /** The queue's name in kebab-case. */
  readonly name: string;
  /** Construct id of the queue; the ids of the dead-letter queue and the alarm start with it. */
  readonly id: string;
  readonly visibilitySeconds: number;
  readonly fifo?: boolean;
}

/** Creates a queue that moves a message to its dead-letter queue after the fifth failure, with an alarm for that. */
export function createWorkQueue(stack: Stack, settings: WorkQueueSettings): Queue {
  const suffix = settings.fifo === true ? '.fifo' : '';
  const fifo = settings.fifo === true ? { fifo: true, contentBasedDeduplication: false } : {};
  const deadLetters = new Queue(stack, `${settings.id}DeadLetters`, {
    queueName: `${Aws.STACK_NAME}-${settings.name}-dead-letters${suffix}`,
    retentionPeriod: Duration.days(14),
    ...fifo,
  });
  new Alarm(stack, `${settings.id}DeadLettersAlarm`, {
    alarmName: `${Aws.STACK_NAME}-${settings.name}-dead-letters`,
    alarmDescription: `Work on ${settings.name} failed five times and was put aside`,
    metric: deadLetters.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    }),
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  return new Queue(stack, settings.id, {
    queueName: `${Aws.STACK_NAME}-${settings.name}${suffix}`,
    visibilityTimeout: Duration.seconds(settings.visibilitySeconds),
    retentionPeriod: Duration.days(14),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    ...fifo,
  });
}
