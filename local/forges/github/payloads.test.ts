import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type SimulatorFixture, startFixture } from './simulator-fixture.ts';

/** Payloads that GitHub has sent, collected by octokit. https://github.com/octokit/webhooks */
const published = z
  .array(z.object({ name: z.string(), examples: z.array(z.record(z.string(), z.unknown())) }))
  .parse(createRequire(import.meta.url)('@octokit/webhooks-examples'));

/** Fields of some examples that payloads need not have, each with the reason. */
const optional: readonly { readonly path: RegExp; readonly reason: string }[] = [
  { path: /^installation\.permissions\./, reason: 'they are those that an app has asked for' },
  { path: /^requester\./, reason: 'is null unless a member has asked an owner for the installation' },
  { path: /^changes\.description/, reason: 'another edit than the one made here' },
  { path: /^changes\.owner\.from\.user/, reason: 'the former owner here is an organization' },
];

/** `team.parent.id: number`, `commits[].author.name: string`, ... of every value that is not null. */
function fields(value: unknown, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  if (Array.isArray(value)) {
    for (const [name, type] of value.slice(0, 1).flatMap((item) => [...fields(item, `${path}[]`)]))
      found.set(name, type);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      const here = path === '' ? key : `${path}.${key}`;
      found.set(here, child === null ? 'null' : Array.isArray(child) ? 'array' : typeof child);
      for (const [name, type] of fields(child, here)) found.set(name, type);
    }
  }
  return found;
}

function examplesOf(name: string, action: string | undefined): Record<string, unknown>[] {
  return (published.find((each) => each.name === name)?.examples ?? []).filter(
    (example) => example.action === action,
  );
}

describe('payloads have the fields of the published examples', () => {
  let fixture: SimulatorFixture;

  beforeAll(async () => {
    fixture = await startFixture();
    const { changes } = fixture.simulator;
    await changes.run('push', { repository: 'money', history: [{ branch: 'next' }, { tags: '2.0.0' }] });
    await changes.run('set-refs', { repository: 'money', refs: { 'refs/tags/2.0.0': null } });
    await changes.run('create-team', { name: 'Design' });
    await changes.run('add-team-member', { team: 'design', user: 'bob' });
    await changes.run('set-team-repository', { team: 'design', repository: 'money', permission: 'pull' });
    await changes.run('set-team-parent', { team: 'design', parent: 'engineering' });
    await changes.run('remove-team-repository', { team: 'design', repository: 'money' });
    await changes.run('remove-team-member', { team: 'design', user: 'bob' });
    await changes.run('delete-team', { team: 'payments' });
    await changes.run('set-collaborator', { repository: 'money', user: 'bob', permission: 'push' });
    await changes.run('set-collaborator', { repository: 'money', user: 'bob', permission: 'admin' });
    await changes.run('add-organization-member', { organization: 'acme', user: 'olga', pending: true });
    await changes.run('add-organization-member', { organization: 'acme', user: 'olga' });
    await changes.run('create-repository', { organization: 'acme', name: 'clock' });
    await changes.run('rename-repository', { repository: 'clock', to: 'watch' });
    await changes.run('set-visibility', { repository: 'watch', visibility: 'public' });
    await changes.run('set-visibility', { repository: 'watch', visibility: 'private' });
    await changes.run('set-default-branch', { repository: 'money', branch: 'next' });
    await changes.run('create-repository', { organization: 'other', name: 'gift' });
    await changes.run('transfer-repository', { repository: 'gift', to: 'acme' });
    await changes.run('select-repositories', { organization: 'acme', repositories: ['money'] });
    await changes.run('select-repositories', { organization: 'acme', repositories: 'all' });
    await changes.run('rename-organization', { organization: 'acme', to: 'apex' });
    await changes.run('suspend-app', { organization: 'apex' });
    await changes.run('unsuspend-app', { organization: 'apex' });
    await changes.run('set-app-permissions', { organization: 'apex', permissions: { contents: 'read' } });
    await changes.run('uninstall-app', { organization: 'apex' });
    await changes.run('install-app', { organization: 'apex' });
    await fixture.simulator.idle();
  });
  afterAll(() => fixture.close());

  it.each([
    ['push', undefined],
    ['create', undefined],
    ['delete', undefined],
    ['public', undefined],
    ['team', 'created'],
    ['team', 'deleted'],
    ['team', 'edited'],
    ['team', 'added_to_repository'],
    ['team', 'removed_from_repository'],
    ['membership', 'added'],
    ['membership', 'removed'],
    ['member', 'added'],
    ['member', 'edited'],
    ['organization', 'member_added'],
    ['organization', 'member_invited'],
    ['organization', 'renamed'],
    ['installation', 'created'],
    ['installation', 'deleted'],
    ['installation', 'suspend'],
    ['installation', 'unsuspend'],
    ['installation', 'new_permissions_accepted'],
    ['installation_repositories', 'added'],
    ['installation_repositories', 'removed'],
    ['repository', 'created'],
    ['repository', 'renamed'],
    ['repository', 'publicized'],
    ['repository', 'privatized'],
    ['repository', 'edited'],
    ['repository', 'transferred'],
  ])('%s %s', (name, action) => {
    const ours = fixture.receiver.received.filter((each) => each.event === name && each.action === action);
    const examples = examplesOf(name, action);
    expect(ours.length).toBeGreaterThan(0);
    expect(examples.length).toBeGreaterThan(0);
    const typesOfExamples = new Map<string, Set<string>>();
    const missing = examples.map((example) => {
      const wanted = [...fields(example)].filter(([path]) => !optional.some((each) => each.path.test(path)));
      for (const [path, type] of wanted) {
        typesOfExamples.set(path, (typesOfExamples.get(path) ?? new Set()).add(type));
      }
      return ours
        .map(({ payload }) => {
          const have = fields(payload);
          return wanted.flatMap(([path]) => (have.has(path) ? [] : [path]));
        })
        .reduce((least, other) => (other.length < least.length ? other : least));
    });
    const otherTypes = ours
      .flatMap(({ payload }) => [...fields(payload)])
      .filter(([path, type]) => {
        const types = typesOfExamples.get(path);
        return (
          types !== undefined &&
          type !== 'null' &&
          !types.has(type) &&
          !(types.size === 1 && types.has('null'))
        );
      });
    expect(otherTypes).toEqual([]);
    expect([...new Set(missing.flat())]).toEqual([]);
  });
});
