import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { functionNames } from '../../infra/function-needs.ts';
import { synthesizeTemplate } from './placeholder-bundles.ts';
import { resourcesOf, type Template } from './template.ts';

const operating = readFileSync('docs/operating.md', 'utf8');
const alarmSchema = z.object({
  AlarmName: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
  AlarmActions: z.unknown(),
});

let template: Template;
beforeAll(async () => {
  template = await synthesizeTemplate();
}, 120_000);

/** Without the stack's name. */
const alarmNames = (): readonly string[] =>
  resourcesOf(template, 'CloudWatch::Alarm').map(([, properties]) =>
    String(alarmSchema.parse(properties).AlarmName['Fn::Join'][1].at(-1)).replace(/^-/, ''),
  );

it('each alarm has its heading in docs/operating.md, and no heading is of an alarm that does not exist', () => {
  const headings = [...operating.matchAll(/^### (`.*`)$/gm)].flatMap(([, heading = '']) =>
    [...heading.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  // The others are log messages, which have blanks.
  expect(headings.filter((name) => name !== undefined && /^[a-z-]+$/.test(name)).sort()).toEqual(
    [...alarmNames()].sort(),
  );
});

it('each alarm is sent to the topic that the operator names, and to nobody without one', () => {
  const alarms = resourcesOf(template, 'CloudWatch::Alarm');
  expect(alarms.length).toBeGreaterThan(15);
  for (const [, properties] of alarms) {
    expect(alarmSchema.parse(properties).AlarmActions).toEqual({
      'Fn::If': ['AlarmTopicIsGiven', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }],
    });
  }
});

it('errors and throttles of every function are watched', () => {
  for (const metric of ['Errors', 'Throttles']) {
    const watched = resourcesOf(template, 'CloudWatch::Alarm').flatMap(([, properties]) =>
      [...JSON.stringify(properties).matchAll(/"Ref":"(\w+)"/g)]
        .map(([, id]) => id)
        .filter(() => JSON.stringify(properties).includes(`"MetricName":"${metric}"`)),
    );
    const ids = functionNames.map((name) =>
      name
        .split('-')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join(''),
    );
    expect(ids.filter((id) => !watched.includes(id))).toEqual([]);
  }
});

it('what a log line is watched for is a message of the code', () => {
  const patterns = resourcesOf(template, 'Logs::MetricFilter').map(([, { FilterPattern }]) =>
    String(FilterPattern),
  );
  expect(patterns).toHaveLength(4);
  const messages = patterns.flatMap((pattern) =>
    [...pattern.matchAll(/\$\.message = "([^"]+)"/g)].map(([, message = '']) => message),
  );
  expect(messages).toHaveLength(5);
  for (const message of messages) expect(operating).toContain(`| \`${message}\` |`);
});
