import { expect, it } from 'vitest';
import { readFlags, simpleCommands } from './calls.ts';
import { deletionCommands } from './deletion-commands.ts';
import { folderCommands } from './folder-command.ts';
import { nameCommands } from './name-commands.ts';
import { repositoryCommands } from './repository-commands.ts';
import { synchronizationCommands } from './synchronization-commands.ts';
import { usage, usageOf } from './usage.ts';
import { whyCommands } from './why-command.ts';

const call = (command: string, ...args: string[]) =>
  simpleCommands[command]?.('acme', readFlags(args).values);

it('has each command that the help names, and no other', () => {
  const named = new Set(
    [...usage.matchAll(/^ {2}([a-z-]+)(?: ORGANIZATION| \[ORGANIZATION\])/gm)].map(([, name]) => name),
  );
  expect([...named].sort()).toEqual(
    [
      ...[simpleCommands, nameCommands, folderCommands, repositoryCommands],
      ...[synchronizationCommands, deletionCommands, whyCommands],
    ]
      .flatMap(Object.keys)
      .sort(),
  );
});

it('sets what was said to go into metadata, and nothing else', () => {
  expect(call('publishing')).toEqual(['set-publishing', { slug: 'acme' }]);
  expect(call('publishing', '--source', 'no', '--outside-code', 'yes')).toEqual([
    'set-publishing',
    { slug: 'acme', source: false, outsideCode: true },
  ]);
  expect(() => call('publishing', '--source', 'perhaps')).toThrow('--source takes yes or no, not perhaps');
});

it('sets what was said of the caution, and nothing else', () => {
  expect(call('caution')).toEqual(['set-caution', { slug: 'acme' }]);
  expect(call('caution', '--held-share', '10', '--suspend-after', '3')).toEqual([
    'set-caution',
    { slug: 'acme', heldShare: 0.1, suspendAfterDays: 3 },
  ]);
  expect(call('caution', '--held-above', '2', '--synchronization', 'abc')).toEqual([
    'set-caution',
    { slug: 'acme', synchronization: 'abc', heldAbove: 2 },
  ]);
  expect(() => call('caution', '--suspend-after', 'x')).toThrow(
    '--suspend-after takes a whole number, not x',
  );
});

it('stops access only with a name and a reason', () => {
  expect(call('stop-access', '--by', 'Olga', '--why', 'leak')).toEqual([
    'stop-access',
    { slug: 'acme', by: 'Olga', why: 'leak' },
  ]);
  expect(() => call('stop-access', '--by', 'Olga')).toThrow('stop-access needs --by NAME and --why TEXT');
  expect(() => call('allow-access', '--why', 'over')).toThrow('allow-access needs --by NAME and --why TEXT');
});

it('makes a key of scopes that exist', () => {
  const key = call('api-key', '--scopes', 'read, packages', '--description', 'build server');
  expect(key).toEqual([
    'create-api-key',
    { organization: 'acme', scopes: ['read', 'packages'], description: 'build server' },
  ]);
  expect(() => call('api-key', '--scopes', 'all', '--description', 'x')).toThrow('--scopes takes read, ');
});

it('makes a token that ends when it is told, never, or as the owners set it', () => {
  const issued = { organization: 'acme', for: { kind: 'organization' } };
  expect(call('token', '--all')).toEqual(['issue-token', issued]);
  expect(call('token', '--all', '--expires', 'never')).toEqual([
    'issue-token',
    { ...issued, expiresAt: null },
  ]);
  expect(call('token', '--all', '--expires', '2027-01-01')).toEqual([
    'issue-token',
    { ...issued, expiresAt: '2027-01-01T00:00:00.000Z' },
  ]);
  expect(() => call('token', '--all', '--expires', 'soon')).toThrow('--expires takes never, or a time');
  expect(() => call('token', '--all', '--expires', '2027-02-30')).toThrow('not 2027-02-30');
  expect(() => call('token', '--all', '--expires', '2027-02-30T12:00:00Z')).toThrow('not 2027-02-30');
});

it('takes no installation that is no number, and no share above the whole', () => {
  expect(() => call('connect', '--installation', 'abc')).toThrow(
    '--installation takes the number that status lists, not abc',
  );
  expect(() => call('caution', '--held-share', '200')).toThrow('at most 100, not 200');
  expect(call('caution', '--held-share', '100')).toEqual(['set-caution', { slug: 'acme', heldShare: 1 }]);
});

it('says of one command what the help says of it, and what every command takes', () => {
  const text = usageOf('revoke');
  expect(text).toContain('revoke ORGANIZATION --id TOKEN-ID');
  expect(text).toContain('--data DIR');
  expect(text).not.toContain('delete-organization');
  expect(usageOf('why').match(/^ {2}why /gm)).toHaveLength(2);
  expect(usageOf('nothing')).toBe(usage);
});
