/**
 * What bodies and queries name, over the OpenAPI document: an object of another organization or person is answered like one that nobody has. A
 * field of text that is new fails here until it is said what it names.
 */
import { describe, expect, it } from 'vitest';
import {
  asId,
  type ForgeOrganizationId,
  type InstallationId,
  type OwnTeamId,
  type SynchronizationId,
} from '../../shared/domain/ids.ts';
import { noteRun } from '../../shared/store/audit-log.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { addOwnTeam } from '../../shared/store/own-team-store.ts';
import { addSynchronization } from '../../shared/store/synchronization-store.ts';
import { operations, prepared, rightful } from '../../test/support/api-operations.ts';
import { newVcsRepository } from '../../test/support/api-vcs-examples.ts';
import { type ApiWorld, createApiWorld, otherOrganization, userOf } from '../../test/support/api-world.ts';
import { document } from '../../test/support/documented-answers.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { gitHubHost } from '../../test/support/synchronized.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: unknown;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** The places of text in a value of the schema that are no enumeration and no constant, such as `body/for/slug`. */
function textsIn(schema: Schema | undefined, at: string): readonly string[] {
  if (schema?.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return textsIn(document.components?.schemas?.[name] as Schema | undefined, at);
  }
  const isFree = schema?.enum === undefined && schema?.const === undefined;
  const isText = isFree && [schema?.type].flat().includes('string');
  return [
    ...(isText ? [at] : []),
    ...[schema?.anyOf, schema?.oneOf, schema?.allOf].flatMap((parts = []) =>
      parts.flatMap((part) => textsIn(part, at)),
    ),
    ...(schema?.items === undefined ? [] : textsIn(schema.items, `${at}[]`)),
    ...Object.entries(schema?.properties ?? {}).flatMap(([name, part]) => textsIn(part, `${at}/${name}`)),
  ];
}

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly schema: Schema;
}

const fields = operations.flatMap(({ name, definition }) => {
  const { parameters = [], requestBody } = definition as unknown as {
    readonly parameters?: readonly Parameter[];
    readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  };
  const body = textsIn(requestBody?.content['application/json']?.schema, 'body');
  const query = parameters.filter((one) => one.in === 'query');
  return [...body, ...query.flatMap((one) => textsIn(one.schema, `query/${one.name}`))].map(
    (field) => `${name} ${field}`,
  );
});

/** Names of fields that are about no object, wherever they stand: text, moments, secrets, and what is said of the object in the path. */
const values = new Set([
  ...['description', 'why', 'confirm', 'name', 'registryName', 'ownedVendors[]', 'branchesLeftOut[]'],
  ...['patterns', 'patterns[]'],
  ...['expiresAt', 'since', 'until', 'asked', 'cursor', 'act', 'scope', 'shown'],
  ...['accessToken', 'contentsToken', 'clientId', 'clientSecret', 'code', 'state'],
  ...['username', 'password', 'header', 'value', 'certificate', 'key', 'acceptHostKey', 'url'],
  ...['commit', 'commits[]', 'versions[]', 'patterns', 'patterns[]', 'returnTo'],
  // Folders of a repository.
  ...['trunk', 'branches', 'tags'],
  // The code host says whose these are, and is asked each time.
  ...['integration', 'installation', 'organization', 'forge', 'baseUrl', 'apiUrl'],
]);

/** Fields that name something, but nothing that an organization has. */
const ofNobody: Readonly<Record<string, string>> = {
  'createOrganization body/slug': 'is to be new',
  'createOrganization body/from/repositories[]': 'those of the code host',
  'createOrganizationForOwners body/slug': 'is to be new',
  'createOrganizationForOwners body/from/repositories[]': 'those of the code host',
  'addSynchronization body/repositories[]': 'those of the code host',
  'addPerson body/person/user': 'whoever has signed in may be invited',
  'addPerson body/person/login': 'whoever has signed in may be invited',
  'changeInstallationSettings body/allowList[]/account': 'administrators name whom they like',
  'changeInstallationSettings body/administrators[]': 'administrators name whom they like',
  'addVcsRepository body/layout/package': 'a folder of the repository',
  'changeVcsRepository body/layout/package': 'a folder of the repository',
  'findDeletedOrganizations query/slug': 'administrators name what they like',
};

