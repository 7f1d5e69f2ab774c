import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { bundle } from '../../infra/bundle.ts';
import { type FunctionName, functionNames } from '../../infra/function-needs.ts';
import { environment } from '../../shared/runtime/environment.ts';
import { synthesizeTemplate } from './placeholder-bundles.ts';
import { propertiesOf, type Template } from './template.ts';

/*
 * A function's bundle contains only the code that it can reach, since tree shaking drops the rest. So every queue that it may send to and
 * every variable that it reads appear in it as text, and the template must provide them.
 */

const distDir = mkdtempSync(join(tmpdir(), 'needs-'));
let bundled: string[];
let template: Template;
beforeAll(async () => {
  bundled = (await bundle(distDir)).functions;
  template = await synthesizeTemplate();
}, 120_000);
afterAll(() => rmSync(distDir, { recursive: true }));

const code = (name: FunctionName): string =>
  readFileSync(join(distDir, 'functions', name, 'index.mjs'), 'utf8');

const given = (name: FunctionName): string[] => {
  const id = name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  const schema = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
  return Object.keys(schema.parse(propertiesOf(template, id)).Environment.Variables);
};

const messages: readonly [pattern: RegExp, variable: string][] = [
  [/queue:"sync"/, environment.syncQueueUrl],
  [/queue:"scan"/, environment.scanQueueUrl],
  [/queue:"publish-package"/, environment.publishPackageQueueUrl],
  [/queue:"publish-roots"/, environment.publishRootsQueueUrl],
  [/queue:"deletion"/, environment.deletionQueueUrl],
  // The sender itself contains this queue too, in another form.
  [/queue:"publish-access",group:"access",message:\{keys:\[/, environment.publishAccessQueueUrl],
];

it('every declared function has a handler, and every handler is declared', () => {
  expect(bundled).toEqual([...functionNames].sort());
});

it.each(functionNames)('%s is given the variables that its code reads and sends by', (name) => {
  const text = code(name);
  const read = Object.entries(environment)
    .filter(([key]) => text.includes(`("${key}")`))
    .map(([, variable]) => variable);
  const queues = messages.filter(([pattern]) => pattern.test(text)).map(([, variable]) => variable);
  expect(read).toContain(environment.tableName);
  expect([...read, ...queues].filter((variable) => !given(name).includes(variable))).toEqual([]);
});

it('finds messages in the code of functions that certainly send some', () => {
  const found = (name: FunctionName) =>
    messages.filter(([pattern]) => pattern.test(code(name))).map(([, variable]) => variable);
  expect(found('publish-roots')).toContain(environment.publishAccessQueueUrl);
  expect(found('receive-webhook')).toContain(environment.syncQueueUrl);
  expect(found('record-downloads')).toEqual([]);
});
