import { expect, it } from 'vitest';
import { ProgramError } from '../run-program.ts';
import { canNotFilter, canNotServe, canNotShallow } from './failures.ts';

const ended = (stderr: string) => new ProgramError('exit', 'git', { code: 128, stderr });

it('what a server cannot do is read from how git ended', () => {
  expect(canNotFilter(ended("fatal: remote error: filter 'tree' not supported\n"))).toBe(true);
  expect(canNotFilter(ended('fatal: remote error: tree filter allows max depth 0, but got 1\n'))).toBe(true);
  expect(canNotShallow(ended('fatal: dumb http transport does not support shallow capabilities\n'))).toBe(
    true,
  );
  expect(canNotServe(ended('fatal: remote error: upload-pack: not our ref aaaa\n'))).toBe(true);
});

it('git that was stopped at a limit, or only warned of the filter before it failed, is not tried again', () => {
  const ignored = 'warning: filtering not recognized by server, ignoring\n';
  expect(canNotFilter(ended(`${ignored}fatal: early EOF\n`))).toBe(false);
  expect(
    canNotFilter(new ProgramError('disk', 'git', { stderr: "fatal: filter 'tree' not supported\n" })),
  ).toBe(false);
  expect(canNotFilter(new Error("filter 'tree' not supported"))).toBe(false);
});
