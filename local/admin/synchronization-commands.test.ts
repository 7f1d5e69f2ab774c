import { describe, expect, it } from 'vitest';
import { UsageError } from '../start/options.ts';
import { readFlags } from './calls.ts';
import { exitCodes } from './exit-codes.ts';
import { synchronizationCommands } from './synchronization-commands.ts';

/** Runs the command against these answers, in turn; the last one stays. */
async function run(args: readonly string[], ...answers: readonly unknown[]) {
  const { values, positionals } = readFlags(args);
  const [command = '', slug, ...rest] = positionals;
  const calls: [string, unknown][] = [];
  const progress: string[] = [];
  const printed = await synchronizationCommands[command]?.({
    client: {
      async invoke(name, input) {
        calls.push([name, input]);
        return answers[Math.min(calls.length, answers.length) - 1];
      },
    },
    slug,
    rest,
    flags: values,
    progress: (lines) => progress.push(...lines),
  });
  return { lines: printed?.lines, exitCode: printed?.exitCode, calls, progress };
}

const aRun = {
  number: 12,
  started: '2026-11-22T12:00:00.000Z',
  seconds: 1.5,
  requests: 9,
  counts: { add: 1, update: 0, remove: 2 },
  scopes: [
    { scope: 'members', cause: 'webhook member', delivery: 'd-7', outcome: 'whole', held: 7 },
    { scope: 'teams', cause: 'schedule', outcome: 'unavailable' },
  ],
};

const aScope = {
  isPending: false,
  lastSuccess: '2026-11-22T12:00:00.000Z',
  lastFailure: { at: '2026-11-22T11:00:00.000Z', code: 'unavailable', message: 'no answer' },
};

const aStatus = {
  slug: 'acme',
  name: 'Acme',
  url: 'https://packages.example.com/acme',
  ownedVendors: ['acme'],
  publishing: { source: true, outsideCode: true },
  counts: { members: 3, teams: 1, repositories: 2, packages: { available: 2 }, versions: 9 },
  pending: { scopes: 1, scans: 0, total: 1 },
  synchronizations: [
    {
      id: 'sync1',
      forge: 'github',
      login: 'acme-inc',
      credentialState: 'credential-rejected',
      credentialStateSince: '2026-11-22T11:30:00.000Z',
      rightsAsOf: '2026-11-22T10:00:00.000Z',
      caution: { heldShare: 0.25, heldAbove: 5, suspendAfterDays: 7 },
      scopes: {
        members: aScope,
        repositories: {
          ...aScope,
          isPending: true,
          cause: 'schedule',
          runningSince: '2026-11-22T12:01:00.000Z',
          reading: { read: 300, total: 1200, since: '2026-11-22T11:58:00.000Z' },
        },
      },
      parts: { 'team:7': { isPending: true, cause: 'webhook team', about: 'payments' } },
      heldRemovals: [
        {
          scope: 'teams',
          since: '2026-11-22T09:00:00.000Z',
          count: 8,
          digest: 'abc123',
          changes: ['team a (1) removed: missing from a complete read'],
        },
      ],
      scanFailures: [],
    },
  ],
  waiting: [],
  proposedVendors: [],
  packages: [{ name: 'acme/lib', state: 'available', versions: 9, repository: 'acme-inc/lib' }],
  repositoriesWithoutPackage: [],
  leftOut: [{ repository: 'acme-inc/lib', ref: 'v9', reason: 'no JSON' }],
  moreLeftOut: [{ repository: 'acme-inc/lib', count: 31, shown: 1 }],
  notices: [],
  tokens: [],
};

const asked = (outcome: string, more: object = {}) => ({
  asked: '2026-11-22T12:00:00.000Z',
  isDone: outcome !== 'pending',
  scopes: [{ isPending: outcome === 'pending', scope: 'members', outcome, ...more }],
});

