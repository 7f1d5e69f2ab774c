/** Whether something missing from a list is gone, decided by look-ups by id. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createFiller } from './github-fill.ts';
import { codeOf, type GitHub, known, probed, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub();
});
afterEach(() => {
  gitHub.simulator.faults.remove();
});
afterAll(() => gitHub.close());

const team = (slug: string) => known([...gitHub.state.teams.values()].find((each) => each.slug === slug));

describe('whether something is absent', () => {
  test('is looked up by id, a hundred at once', async () => {
    const fill = createFiller(gitHub);
    const { changes } = gitHub.simulator;
    const kept = fill.repositories(150).map((id) => known(gitHub.state.repositories.get(id)));
    await changes.run('create-repository', { name: 'to-go' });
    await changes.run('create-repository', { name: 'to-sell' });
    await changes.run('set-visibility', { repository: 'acme/to-sell', visibility: 'public' });
    const [going, sold] = [gitHub.repository('to-go'), gitHub.repository('to-sell')];
    await changes.run('delete-repository', { repository: 'acme/to-go' });
    await changes.run('transfer-repository', { repository: 'acme/to-sell', to: 'other' });
    const doomed = fill.team('to-go');
    gitHub.state.teams.delete(doomed.id);
    const asked = [
      ...[...kept, going, sold].map(({ id, nodeId }) => ({
        part: `repository:${id}` as const,
        handle: nodeId,
      })),
      ...[team('payments'), doomed].map(({ id, nodeId }) => ({
        part: `team:${id}` as const,
        handle: nodeId,
      })),
    ];
    const reader = await probed(gitHub);
    const absent = new Map([
      [`repository:${going.id}`, 'gone'],
      [`repository:${sold.id}`, 'elsewhere'],
      [`team:${doomed.id}`, 'gone'],
    ]);
    expect(await reader.lookUp(asked)).toEqual(
      new Map(
        asked.map(({ part }) => {
          const absence = absent.get(part);
          return [part, absence === undefined ? { is: 'present' } : { is: 'absent', absence }];
        }),
      ),
    );
    expect(reader.requests()).toBe(1 + 2);
    // Teams of an enterprise have no node ids.
    const unknown = [{ part: 'team:5' as const }];
    expect(await reader.lookUp(unknown)).toEqual(new Map([['team:5', { is: 'unknown' }]]));
    expect(await reader.lookUp([])).toEqual(new Map());
    expect(reader.requests()).toBe(1 + 2);
  });

  test('R27: nothing outside of the selection is present, not even what is public', async () => {
    const { changes } = gitHub.simulator;
    await changes.run('create-repository', { name: 'open' });
    await changes.run('set-visibility', { repository: 'acme/open', visibility: 'public' });
    const ask = async () => {
      const asked = ['money', 'billing', 'open'].map((name) => gitHub.repository(name));
      const parts = asked.map(({ id, nodeId }) => ({ part: `repository:${id}` as const, handle: nodeId }));
      const answers = await (await probed(gitHub)).lookUp(parts);
      return Object.fromEntries(
        asked.flatMap(({ id, name }) => {
          const answer = answers.get(`repository:${id}`);
          return answer?.is === 'absent' ? [[name, answer.absence]] : [];
        }),
      );
    };
    expect(await ask()).toEqual({});
    await changes.run('select-repositories', { repositories: ['money'] });
    // A narrowed app cannot tell whether it was deleted.
    expect(await ask()).toEqual({ billing: 'not-found', open: 'elsewhere' });
    await changes.run('select-repositories', { repositories: 'all' });
  });

  test.each([
    ['server-error', { status: 502 }, 'unavailable'],
    ['server-error', { status: 404 }, 'unavailable'],
  ] as const)('R2: is unknown under a %s %o', async (kind, more, code) => {
    const { id, nodeId } = gitHub.repository('money');
    const reader = await probed(gitHub);
    gitHub.simulator.faults.add({ kind, match: { surface: 'graphql' }, ...more });
    const asked = [{ part: `repository:${id}` as const, handle: nodeId }];
    expect(await codeOf(reader.lookUp(asked))).toBe(code);
    gitHub.clock.ahead += 3_700_000;
  });

  test('is unknown for a node with another number', async () => {
    const reader = await probed(gitHub);
    const { nodeId } = gitHub.repository('money');
    expect(await codeOf(reader.lookUp([{ part: 'repository:1', handle: nodeId }]))).toBe('incomplete');
  });
});
