/** Two people who edit the same thing at once: nobody undoes what he has not seen. Over the OpenAPI document: no edit is left out. */
import { describe, expect, it } from 'vitest';
import { auditLog } from '../../shared/store/audit-log.ts';
import { type Operation, operations, prepared, rightful } from '../../test/support/api-operations.ts';
import { addWithViewers, synchronizationWithViewers } from '../../test/support/api-organization-examples.ts';
import { repositoryIdOf, withPackages } from '../../test/support/api-packages.ts';
import { createApiWorld } from '../../test/support/api-world.ts';
import { organizationId } from '../../test/support/synchronized.ts';

const takesIfMatch = ({ definition }: Operation): boolean =>
  definition.parameters?.some(({ name, in: place }) => place === 'header' && name === 'if-match') === true;
const needsIfMatch = ({ definition }: Operation): boolean => '428' in definition.responses;

/** The status of success. */
const doneOf = ({ definition }: Operation): number =>
  Number(Object.keys(definition.responses).find((status) => status.startsWith('2')));

const edits = operations.filter(({ method }) => method === 'PUT' || method === 'PATCH');
const conditional = operations.filter(takesIfMatch);

/** Edits that take no If-Match, and why nothing is lost without one. */
const others: Readonly<Record<string, string>> = {
  addTeamMember: 'adds one person, whoever else is in the team',
  changeVcsRepository:
    'says all there is to each field that it has; 409 when the repository changes at the same moment',
  givePackageName: 'says whose name it is, whoever had it; 409 when that changes at the same moment',
  replaceConnection: 'replaces what nobody can read',
  setArchives: 'says all there is to it, whichever it was; 409 when that changes at the same moment',
  setPrimarySynchronization:
    'says which one it is, whichever it was; 409 when the owners change at the same moment',
  setViewers: 'says all there is to it, whichever it was; 409 when that changes at the same moment',
};

/** What somebody else changes at the same moment. */
const meanwhile: Readonly<Record<string, unknown>> = {
  changeCaution: { heldAbove: 3 },
  changeInstallationSettings: { organizationsPerPerson: 3 },
  changePerson: { state: 'off' },
  changeSettings: { publishesSource: false },
  changeTeam: { name: 'Shipping' },
  setPackageFolders: { patterns: ['lib/*/composer.json'] },
  setTeamRights: { rights: ['add-packages'] },
};

it('every edit takes If-Match, or loses nothing without it', () => {
  const without = edits.filter((operation) => !takesIfMatch(operation));
  expect(without.map(({ name }) => name).sort()).toEqual(Object.keys(others));
  expect(conditional.map(({ name }) => name).sort()).toEqual(Object.keys(meanwhile));
});

it('who sets whether viewers install, while somebody else does, changes and records nothing', async () => {
  const world = await createApiWorld();
  await addWithViewers(world);
  const set = (install: boolean) =>
    world.ask('owner', {
      ...{
        method: 'PUT',
        path: `/organizations/acme/synchronizations/${synchronizationWithViewers}/viewers`,
      },
      body: { install },
    });
  for (const install of [true, false]) {
    const { transact } = world.table;
    world.table.transact = async (operations) => {
      world.table.transact = transact;
      expect((await set(install)).status).toBe(204);
      return transact(operations);
    };
    expect((await set(install)).status).toBe(409);
  }
  const entries = (await auditLog(world.table, organizationId, 9)).filter(({ act }) => act === 'set-viewers');
  expect(entries).toHaveLength(2);
});

describe.each(conditional.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
  async function edited() {
    const world = await createApiWorld();
    const { headers: _, ...request } = (await prepared(world, operation))();
    const sender = rightful[operation.access];
    const { path } = request;
    return {
      world,
      read: () => world.ask(sender, { path }),
      edit: (etag: string | undefined, body = request.body) =>
        world.ask(sender, { ...request, body, headers: { 'if-match': etag } }),
    };
  }

  it('is carried out on what was read, and on nothing else', async () => {
    const { world, read, edit } = await edited();
    const { etag = '' } = (await read()).headers;
    const before = world.stored();
    for (const stale of ['"stale"', `W/${etag}`]) {
      const { status, body, headers } = await edit(stale);
      expect([status, body.code, headers.etag]).toEqual([412, 'precondition-failed', etag]);
    }
    expect(world.stored()).toEqual(before);
    const changed = await edit(`"stale", ${etag}`);
    expect(changed.status, changed.text).toBe(doneOf(operation));
    expect(changed.headers.etag).not.toBe(etag);
    expect((await read()).headers.etag).toBe(changed.headers.etag);
    expect((await edit(etag)).status).toBe(412);
    expect((await edit('*')).status).toBe(doneOf(operation));
  });

  it('says where what was read has to be named', async () => {
    const { edit } = await edited();
    expect((await edit(undefined)).status).toBe(needsIfMatch(operation) ? 428 : doneOf(operation));
  });

  it('undoes nothing that changes after it was compared', async () => {
    const { world, read, edit } = await edited();
    const { etag } = (await read()).headers;
    const { transact } = world.table;
    let theirs: string | undefined;
    world.table.transact = async (operations) => {
      world.table.transact = transact;
      const other = await edit('*', meanwhile[operation.name]);
      expect(other.status, other.text).toBe(doneOf(operation));
      theirs = (await read()).text;
      return transact(operations);
    };
    const { status, text } = await edit(etag);
    expect([409, 412], text).toContain(status);
    expect((await read()).text).toBe(theirs);
  });
});

it('patterns of folders that somebody replaces stay in the history', async () => {
  const world = await createApiWorld();
  await withPackages(world);
  const set = (patterns: readonly string[]) =>
    world.ask('owner', {
      ...{ method: 'PUT', path: `/organizations/acme/repositories/${repositoryIdOf(5)}/folders` },
      body: { patterns },
    });
  for (const pattern of ['lib/*/composer.json', 'packages/*/composer.json']) {
    expect((await set([pattern])).status).toBe(202);
  }
  const entries = (await auditLog(world.table, organizationId, 9)).filter(
    ({ act }) => act === 'set-package-folders',
  );
  expect(entries.map(({ before }) => before)).toContainEqual({ patterns: ['lib/*/composer.json'] });
});
