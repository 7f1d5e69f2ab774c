import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type FunctionName, functionNames } from '../../infra/function-needs.ts';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { environment } from '../../shared/runtime/environment.ts';
import { propertiesOf, readTemplate, type Template } from './template.ts';

/*
 * A function's bundle contains only the code that it can reach, since tree shaking drops the rest. So every queue that it may send to and
 * every variable that it reads appear in it as text, and the template must provide them.
 */

let assembly: string;
let template: Template;
beforeAll(async () => {
  assembly = await buildAssembly();
  template = readTemplate(assembly);
}, 120_000);

const Deployed = z.object({
  // The key of a zip file or the address of an image; both have the hash of the bundle's folder.
  Code: z.record(z.string(), z.unknown()).transform((code) => /[0-9a-f]{64}/.exec(JSON.stringify(code))?.[0]),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});

function deployed(name: FunctionName): z.infer<typeof Deployed> {
  const id = name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return Deployed.parse(propertiesOf(template, id));
}

/** Of the bundle that the template deploys. */
const code = (name: FunctionName): string =>
  readFileSync(join(assembly, `asset.${deployed(name).Code}`, 'index.mjs'), 'utf8');

const given = (name: FunctionName): string[] => Object.keys(deployed(name).Environment.Variables);

const messages: readonly [pattern: RegExp, variable: string][] = [
  [/queue:"sync"/, environment.syncQueueUrl],
  // Which of the two is decided by whose the repository is: shared/store/work-items.ts.
  [/"vcs":"scan"/, environment.scanQueueUrl],
  [/"vcs":"scan"/, environment.vcsQueueUrl],
  [/queue:"publish-package"/, environment.publishPackageQueueUrl],
  [/queue:"publish-roots"/, environment.publishRootsQueueUrl],
  [/queue:"deletion"/, environment.deletionQueueUrl],
  // The sender itself contains this queue too, in another form.
  [/queue:"publish-access",group:"access",message:\{keys:\[/, environment.publishAccessQueueUrl],
];

it('every declared function has a handler, and every handler is declared', () => {
  const handlers = readdirSync('functions').filter((name) =>
    existsSync(join('functions', name, 'handler.ts')),
  );
  expect(handlers.sort()).toEqual([...functionNames].sort());
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
  expect(found('receive-webhook')).toContain(environment.vcsQueueUrl);
  expect(found('record-downloads')).toEqual([]);
});
