import { describe, expect, it } from 'vitest';
import { isInPrivateNetwork } from '../../../shared/domain/vcs-repository.ts';
import { outcomeOf, readingOf } from './outcome.ts';
import type { VcsRepository } from './queries.ts';

const [early, late] = ['2026-01-01T10:00:00Z', '2026-01-01T10:15:00Z'];

const repository: VcsRepository = {
  ...{ id: 'vcs-a~b', name: 'git.example.org/acme/billing', url: 'https://git.example.org/acme/billing' },
  ...{ kind: 'git', credential: 'none', allowsPrivate: false, allowsHttp: false, state: 'working' },
  ...{ readers: { everyone: true, teams: [] }, packages: ['acme/billing'], waiting: [] },
  ...{ lastReadAt: early, nextReadAt: late },
};
const { lastReadAt: _, nextReadAt: __, ...unread } = { ...repository, packages: [] };
const failed = (code: string, message: string): VcsRepository => ({
  ...{ ...unread, state: 'failed', nextReadAt: late },
  lastFailure: { at: early, code, message },
});

describe('how a repository at a URL is', () => {
  it('waits for its key, is read for the first time, gives packages or none', () => {
    const { nextReadAt: ___, ...rereading } = repository;
    const kinds = [
      outcomeOf({ ...unread, state: 'new', nextReadAt: late }),
      outcomeOf({ ...unread, state: 'reading' }),
      outcomeOf(repository),
      outcomeOf({ ...repository, packages: [] }),
      outcomeOf({ ...rereading, state: 'reading' }),
    ].map(({ kind }) => kind);
    expect(kinds).toEqual(['new', 'reading', 'packages', 'no-package', 'packages']);
  });

  it('failed, until another reading is asked for, and again when that one ended', () => {
    const before = failed('unavailable', 'the server cannot be reached, or does not answer');
    const { nextReadAt: ___, ...going } = before;
    const asked = readingOf(before);
    const again = { ...going, lastFailure: { at: late, code: 'unavailable', message: 'the server fails' } };
    expect([outcomeOf(going), outcomeOf(going, asked), outcomeOf(again, asked)]).toEqual([
      { kind: 'failed', message: before.lastFailure?.message, remedy: undefined, triesAgain: true },
      { kind: 'reading' },
      { kind: 'failed', message: 'the server fails', remedy: undefined, triesAgain: true },
    ]);
  });

  it('says what helps: another credential, or allowing the host', () => {
    const message = `the host git.example.org ${isInPrivateNetwork}`;
    const remedies = [
      failed('unavailable', message),
      { ...failed('unavailable', message), allowsPrivate: true },
      failed('credential-rejected', 'the server does not accept the credential'),
      failed('unavailable', 'the host git.example.org is not known: its name has no address'),
    ].map((one) => outcomeOf(one));
    expect(remedies).toMatchObject([
      { remedy: 'allow-private', triesAgain: false },
      { remedy: undefined },
      { remedy: 'credential' },
      { remedy: undefined },
    ]);
  });

  it('a key of its server that is not the known one comes before everything', () => {
    const other = { ...failed('credential-rejected', 'another key'), offeredHostKey: 'SHA256:new' };
    expect(outcomeOf(other)).toEqual({ kind: 'other-key', offered: 'SHA256:new' });
  });
});
