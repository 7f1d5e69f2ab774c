import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { Secret } from './secret.ts';

const token = 'glrt-do-not-print';
const secret = new Secret({ token });
const wrapped = { credential: { secret }, list: [secret] };

test('a secret is returned by reveal', () => {
  expect(secret.reveal()).toEqual({ token });
});

test.each([
  ['JSON.stringify', JSON.stringify(wrapped)],
  ['inspect', inspect(wrapped, { depth: 9, showHidden: true })],
  ['format', format('%s %o %O %j', secret, secret, wrapped, wrapped)],
  ['a template', `${secret}`],
  ['an error', inspect(new Error('failed', { cause: wrapped }))],
  ['keys and values', JSON.stringify([Object.entries(secret), { ...secret }])],
])('%s prints nothing of it', (_, text) => {
  expect(text).not.toContain(token);
});

test('the log prints nothing of it', () => {
  const lines: string[] = [];
  const logger = createLogger('test');
  for (const level of ['info', 'warn', 'error'] as const) {
    // Powertools writes through its own console.
    Object.assign(logger, { console: { [level]: (line: string) => lines.push(line) } });
    logger[level]('a line', { wrapped });
  }
  expect(lines).toHaveLength(3);
  expect(lines.join()).not.toContain(token);
});
