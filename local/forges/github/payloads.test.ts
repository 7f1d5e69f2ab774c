import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { story } from './changes-story.ts';
import { examplesOf, fieldsOf, hasSchema, schemaNames, schemaProblems } from './published-webhooks.ts';
import { type SimulatorFixture, startFixture } from './simulator-fixture.ts';

/**
 * Every event that the simulator sends, and what it is checked against: the published schema, and field by field the published examples
 * where there are some.
 */
const kinds: Readonly<Record<string, 'examples' | 'schema'>> = {
  create: 'examples',
  delete: 'examples',
  'github_app_authorization.revoked': 'examples',
  'installation.created': 'examples',
  'installation.deleted': 'examples',
  'installation.new_permissions_accepted': 'examples',
  'installation.suspend': 'examples',
  'installation.unsuspend': 'examples',
  'installation_repositories.added': 'examples',
  'installation_repositories.removed': 'examples',
  'installation_target.renamed': 'schema',
  'member.added': 'examples',
  'member.edited': 'examples',
  'member.removed': 'schema',
  'membership.added': 'examples',
  'membership.removed': 'examples',
  'organization.deleted': 'schema',
  'organization.member_added': 'examples',
  'organization.member_invited': 'examples',
  'organization.member_removed': 'schema',
  'organization.renamed': 'examples',
  public: 'examples',
  push: 'examples',
  'repository.archived': 'schema',
  'repository.created': 'examples',
  'repository.deleted': 'schema',
  'repository.edited': 'examples',
  'repository.privatized': 'examples',
  'repository.publicized': 'examples',
  'repository.renamed': 'examples',
  'repository.transferred': 'examples',
  'repository.unarchived': 'schema',
  'team.added_to_repository': 'examples',
  'team.created': 'examples',
  'team.deleted': 'examples',
  'team.edited': 'examples',
  'team.removed_from_repository': 'examples',
  team_add: 'examples',
};

/** Fields of some examples that payloads may lack, each with the reason. */
const optional: readonly { readonly path: RegExp; readonly reason: string }[] = [
  { path: /^installation\.permissions\./, reason: 'they are those that an app has asked for' },
  { path: /^requester\./, reason: 'is null unless a member has asked an owner for the installation' },
  { path: /^changes\.owner\.from\.user/, reason: 'the former owner here is an organization' },
];

/** Where the schema contradicts the examples; the examples were really sent. */
const contradicted = [/^\/installation\/(created|updated)_at type /];
/** Fields that the repository has in all other events; these few schemas are older. */
const older = [/^repository\.(has_discussions|web_commit_signoff_required)$/];

describe('payloads', () => {
  let fixture: SimulatorFixture;

  beforeAll(async () => {
    fixture = await startFixture();
    const { changes } = fixture.simulator;
    for (const { change, input } of story) await changes.runUnchecked(change, input);
    await fixture.simulator.idle();
  });
  afterAll(() => fixture.close());

  const received = (kind: string) => fixture.receiver.received.filter((each) => kindOf(each) === kind);

  it('are checked against examples where there are some, otherwise against the schema alone', () => {
    const sent = [...new Set(fixture.receiver.received.map(kindOf))].sort();
    const documented = [...new Set(story.flatMap(({ events }) => events))].sort();
    expect(sent).toEqual(documented);
    const checked = sent.map((kind) => [kind, examplesOf(partsOf(kind)).length > 0 ? 'examples' : 'schema']);
    expect(Object.fromEntries(checked)).toEqual(kinds);
    expect(sent.filter((kind) => !hasSchema(partsOf(kind)))).toEqual([]);
  });

  it.each(Object.keys(kinds))('%s fits the schema, and has no field of our own invention', (kind) => {
    const parts = partsOf(kind);
    const known = new Set(examplesOf(parts).flatMap((example) => [...fieldsOf(example).keys()]));
    for (const { payload } of received(kind)) {
      const problems = schemaProblems(parts, payload);
      expect(problems.filter((problem) => !contradicted.some((one) => one.test(problem)))).toEqual([]);
      const fields = [...fieldsOf(payload).keys()];
      expect(
        fields.filter(
          (path) => !known.has(path) && !older.some((one) => one.test(path)) && !schemaNames(parts, path),
        ),
      ).toEqual([]);
    }
  });

  it.each(Object.keys(kinds).filter((kind) => kinds[kind] === 'examples'))(
    '%s has the fields of the published examples, with their types',
    (kind) => {
      const ours = received(kind).map(({ payload }) => fieldsOf(payload));
      const examples = examplesOf(partsOf(kind)).map((example) => fieldsOf(example));
      expect(ours.length).toBeGreaterThan(0);
      const wanted = (fields: Iterable<string>) =>
        [...fields].filter((path) => !optional.some((each) => each.path.test(path)));

      // Fields that all examples have must be in each of ours.
      const [first = new Map(), ...others] = examples;
      const always = wanted(first.keys()).filter((path) => others.every((other) => other.has(path)));
      for (const have of ours) expect(always.filter((path) => !have.has(path))).toEqual([]);

      // For each example one of ours must have all of its fields.
      for (const example of examples) {
        const missing = ours.map((have) => wanted(example.keys()).filter((path) => !have.has(path)));
        expect(missing.reduce((least, other) => (other.length < least.length ? other : least))).toEqual([]);
      }

      // Only the examples' types are allowed; whether null is allowed is left to the schema.
      const types = new Map<string, Set<string>>();
      for (const example of examples) {
        for (const [path, some] of example) types.set(path, new Set([...(types.get(path) ?? []), ...some]));
      }
      const otherTypes = ours.flatMap((have) =>
        [...have].flatMap(([path, some]) => {
          const allowed = types.get(path);
          if (allowed === undefined || (allowed.size === 1 && allowed.has('null'))) return [];
          return [...some]
            .filter((type) => type !== 'null' && !allowed.has(type))
            .map((type) => `${path}: ${type}`);
        }),
      );
      expect([...new Set(otherTypes)]).toEqual([]);
    },
  );
});

function kindOf({ event, action }: { event: string; action: string | undefined }): string {
  return action === undefined ? event : `${event}.${action}`;
}

function partsOf(kind: string): { event: string; action: string | undefined } {
  const [event = '', action] = kind.split('.');
  return { event, action };
}
