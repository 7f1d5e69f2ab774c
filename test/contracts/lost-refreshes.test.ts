/** R30 with the refresh tokens of GitLab, which are good for one use, and of Bitbucket, whose old ones work for ten minutes more. */
import { afterEach, expect, test } from 'vitest';
import type { ForgeClient, ForgeServices } from '../../shared/forge/module.ts';
import { startBitbucket } from './bitbucket-fixture.ts';
import { errorOf } from './forge-contract/reading.ts';
import { startGitLab } from './gitlab-fixture.ts';

interface Lab {
  readonly clock: { now(): number; step(ms: number): void };
  readonly services: ForgeServices;
  open(): Promise<ForgeClient>;
  close(): Promise<unknown>;
}

let lab: Lab | undefined;
afterEach(() => lab?.close());

const starts = { GitLab: startGitLab, Bitbucket: startBitbucket } satisfies Record<
  string,
  () => Promise<Lab>
>;
const tokenEndpoint = /\/oauth\/token$|\/oauth2\/access_token$/;

/** Each request to the token endpoint is passed on; `meet` may fail after it. @returns how many there were */
function watch({ services }: Lab, meet: () => Promise<void> = async () => {}) {
  const { fetch } = services;
  const seen = { exchanges: 0 };
  Object.assign(services, {
    fetch: async (input: string, init?: RequestInit) => {
      const answer = await fetch(input, init);
      if (tokenEndpoint.test(String(input))) {
        seen.exchanges += 1;
        await meet();
      }
      return answer;
    },
  });
  return { seen, stop: () => Object.assign(services, { fetch }) };
}

test.each(['GitLab', 'Bitbucket'] as const)(
  'two processes at once exchange a refresh token of %s once, and both go on',
  async (forge) => {
    const of: Lab = await starts[forge]();
    lab = of;
    const both = Promise.withResolvers<void>();
    const { seen } = watch(of, () => both.promise);
    const clients = [await of.open(), await of.open()];
    of.clock.step(3 * 3600_000);
    const asked = clients.map(({ structure }) => structure.probe().catch((error: unknown) => error));
    // The second is told when to come back, while the first waits for its answer.
    expect(await Promise.race(asked)).toMatchObject({
      code: 'unavailable',
      notBefore: of.clock.now() + 5000,
    });
    both.resolve();
    const done = await Promise.all(asked);
    expect(done.filter((one) => !(one instanceof Error))).toHaveLength(1);
    of.clock.step(5000);
    for (const { structure } of clients) await structure.probe();
    expect(seen.exchanges).toBe(1);
  },
);

/** A worker that dies when the forge has answered it. */
async function dieWithAnswer(of: Lab): Promise<void> {
  of.clock.step(3 * 3600_000);
  const { stop } = watch(of, () => Promise.reject(new Error('the process ends')));
  await of.open().then(({ structure }) => errorOf(structure.probe()));
  stop();
  of.clock.step(2 * 60_000);
}

test('an answer that was lost with its process is given again by Bitbucket', async () => {
  const of = await startBitbucket();
  lab = of;
  await dieWithAnswer(of);
  await (await of.open()).structure.probe();
});

test('GitLab refuses the spent token then: a named state, until an owner connects anew', async () => {
  const of = await startGitLab();
  lab = of;
  await dieWithAnswer(of);
  for (const _ of [1, 2]) {
    const { structure } = await of.open();
    expect((await errorOf(structure.probe())).code).toBe('credential-rejected');
  }
  await of.useGrant('alice');
  await (await of.open()).structure.probe();
});

const leaving = {
  blocked: { change: ['set-user', { user: 'alice', state: 'blocked' }], code: 'insufficient-scope' },
  // A private group is not there any more.
  removed: { change: ['remove-member', { source: 'acme', user: 'alice' }], code: 'credential-rejected' },
  lowered: {
    change: ['set-member', { source: 'acme', user: 'alice', level: 'guest' }],
    code: 'insufficient-scope',
  },
} as const;

test.each(
  (['grant', 'token'] as const).flatMap((kind) =>
    (['blocked', 'removed', 'lowered'] as const).map((how) => [kind, how] as const),
  ),
)(
  'with a %s of somebody who was %s nothing is read, until another owner connects the group',
  async (kind, how) => {
    const of = await startGitLab();
    lab = of;
    const { changes } = of.simulator;
    await changes.run('set-member', { source: 'acme', user: 'bob', level: 'owner' });
    if (kind === 'token') {
      await of.useToken(await of.createToken({ user: 'alice', scopes: ['api'], expires: '2027-01-01' }));
    }
    await (await of.open()).structure.probe();
    const { change, code } = leaving[how];
    const [name, input] = change;
    await changes.run(name as 'set-user', input as never);
    const { structure } = await of.open();
    expect((await errorOf(structure.probe())).code).toBe(code);
    expect((await errorOf(structure.readScope('members'))).code).toBe(code);
    await of.useGrant('bob');
    await (await of.open()).structure.probe();
  },
);