const theirs = asId<SynchronizationId>('sync9');

/** In `other`, which is the stranger's: a synchronization with a person, a repository and a run, a team, a package. */
async function addTheirs({ table, now }: ApiWorld): Promise<void> {
  const seen = { changedAt: now(), gives: true };
  await table.transact([
    ...addSynchronization({
      ...{ id: theirs, organization: otherOrganization, createdAt: now(), ...gitHubHost },
      ...{ forgeOrganization: asId<ForgeOrganizationId>(909), login: 'other', choice: 'all' },
      connection: { kind: 'app-installation', installation: asId<InstallationId>(99) },
    }),
    putFact(theirs, aFact.member(50), 1, seen),
    putFact(theirs, { ...aFact.repository(99), fullName: 'other/secret' }, 1, seen),
    noteRun(
      { id: theirs, organization: otherOrganization, login: 'other' },
      {
        ...{ number: 1, at: now(), counts: { add: 1, update: 0, remove: 0 } },
        scopes: [{ cause: 'webhook member', delivery: 'delivery9' }],
      },
    ),
    addOwnTeam(otherOrganization, { id: asId<OwnTeamId>('team9'), name: 'Crew', slug: 'crew' }),
    {
      put: keys.package(otherOrganization, 9),
      item: {
        ...{ number: 9, name: 'other/thing', synchronization: theirs, repository: '99', directory: '' },
        ...{ state: 'available', versionCount: 1, imported: true, archived: false },
      },
    },
  ]);
}

/** Cursors count for the same query alone. */
const withoutName = (text: string, name: string): string =>
  text
    .replaceAll(new RegExp(`(?<![\\w.])${name.replaceAll('.', '\\.')}(?!\\w)`, 'g'), '…')
    .replace(/"next":"[^"]+"/, '"next":"…"');

interface Naming {
  /** Somebody else's, and one that nobody has. */
  readonly pairs: readonly (readonly [string, string])[];
  /** What of the example the name changes. */
  readonly body?: (name: string) => object;
  readonly query?: (name: string) => string;
}

const repositories = [
  [`${theirs}.99`, 'sync0.99'],
  ['other/secret', 'other/nothing'],
] as const;
const deliveries = [['delivery9', 'delivery0']] as const;
const people = [[userOf('stranger'), 'user0000'] as const, [`${theirs}.50`, 'sync0.50'] as const];