describe('what is printed', () => {
  it('is a line for each run and one for each of its scopes', async () => {
    const { lines, calls } = await run(['runs', 'acme'], { runs: [aRun] });
    expect(calls).toEqual([['list-runs', { slug: 'acme', all: false }]]);
    expect(lines).toEqual([
      '12  2026-11-22 12:00:00 UTC  1.5 s, 9 requests  1 added, 0 changed, 2 removed  cause: webhook member, schedule',
      '  members: read completely (webhook member, delivery d-7), 7 removals held',
      '  teams: unavailable (schedule)',
    ]);
  });

  it('is every change of one run', async () => {
    const { lines, calls } = await run(['runs', 'acme', '12'], {
      run: { ...aRun, changes: ['one: why', 'two: why'] },
    });
    expect(calls).toEqual([['list-runs', { slug: 'acme', number: 12 }]]);
    expect(lines?.slice(-3)).toEqual(['  one: why', '  two: why', '  and 1 more, which are not stored']);
  });

  it('is how many older versions follow, and when, while no work is pending', async () => {
    const older = { unread: 3, until: '2026-11-22T12:10:00.000Z' };
    const [synchronization] = aStatus.synchronizations;
    const { lines } = await run(['status', 'acme'], {
      ...{ ...aStatus, pending: { scopes: 0, scans: 0, total: 0 } },
      synchronizations: [{ ...synchronization, older }],
    });
    expect(lines).toContain('no work is pending but older versions');
    expect(lines?.join('\n')).toContain(
      '  older versions: 3 are not read yet, likely all by 2026-11-22 12:10:00 UTC; the newest of each repository come first',
    );
  });

  it('is where each scope stands, how old rights are, and what is held with the commands to decide', async () => {
    const { lines } = await run(['status', 'acme'], aStatus);
    const text = lines?.join('\n');
    for (const line of [
      'acme (Acme); vendors: acme',
      'team payments (team:7): last read never; requested (webhook team)',
      'pending work: 1 scopes',
      '  credential: credential-rejected since 2026-11-22 11:30:00 UTC',
      '  rights as of 2026-11-22 10:00:00 UTC',
      '  removal guard: removals above 25 % of a list and 5 entries are held; access is suspended after 7 days without a complete read',
      '  members: last read 2026-11-22 12:00:00 UTC; last failure 2026-11-22 11:00:00 UTC unavailable: no answer',
      'requested (schedule); running since 2026-11-22 12:01:00 UTC; 300 of 1200 read since 2026-11-22 11:58:00 UTC',
      '  teams: 8 removals are held since 2026-11-22 09:00:00 UTC; not decided yet',
      '    and 7 more',
      'npm run admin -- removals acme teams yes --of abc123',
      '  v9 of acme-inc/lib: no JSON',
      '30 more of acme-inc/lib: npm run admin -- left-out acme acme-inc/lib',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('has the command beside each vendor to consider, which keeps those that are owned', async () => {
    const { lines } = await run(['status', 'acme'], { ...aStatus, proposedVendors: ['other'] });
    expect(lines).toContain('  other: npm run admin -- vendors acme --vendors acme,other');
  });

  it('names whom a token is for, and what to do about a name that is no package', async () => {
    const token = { id: 't1', kind: 'member', principal: 'u.4j8', holder: 'ann', state: 'active' };
    const fork = { name: 'acme/log', repository: 'acme-inc/log', reason: 'fork' };
    const { lines } = await run(['status', 'acme'], { ...aStatus, tokens: [token], waiting: [fork] });
    expect(lines).toContain('  t1  member ann, active');
    expect(lines).toContain(
      '    to make it a package: npm run admin -- choose acme --repositories acme-inc/log',
    );
  });

  it('marks packages whose code is not kept by us, and says what the organization leaves out of metadata', async () => {
    const wrapper = (outsideCode: object) => [
      { name: 'acme/w', state: 'available', versions: 9, repository: 'acme-inc/w', outsideCode },
    ];
    const shown = { published: 3, forbidden: 0, hosts: ['a.example', 'b.example'] };
    const { lines } = await run(['status', 'acme'], { ...aStatus, packages: wrapper(shown) });
    expect(lines?.join('\n')).toContain(
      'acme/w  available, 9 versions, acme-inc/w; the code of 3 versions is at a.example, b.example, not stored here',
    );
    const forbidden = { published: 0, forbidden: 3, hosts: ['a.example'] };
    const publishing = { source: false, outsideCode: false };
    const all = await run(['status', 'acme'], { ...aStatus, publishing, packages: wrapper(forbidden) });
    const text = all.lines?.join('\n');
    expect(text).toContain(
      '3 versions left out: their code is at a.example, and the organization forbids outside code',
    );
    expect(text).toContain('metadata has no source');
  });

  it('is every ref that gives no version, and how many are not listed', async () => {
    const about = { repository: 'acme-inc/lib', scanned: '2026-11-22T12:00:00.000Z', count: 4 };
    const leftOut = ['tag a', 'tag b'].map((ref) => ({ ref, reason: 'bad' }));
    const { lines, calls } = await run(['left-out', 'acme', 'acme-inc/lib'], { ...about, leftOut });
    expect(calls).toEqual([['list-left-out', { slug: 'acme', repository: 'acme-inc/lib' }]]);
    expect(lines).toEqual([
      'acme-inc/lib, scanned 2026-11-22 12:00:00 UTC: no version for',
      '  tag a: bad',
      '  tag b: bad',
      '  and 2 more; the next scan lists them again',
    ]);
    await expect(run(['left-out', 'acme'])).rejects.toThrow('needs a repository name');
  });

  it('is the list of organizations without one', async () => {
    const { lines } = await run(['status'], {
      organizations: [{ slug: 'acme', name: 'Acme' }],
      unclaimedInstallations: [{ installation: '90', login: 'Initech', forge: 'github' }],
    });
    expect(lines).toEqual([
      'organizations:',
      '  acme (Acme)',
      'installations without an organization:',
      '  Initech: npm run admin -- connect initech --installation 90 --repositories all --vendors initech',
    ]);
  });

  it('is what a run would change, scope by scope', async () => {
    const job = { number: 3, state: 'running', progress: { read: 1, of: 5 } };
    const { lines, calls, progress } = await run(['preview', 'acme'], job, {
      number: 3,
      state: 'done',
      requests: 8,
      scopes: [
        {
          scope: 'members',
          outcome: 'whole',
          counts: { add: 0, update: 0, remove: 1 },
          changes: ['member ann (1) removed: why'],
          held: ['member bob (2) removed: why'],
          deferred: [],
        },
        { scope: 'teams', outcome: 'incomplete', message: 'a page', changes: [], held: [], deferred: [] },
      ],
    });
    expect(lines).toEqual([
      'nothing was written; 8 requests',
      'members: 0 added, 0 changed, 1 removed',
      '  member ann (1) removed: why',
      '  held until an owner decides:',
      '    member bob (2) removed: why',
      'teams: incomplete: a page',
    ]);
    expect(progress).toEqual(['1 of 5 lists read']);
    expect(calls).toEqual([
      ['preview-run', { slug: 'acme' }],
      ['preview-run', { slug: 'acme', number: 3 }],
    ]);
    const failure = { code: 'forbidden', message: 'the forge refuses' };
    const failed = run(['preview', 'acme'], { number: 4, state: 'failed', failure });
    await expect(failed).rejects.toMatchObject(failure);
  });
});

describe('what goes on', () => {
  it('is followed to its end, each change of it once', async () => {
    const failure = { at: '2026-11-22T12:00:01.000Z', code: 'unavailable', message: 'no answer' };
    const { lines, calls, progress } = await run(
      ['synchronize', 'acme'],
      asked('pending'),
      asked('pending', { failure }),
      asked('pending', { failure }),
      asked('read'),
    );
    expect(calls.map(([, input]) => input)).toEqual([
      { slug: 'acme' },
      ...Array(3).fill({ slug: 'acme', asked: '2026-11-22T12:00:00.000Z' }),
    ]);
    expect(progress).toEqual([
      'members: waiting',
      'members: waiting (unavailable: no answer)',
      'members: read',
    ]);
    expect(lines).toEqual(['read completely; runs shows what changed']);
  });

  it('says what could not be read, by the exit code too', async () => {
    const nothing = await run(['synchronize', 'acme'], asked('failed'));
    expect(nothing.lines).toEqual(['nothing could be read; access stays as last read']);
    expect(nothing.exitCode).toBe(exitCodes.failed);
    const half = asked('failed');
    const { lines, exitCode } = await run(['synchronize', 'acme'], {
      ...half,
      scopes: [...half.scopes, ...asked('read').scopes.map((one) => ({ ...one, scope: 'teams' }))],
    });
    expect(lines).toEqual(['members could not be read; access stays as last read']);
    expect(exitCode).toBe(exitCodes.incomplete);
    expect((await run(['synchronize', 'acme'], asked('read'))).exitCode).toBe(exitCodes.done);
  });

  it('says what came back and why the rest did not', async () => {
    const { lines } = await run(['undo', 'acme', '12'], {
      ...asked('read'),
      run: 12,
      recordedAs: [15],
      putBack: ['member ann (1)'],
      left: [{ what: 'member bob (2)', reason: 'already there' }],
      counts: { putBack: 1, left: 3 },
    });
    expect(lines).toEqual([
      'restored 1 of what run 12 removed, by run 15',
      '  member ann (1)',
      '3 not restored:',
      '  member bob (2): already there',
      '  and 2 more',
    ]);
  });
});

describe('a word on removals', () => {
  it('is sent with what was shown', async () => {
    const { calls } = await run(['removals', 'acme', 'teams', 'yes', '--of', 'abc123'], {});
    const word = { slug: 'acme', scope: 'teams', decision: 'yes', shown: 'abc123' };
    expect(calls).toEqual([['decide-removals', word]]);
  });

  it('is asked for with what is held', async () => {
    expect((await run(['removals', 'acme'], aStatus)).lines).toContain(
      '  to keep them:    npm run admin -- removals acme teams no --of abc123',
    );
  });
});

describe('usage', () => {
  it.each([
    [['removals', 'acme', 'teams'], 'removals needs yes or no after the scope teams'],
    [['removals', 'acme', 'teams', 'maybe'], 'removals needs yes or no'],
    [['removals', 'acme', 'teams', 'yes'], 'removals acme shows the held removals and their digest'],
    [['undo', 'acme'], 'undo needs the number of a run; runs lists them'],
    [['undo', 'acme', 'last'], 'not a run number: last'],
    [['runs', 'acme', '1', '2'], 'unexpected argument of runs: 2'],
    [['preview'], "preview needs the organization's slug"],
  ])('%j is refused', async (args, words) => {
    await expect(run(args)).rejects.toThrow(UsageError);
    await expect(run(args)).rejects.toThrow(words);
  });
});
