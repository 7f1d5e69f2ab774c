import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { bundle } from '../../infra/bundle.ts';
import { type FunctionName, functionNames } from '../../infra/functions.ts';
import { environment } from '../../shared/runtime/environment.ts';
import { synthesizeTemplate } from './placeholder-bundles.ts';
import { propertiesOf, type Template } from './template.ts';

/*
 * What a function's code can reach is what is left of it in its bundle: tree shaking drops the rest. So a queue that it may wake and
 * a variable that it reads stand there as text, and the template has to give it both.
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
  // The sender itself names this queue too, in another form.
  [/queue:"publish-access",group:"access",message:\{keys:\[/, environment.publishAccessQueueUrl],
];

it('every declared function has a handler, and every handler is declared', () => {
  expect(bundled).toEqual([...functionNames].sort());
});

it.each(functionNames)('%s is given what its code reads and may wake', (name) => {
  const text = code(name);
  const read = Object.entries(environment)
    .filter(([key]) => text.includes(`("${key}")`))
    .map(([, variable]) => variable);
  const woken = messages.filter(([pattern]) => pattern.test(text)).map(([, variable]) => variable);
  expect(read).toContain(environment.tableName);
  expect([...read, ...woken].filter((variable) => !given(name).includes(variable))).toEqual([]);
});

it('finds a wake in the code of those that surely have one', () => {
  const found = (name: FunctionName) =>
    messages.filter(([pattern]) => pattern.test(code(name))).map(([, variable]) => variable);
  expect(found('revoke-token')).toContain(environment.publishAccessQueueUrl);
  expect(found('receive-webhook')).toContain(environment.syncQueueUrl);
  expect(found('record-downloads')).toEqual([]);
});
