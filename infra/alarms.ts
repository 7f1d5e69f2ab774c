/** What somebody is called for. docs/operating.md has a heading for each alarm. */
import { Aws, Duration, Fn, type Stack } from 'aws-cdk-lib';
import {
  Alarm,
  CfnAlarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type JsonPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { pascalCase } from './constructs/node-function.ts';
import { type FunctionName, functionNames, type OptionalFunction } from './function-needs.ts';
import type { Functions, Queues } from './functions.ts';
import type { Parameters } from './parameters.ts';

interface Surroundings {
  readonly functions: Functions;
  readonly queues: Queues;
  readonly parameters: Parameters;
}

const schedules: readonly FunctionName[] = [
  'start-reconcile',
  'catch-up-deliveries',
  'sweep-work',
  'revoke-grants',
];
/** What CDN and browsers wait for. */
const requests: readonly FunctionName[] = [
  'receive-webhook',
  'fetch-dist',
  'search-packages',
  'record-downloads',
  'serve-api',
  'sign-in',
];
const workers = functionNames.filter((name) => ![...schedules, ...requests].includes(name));

const message = (text: string): JsonPattern => FilterPattern.stringValue('$.message', '=', text);
const code = (text: string): JsonPattern => FilterPattern.stringValue('$.code', '=', text);

/** Log lines that somebody has to read, by the name of the alarm. */
const lines: Readonly<
  Record<
    string,
    {
      readonly of: Exclude<FunctionName, OptionalFunction>;
      readonly pattern: JsonPattern;
      readonly means: string;
    }
  >
> = {
  'held-removals': {
    of: 'sync-organization',
    pattern: message('removals above the limit are held until an owner decides'),
    means: 'More is missing from a list than usual; an owner has to say whether it is gone',
  },
  'access-suspended': {
    of: 'sync-organization',
    pattern: message('no complete read for too long: access of users and teams is suspended'),
    means: 'Nobody but tokens of the organization installs anything until a complete read',
  },
  'dead-credential': {
    of: 'sync-organization',
    pattern: FilterPattern.all(
      message('a scope could not be read'),
      FilterPattern.any(
        ...[
          'credential-rejected',
          'insufficient-scope',
          'sso-required',
          'gone',
          'organization-not-found',
        ].map(code),
      ),
    ),
    means: 'The code host refuses the credential of a connection; rights stay as last read',
  },
  'edge-store-filling': {
    of: 'publish-access',
    pattern: FilterPattern.any(
      message('the key-value store is filling up'),
      message('the key-value store is full: grants wait until entries are removed'),
    ),
    means: 'The key-value store of the edge is 70 % full; when it is full, nobody gets new access',
  },
};

/** Creates the alarms, and sends all of them, those of dead letters too, to the operator's topic if there is one. */
export function createAlarms(stack: Stack, { functions, queues, parameters }: Surroundings): void {
  for (const [name, { of, pattern, means }] of Object.entries(lines)) {
    const filter = new MetricFilter(stack, `${pascalCase(name)}Lines`, {
      logGroup: functions[of].logGroup,
      metricNamespace: Aws.STACK_NAME,
      metricName: name,
      filterPattern: pattern,
    });
    alarm(name, means, filter.metric({ statistic: 'Sum', period: Duration.minutes(5) }), 0);
  }
  for (const [name, queue] of Object.entries(queues)) {
    const age = queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) });
    alarm(`${name}-oldest-message`, `Work on ${name} waits for more than half an hour`, age, 1800, 3);
  }
  const groups = { 'failing-schedules': schedules, 'failing-requests': requests, 'failing-workers': workers };
  for (const [name, members] of Object.entries(groups)) {
    const errors = sum(
      deployed(members).map((member) =>
        member.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      ),
    );
    alarm(name, `Functions fail, three times in a quarter of an hour: ${members.join(', ')}`, errors, 0, 3);
  }
  for (const [name, members] of Object.entries({
    'throttled-requests': requests,
    'throttled-workers': workers,
    'throttled-schedules': schedules,
  })) {
    const throttles = sum(
      deployed(members).map((member) =>
        member.metricThrottles({ period: Duration.minutes(5), statistic: 'Sum' }),
      ),
    );
    alarm(name, `The account's concurrent executions do not suffice: ${members.join(', ')}`, throttles, 0, 3);
  }
  notify(stack, parameters);

  function deployed(members: readonly FunctionName[]) {
    return members.flatMap((member) => functions[member] ?? []);
  }

  function alarm(name: string, means: string, metric: IMetric, threshold: number, periods = 1): void {
    new Alarm(stack, `${pascalCase(name)}Alarm`, {
      alarmName: `${Aws.STACK_NAME}-${name}`,
      alarmDescription: means,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

/** An alarm takes ten metrics at most: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html */
function sum(metrics: readonly IMetric[]): MathExpression {
  const ids = metrics.map((_, place) => `m${place}`);
  return new MathExpression({
    expression: ids.join('+'),
    usingMetrics: Object.fromEntries(metrics.map((metric, place) => [`m${place}`, metric])),
    period: Duration.minutes(5),
  });
}

function notify(stack: Stack, { alarmTopic }: Parameters): void {
  for (const resource of stack.node.findAll().filter((node) => node instanceof CfnAlarm)) {
    resource.addPropertyOverride(
      'AlarmActions',
      Fn.conditionIf(alarmTopic.isGiven.logicalId, [alarmTopic.arn], Aws.NO_VALUE),
    );
  }
}