const objects: Readonly<Record<string, Naming>> = {
  'unlinkAccount body/account': {
    pairs: [['4', '4000']],
    body: (account) => ({ ...gitHubHost, account }),
  },
  'mergeUsers body/user': { pairs: [[userOf('owner'), 'user0000']], body: (user) => ({ user }) },
  'createOwnToken body/without[]': {
    pairs: [['other', 'nowhere']],
    body: (slug) => ({ description: 'laptop', without: [slug] }),
  },
  'listPackages query/name': { pairs: [['other/thing', 'other/nothing']], query: (name) => `name=${name}` },
  'listRepositories query/name': { pairs: [['secret', 'nothing']], query: (name) => `name=${name}` },
  'listPackages query/synchronization': {
    pairs: [[theirs, 'sync0']],
    query: (id) => `synchronization=${id}`,
  },
  'listRepositories query/synchronization': {
    pairs: [[theirs, 'sync0']],
    query: (id) => `synchronization=${id}`,
  },
  'addPackages body/repositories[]': { pairs: repositories, body: (name) => ({ repositories: [name] }) },
  'givePackageName body/repository': {
    pairs: repositories,
    body: (repository) => ({ repository, why: 'the other is a copy' }),
  },
  'createToken body/for/login': {
    pairs: [['user-50', 'user-51']],
    body: (login) => ({ for: { kind: 'member', login }, description: 'ci' }),
  },
  'createToken body/for/slug': {
    pairs: [
      ['crew', 'nobodies'],
      ['t.own.team9', 't.own.team0'],
    ],
    body: (slug) => ({ for: { kind: 'team', slug }, description: 'ci' }),
  },
  'createToken body/for/organizations[]': {
    pairs: [['other', 'nowhere']],
    body: (slug) => ({ for: { kind: 'organization', organizations: ['acme', slug] }, description: 'ci' }),
  },
  'explainAccess query/person': {
    pairs: people,
    query: (person) => `person=${encodeURIComponent(person)}&package=acme/one`,
  },
  'explainAccess query/package': {
    pairs: [['other/thing', 'other/nothing']],
    query: (name) => `person=${userOf('member')}&package=${name}`,
  },
  'addVcsRepository body/readers/teams[]': {
    pairs: [[`t.${theirs}.70`, `t.${theirs}.700`]],
    body: (id) => ({ ...newVcsRepository, readers: { everyone: false, teams: [id] } }),
  },
  'changeVcsRepository body/readers/teams[]': {
    pairs: [[`t.${theirs}.70`, `t.${theirs}.700`]],
    body: (id) => ({ readers: { everyone: false, teams: [id] } }),
  },
  'activatePeople body/ids[]': { pairs: people, body: (id) => ({ ids: [id] }) },
  'listHistory query/actor': { pairs: [people[0] ?? ['', '']], query: (actor) => `actor=${actor}` },
  'exportHistory query/actor': { pairs: [people[0] ?? ['', '']], query: (actor) => `actor=${actor}` },
  'listHistory query/delivery': { pairs: deliveries, query: (id) => `delivery=${id}` },
  'exportHistory query/delivery': { pairs: deliveries, query: (id) => `delivery=${id}` },
  'listInstallationHistory query/actor': {
    pairs: [people[0] ?? ['', '']],
    query: (actor) => `actor=${actor}`,
  },
  'listDeliveryAttempts query/hook': { pairs: [['hook9', 'hook0']], query: (hook) => `hook=${hook}` },
};

it('every field of text is said to name something, or nothing', () => {
  const isValue = (field: string): boolean =>
    field in ofNobody || (values.has(field.slice(field.lastIndexOf('/') + 1)) && !(field in objects));
  const named = [...new Set(fields.filter((field) => !isValue(field)))].sort();
  expect(named).toEqual(Object.keys(objects).sort());
  expect(Object.keys(ofNobody).filter((field) => !fields.includes(field))).toEqual([]);
});

describe.each(Object.entries(objects))('%s', (field, { pairs, body, query }) => {
  it.each(pairs)(
    'answers %s of somebody else like %s, which nobody has, and changes nothing',
    async (...pair) => {
      const operation = operations.find(({ name }) => name === field.split(' ')[0]);
      const answers: unknown[] = [];
      for (const name of pair) {
        const world = await createApiWorld();
        await addTheirs(world);
        const example = operation && (await prepared(world, operation))();
        const path = example?.path.split('?')[0] ?? '';
        const before = world.stored();
        const sender = operation?.isOfOrganization ? 'owner' : rightful[operation?.access ?? 'public'];
        const { status, text } = await world.ask(sender, {
          ...example,
          path: query === undefined ? path : `${path}?${query(name)}`,
          ...(body === undefined ? {} : { body: body(name) }),
        });
        expect(world.stored()).toEqual(before);
        answers.push([status, withoutName(text, name)]);
      }
      expect([200, 403, 404, 422]).toContain((answers[0] as number[])[0]);
      expect(answers[0]).toEqual(answers[1]);
    },
  );
});
