/** Repositories at a URL: from an owner's adding one to what a token installs, with the real use cases on a table in memory. */
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { distReference } from '../../shared/domain/dist-reference.ts';
import {
  asId,
  type OwnTeamId,
  ownTeamPrincipal,
  type Principal,
  teamPrincipal,
} from '../../shared/domain/ids.ts';
import { repositoryKey } from '../../shared/domain/repository-key.ts';
import {
  nobody,
  type VcsKind,
  type VcsReaders,
  vcsKinds,
  vcsSynchronization,
} from '../../shared/domain/vcs-repository.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { allowRefusedCommit } from '../../shared/organizations/allow-commit.ts';
import { listVcs, vcsRepositoryCalled } from '../../shared/organizations/describe-vcs-repositories.ts';
import { explainAccess } from '../../shared/organizations/explain-access.ts';
import {
  addToTeam,
  createOwnTeam,
  deleteTeam,
  removeFromTeam,
} from '../../shared/organizations/own-teams.ts';
import { setPackageFolders } from '../../shared/organizations/package-folders.ts';
import { personIn } from '../../shared/organizations/people.ts';
import { refuseCommits } from '../../shared/organizations/refuse-commits.ts';
import {
  addRepository,
  changeRepository,
  type GivenCredential,
  removeRepository,
  type VcsDependencies,
} from '../../shared/organizations/vcs-repositories.ts';
import { Secret } from '../../shared/runtime/secret.ts';
import { findScans } from '../../shared/store/scan-store.ts';
import { everySynchronization } from '../../shared/store/synchronization-store.ts';
import { listVcsRepositories, type StoredVcsRepository } from '../../shared/store/vcs-store.ts';
import { pollRepositories } from '../../shared/sync/schedule/poll-repositories.ts';
import { makeSshKey } from '../../shared/vcs/ssh-key.ts';
import { countReads } from '../support/count-reads.ts';
import { commitOf } from '../support/memory-contents.ts';
import { aFact } from '../support/memory-forge.ts';
import { createRegistry, memoryServices, type Registry, settled } from '../support/registry-fixture.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

/** Of the repositories, which have a package, these with their scans, what owners entered, teams by hand; two of the synchronizations, and one of the teams of each. */
const readsOfList = 8;

const by = { by: 'ann', why: 'a test' };
const key = { line: 'ssh-ed25519 AAAA', fingerprint: 'SHA256:first' };

let registry: Registry;
let dependencies: VcsDependencies;

beforeEach(async () => {
  registry = await createRegistry(memoryServices(), [
    ...[aFact.settings(false), aFact.member(1), aFact.member(2)],
    ...[aFact.team(5), aFact.teamMember(5, 1)],
  ]);
  await settled(registry);
  const { table, workQueue, clock, cipher } = registry;
  dependencies = {
    table,
    workQueue,
    clock,
    cipher,
    randomBytes,
    makeSshKey,
    hasWorker: true,
    readableKinds: ['git', 'hg'],
  };
});

const core = teamPrincipal(synchronizationId, asId(5));

async function added(
  readers: VcsReaders = nobody,
  {
    url = 'https://git.example.org/acme/billing.git',
    kind = undefined as VcsKind | undefined,
    credential = { kind: 'none' } as GivenCredential,
  } = {},
): Promise<StoredVcsRepository> {
  const found = await addRepository(
    dependencies,
    registry.organization,
    { url, kind, credential, readers, allowsPrivate: false, allowsHttp: false },
    by,
  );
  registry.contents.set(found.repository, {
    name: 'acme/billing',
    tags: { '1.0.0': 'a' },
    branches: { main: 'b' },
  });
  await registry.settle();
  return found;
}

const tokenFor = async (login: string): Promise<string> => {
  const { token } = await registry.issue({ kind: 'member', login });
  await registry.settle();
  return token;
};
const listedFor = (token: string) => registry.listed(token);
const stored = (of: StoredVcsRepository) =>
  vcsRepositoryCalled(
    registry.table,
    registry.organization,
    repositoryKey({ synchronization: vcsSynchronization(organizationId), repository: of.repository }),
  );
const scanOf = async ({ repository }: StoredVcsRepository) =>
  (await findScans(registry.table, [{ synchronization: vcsSynchronization(organizationId), repository }]))[0];
const change = async (of: StoredVcsRepository, what: Parameters<typeof changeRepository>[3]) => {
  const after = await changeRepository(dependencies, registry.organization, await stored(of), what, by);
  await registry.settle();
  return after;
};

describe('a repository at a URL', () => {
  it('is installed from by those it is granted to, and by nobody else', async () => {
    const repository = await added();
    const [one, two] = [await tokenFor('user-1'), await tokenFor('user-2')];
    const all = (await registry.issue({ kind: 'organization' })).token;
    await registry.settle();
    expect([await listedFor(one), await listedFor(two), await listedFor(all)]).toEqual([
      [],
      [],
      ['acme/billing'],
    ]);
    await change(repository, { readers: { everyone: false, teams: [core] } });
    expect([await listedFor(one), await listedFor(two)]).toEqual([['acme/billing'], []]);
    expect(await registry.get(one, '/acme/p2/acme/billing.json')).toContain(commitOf('a'));
    expect(await registry.get(two, '/acme/p2/acme/billing.json')).toBe('404');
    await change(repository, { readers: { everyone: true, teams: [] } });
    expect([await listedFor(one), await listedFor(two)]).toEqual([['acme/billing'], ['acme/billing']]);
    await change(repository, { readers: nobody });
    expect([await listedFor(one), await listedFor(two)]).toEqual([[], []]);
  });

  it('may have packages in its folders', async () => {
    const repository = await added({ everyone: true, teams: [] });
    const files = { b: { 'packages/a/composer.json': '{"name":"acme/a"}' } };
    registry.contents.set(repository.repository, { name: 'acme/billing', branches: { main: 'b' }, files });
    const id = repositoryKey({
      synchronization: vcsSynchronization(organizationId),
      repository: repository.repository,
    });
    const patterns = ['packages/*'];
    await setPackageFolders(dependencies, registry.organization, { id, patterns }, by);
    await registry.settle();
    expect(await listedFor(await tokenFor('user-1'))).toEqual(['acme/a', 'acme/billing']);
  });

  it('is listed with others at the same cost, however many there are', async () => {
    const reads = countReads(registry.table);
    const costOfList = async () => {
      const before = reads();
      const { repositories } = await listVcs(registry.table, registry.organization, { limit: 50 });
      return [repositories.length, reads() - before];
    };
    await added({ everyone: false, teams: [core] });
    expect(await costOfList()).toEqual([1, readsOfList]);
    for (const name of ['a', 'b', 'c']) {
      await added({ everyone: false, teams: [core] }, { url: `https://git.example.org/acme/${name}` });
    }
    expect(await costOfList()).toEqual([4, readsOfList]);
  });

  it('stands in no list of synchronizations', async () => {
    await added();
    expect((await everySynchronization(registry.table)).map(({ id }) => id)).toEqual([synchronizationId]);
  });

  it('follows a team on the code host: who leaves it, or is withdrawn by its end, reads no more', async () => {
    await added({ everyone: false, teams: [core] });
    const [one, two] = [await tokenFor('user-1'), await tokenFor('user-2')];
    const team = (await registry.issue({ kind: 'team', slug: 'team-5' })).token;
    await registry.settle();
    expect([await listedFor(one), await listedFor(team)]).toEqual([['acme/billing'], ['acme/billing']]);
    const without = [aFact.settings(false), aFact.member(1), aFact.member(2), aFact.team(5)];
    await registry.change([...without, aFact.teamMember(5, 2)], 'teams');
    await registry.settle();
    expect([await listedFor(one), await listedFor(two)]).toEqual([[], ['acme/billing']]);
    await registry.change(without.slice(0, 3), 'teams');
    await registry.settle();
    expect([await listedFor(two), await listedFor(team)]).toEqual([[], []]);
  });

  it('follows a team by hand, and its end', async () => {
    const team = await createOwnTeam(dependencies, registry.organization, 'Release managers', by);
    const repository = await added({ everyone: false, teams: [ownTeamPrincipal(team.id)] });
    const two = await tokenFor('user-2');
    const person = await personIn(registry.table, registry.organization, `${synchronizationId}.2`);
    expect(await listedFor(two)).toEqual([]);
    const user = await addToTeam(dependencies, registry.organization, team, person, by);
    await registry.settle();
    expect(await listedFor(two)).toEqual(['acme/billing']);
    const why = await explainAccess(
      registry.table,
      registry.organization,
      person,
      'acme/billing',
      registry.clock.now(),
    );
    expect(why.paths).toEqual([
      {
        through: 'team',
        synchronization: vcsSynchronization(organizationId),
        team: { id: ownTeamPrincipal(team.id), name: 'Release managers' },
      },
    ]);
    await removeFromTeam(dependencies, registry.organization, team, user, by);
    await registry.settle();
    expect(await listedFor(two)).toEqual([]);
    const whyNot = await explainAccess(
      registry.table,
      registry.organization,
      person,
      'acme/billing',
      registry.clock.now(),
    );
    expect(whyNot).toMatchObject({ paths: [], missing: ['no-right'], codeHost: undefined });
    expect(whyNot.couldGive.teams).toEqual([{ id: ownTeamPrincipal(team.id), name: 'Release managers' }]);
    await addToTeam(dependencies, registry.organization, team, person, by);
    await registry.settle();
    await deleteTeam(dependencies, registry.organization, team, by);
    await registry.settle();
    expect(await listedFor(two)).toEqual([]);
    expect((await stored(repository)).readers.teams).toHaveLength(1);
  });

  it('is out of reach once it is removed: its credential is gone, and its package is kept unreadable', async () => {
    const repository = await added({ everyone: true, teams: [] });
    const one = await tokenFor('user-1');
    const all = (await registry.issue({ kind: 'organization' })).token;
    await registry.settle();
    await removeRepository(dependencies, registry.organization, repository, by);
    await registry.settle();
    expect([await listedFor(one), await listedFor(all)]).toEqual([[], []]);
    expect(await listVcsRepositories(registry.table)).toEqual([]);
    await expect(stored(repository)).rejects.toThrow('no such repository');
  });

  it('that has nothing any more keeps what is published, and says so', async () => {
    const repository = await added({ everyone: true, teams: [] });
    const one = await tokenFor('user-1');
    registry.contents.set(repository.repository, { name: 'acme/billing', tags: {}, branches: {} });
    await change(repository, { allowsPrivate: true });
    expect(await registry.get(one, '/acme/p2/acme/billing.json')).toContain(commitOf('a'));
    expect((await scanOf(repository))?.lastFailure?.message).toContain('nothing is withdrawn');
  });

  it('has its archives built by its own worker: the first request waits for the queue', async () => {
    await added({ everyone: true, teams: [] });
    const answer = await registry.fetch(1, commitOf('b'));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
    expect(registry.queued().map(({ queue }) => queue)).toEqual(['vcs']);
    await registry.settle();
    expect((await registry.fetch(1, commitOf('b'))).status).toBe(307);
  });
});

describe('a repository of Subversion', () => {
  const tag = '/tags/1.0.0/@7';
  const [trunk, older] = ['/trunk/@9', '/trunk/@4'];
  const pathOf = (commit: string) => `/acme/dists/acme/billing/${distReference(commit)}.zip`;

  it('has archives at the MD5 of its references, as Composer asks for them, of earlier revisions too', async () => {
    const repository = await addRepository(
      { ...dependencies, readableKinds: vcsKinds },
      registry.organization,
      {
        ...{ url: 'https://svn.example.org/acme/billing', kind: 'svn', credential: { kind: 'none' } },
        ...{ readers: { everyone: true, teams: [] }, allowsPrivate: false, allowsHttp: false },
      },
      by,
    );
    registry.contents.set(repository.repository, {
      ...{ name: 'acme/billing', tags: { '1.0.0': tag }, branches: { main: trunk }, history: [older] },
    });
    await registry.settle();
    const one = await tokenFor('user-1');
    const { dist } = JSON.parse(await registry.get(one, '/acme/p2/acme/billing.json')).packages[
      'acme/billing'
    ][0];
    expect(dist).toMatchObject({ reference: tag, url: expect.stringMatching(pathOf(tag)) });
    for (const commit of [tag, trunk, older]) {
      const reference = distReference(commit);
      expect(await registry.fetch(1, reference)).toMatchObject({ status: 503 });
      await registry.settle();
      expect(await registry.fetch(1, reference)).toMatchObject({
        status: 307,
        headers: { location: expect.stringMatching(pathOf(commit)) },
      });
      expect(await registry.get(one, pathOf(commit))).toContain(`archive of ${commit},`);
    }
    expect(await registry.fetch(1, distReference('/trunk/@5'))).toMatchObject({ status: 503 });
    await registry.settle();
    expect(await registry.fetch(1, distReference('/trunk/@5'))).toMatchObject({ status: 404 });
  });

  it('is read at the folders that owners name', async () => {
    const layout = { trunk: 'main', branches: false, tags: 'releases', package: 'lib' } as const;
    const git = await added();
    await expect(change(git, { layout })).rejects.toThrow('Only a repository of Subversion');
    dependencies = { ...dependencies, readableKinds: vcsKinds };
    const repository = await added(nobody, { url: 'https://svn.example.org/acme', kind: 'svn' });
    const opened: unknown[] = [];
    const { openVcs } = registry;
    registry.openVcs = async (opening) => {
      opened.push(opening.place.layout);
      return openVcs(opening);
    };
    await change(repository, { layout });
    expect(opened).toEqual([layout]);
  });

  it('loses an archive that an owner refuses by its reference, and gets it back by its MD5', async () => {
    const repository = await added({ everyone: true, teams: [] });
    registry.contents.set(repository.repository, { name: 'acme/billing', branches: { main: trunk } });
    await change(repository, { allowsPrivate: true });
    const one = await tokenFor('user-1');
    await registry.fetch(1, distReference(trunk));
    await registry.settle();
    expect(await registry.get(one, pathOf(trunk))).toContain('archive of');
    const confirmation = { confirm: trunk, ...by };
    await refuseCommits(dependencies, registry.organization, [trunk], confirmation);
    await registry.settle();
    expect(await registry.get(one, pathOf(trunk))).toBe('404');
    expect(await registry.fetch(1, distReference(trunk))).toMatchObject({ status: 404 });
    expect(await registry.get(one, '/acme/p2/acme/billing~dev.json')).not.toContain(trunk);
    await allowRefusedCommit(dependencies, registry.organization, distReference(trunk), by);
    await registry.settle();
    expect(await registry.get(one, '/acme/p2/acme/billing~dev.json')).toContain(trunk);
  });
});

describe('without a worker', () => {
  it('what is asked for says why it does not happen, and what is removed is out of reach', async () => {
    const repository = await added({ everyone: true, teams: [] });
    const one = await tokenFor('user-1');
    registry.hasVcsWorker = false;
    const answer = await registry.fetch(1, commitOf('b'));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '3600' } });
    expect(JSON.stringify(answer)).toContain('no worker that reads its repository');
    await change(repository, { allowsPrivate: true });
    expect((await scanOf(repository))?.lastFailure?.message).toContain('npm run synth -- --vcs');
    expect(await listedFor(one)).toEqual(['acme/billing']);
    await removeRepository(dependencies, registry.organization, repository, by);
    await registry.settle();
    expect(await listedFor(one)).toEqual([]);
  });
});

describe('adding', () => {
  it.each([
    ['http://git.example.org/acme', { kind: 'none' }, 'is not encrypted'],
    ['git://git.example.org/acme', { kind: 'none' }, 'is not encrypted'],
    ['file:///srv/git/acme.git', { kind: 'none' }, 'only where Repertoire runs on one'],
    ['git@git.example.org:acme/billing', { kind: 'none' }, 'needs a key'],
    ['svn+ssh://svn.example.org/acme', { kind: 'ssh-key' }, 'reads no repositories of Subversion'],
    ['https://git.example.org/acme', { kind: 'ssh-key' }, 'only for addresses of SSH'],
    [
      'git@git.example.org:acme',
      { kind: 'basic', username: 'ann', password: new Secret('s') },
      'read with a key',
    ],
  ] as const)('%s with %j is refused: %s', async (url, credential, reason) => {
    await expect(added(nobody, { url, credential })).rejects.toThrow(reason);
  });

  it('says what is missing where there is no worker, and adds the same only once', async () => {
    dependencies = { ...dependencies, hasWorker: false };
    await expect(added()).rejects.toThrow('no worker that reads repositories at a URL');
    dependencies = { ...dependencies, hasWorker: true };
    await added();
    await expect(added()).rejects.toThrow('there already');
  });

  it('grants nothing to teams that are not there', async () => {
    const teams: readonly Principal[] = [
      ownTeamPrincipal(asId<OwnTeamId>('none')),
      teamPrincipal(synchronizationId, asId(6)),
      teamPrincipal(asId('other'), asId(5)),
    ];
    for (const team of teams) {
      await expect(added({ everyone: false, teams: [team] })).rejects.toThrow('no team');
    }
  });

  it('makes a key whose public part is shown, reads only once it is asked to, and pins the host key', async () => {
    const repository = await added(nobody, {
      url: 'git@git.example.org:acme/billing',
      credential: { kind: 'ssh-key' },
    });
    expect(repository.publicKey).toMatch(/^ssh-ed25519 \S+ repertoire for git\.example\.org$/);
    expect(await scanOf(repository)).toBeUndefined();
    const { openVcs } = registry;
    const opened: unknown[] = [];
    let shown = key;
    registry.openVcs = async (opening) => {
      opened.push({
        pinned: opening.hostKeys.pinned,
        user: 'user' in opening.credential && opening.credential.user,
      });
      return { ...(await openVcs(opening)), seenHostKey: async () => shown };
    };
    await change(repository, { allowsPrivate: true });
    expect(await stored(repository)).toMatchObject({ hostKey: key });
    expect(await stored(repository)).not.toHaveProperty('offeredHostKey');
    // The server shows another key, which the reader refuses.
    shown = { line: 'ssh-ed25519 BBBB', fingerprint: 'SHA256:other' };
    registry.beforeContents = () => {
      throw new ForgeError('unexpected', 'the host key changed');
    };
    await change(repository, { allowsPrivate: false });
    expect(await stored(repository)).toMatchObject({ hostKey: key, offeredHostKey: shown });
    expect((await scanOf(repository))?.lastFailure).toMatchObject({ message: 'the host key changed' });
    await expect(change(repository, { acceptHostKey: 'SHA256:third' })).rejects.toThrow('did not show');
    registry.beforeContents = () => {};
    await change(repository, { acceptHostKey: 'SHA256:other' });
    expect(await stored(repository)).toMatchObject({ hostKey: shown });
    expect(await stored(repository)).not.toHaveProperty('offeredHostKey');
    expect(opened[0]).toEqual({ pinned: [], user: 'git' });
    expect(opened.at(-1)).toEqual({ pinned: ['ssh-ed25519 BBBB'], user: 'git' });
  });

  it('gives the worker what was entered, which the table holds encrypted', async () => {
    const opened: unknown[] = [];
    const { openVcs } = registry;
    registry.openVcs = async (opening) => {
      const { credential, policy } = opening;
      opened.push([
        credential.kind === 'basic' && [credential.username, credential.password.reveal()],
        policy.allowsPrivate('git.example.org'),
      ]);
      return openVcs(opening);
    };
    const password = new Secret('very secret');
    const repository = await added(nobody, { credential: { kind: 'basic', username: 'ann', password } });
    expect(opened[0]).toEqual([['ann', 'very secret'], false]);
    expect(JSON.stringify(await stored(repository))).not.toContain('very secret');
    await change(repository, { credential: { kind: 'none' }, allowsPrivate: true });
    expect(opened.at(-1)).toEqual([false, true]);
    expect((await stored(repository)).secret).toBeUndefined();
  });
});

describe('polling', () => {
  it('asks for a scan after 15 minutes, later where nothing changes, and for none where there is no worker', async () => {
    const repository = await added();
    const poll = async (minutes: number, hasWorker = true) => {
      await registry.clock.advance(minutes * 60_000);
      const polled = await pollRepositories({ ...dependencies, hasWorker });
      await registry.settle();
      return polled;
    };
    expect([await poll(14), await poll(2, false), await poll(0), await poll(14)]).toEqual([0, 0, 1, 0]);
    const changedAt = (await scanOf(repository))?.changedAt;
    await poll(10 * 60);
    expect((await scanOf(repository))?.changedAt).toBe(changedAt);
    // Ten hours without a change: an hour's gap.
    expect([await poll(50), await poll(15)]).toEqual([0, 1]);
    registry.contents.set(repository.repository, {
      name: 'acme/billing',
      tags: { '1.0.0': 'a', '1.1.0': 'c' },
      branches: { main: 'c' },
    });
    await poll(70);
    expect((await scanOf(repository))?.changedAt).toBeGreaterThan(changedAt ?? 0);
    expect([await poll(14), await poll(2)]).toEqual([0, 1]);
  });

  it('reads one that failed as soon as an owner changes how, and not when it would be tried again', async () => {
    registry.beforeContents = () => {
      throw new ForgeError('unavailable', 'the host is in a private network');
    };
    const repository = await addRepository(
      dependencies,
      registry.organization,
      {
        ...{ url: 'https://git.example.org/acme/billing', credential: { kind: 'none' }, readers: nobody },
        ...{ allowsPrivate: false, allowsHttp: false },
      },
      by,
    );
    await registry.drain();
    expect((await scanOf(repository))?.lastFailure).toMatchObject({ code: 'unavailable' });
    registry.beforeContents = () => {};
    registry.contents.set(repository.repository, { name: 'acme/billing', tags: {}, branches: { main: 'b' } });
    const change = { allowsPrivate: true };
    await changeRepository(dependencies, registry.organization, await stored(repository), change, by);
    const at = registry.clock.now();
    await registry.drain();
    expect(await scanOf(repository)).toMatchObject({ lastScannedAt: at });
    expect(await scanOf(repository)).not.toHaveProperty('lastFailure');
  });

  it('reads one whose key was made here without being asked, as it does one that cannot be read', async () => {
    const ssh = { url: 'git@git.example.org:acme/billing', credential: { kind: 'ssh-key' } } as const;
    const repository = await added(nobody, ssh);
    registry.beforeContents = () => {
      throw new ForgeError('credential-rejected', 'the server refuses the key');
    };
    const poll = async (minutes: number) => {
      await registry.clock.advance(minutes * 60_000);
      const polled = await pollRepositories(dependencies);
      await registry.settle();
      return polled;
    };
    expect([await poll(14), await poll(2)]).toEqual([0, 1]);
    expect((await scanOf(repository))?.lastFailure?.message).toBe('the server refuses the key');
    expect([await poll(14), await poll(2)]).toEqual([0, 1]);
  });

  it('a repository whose worker does not answer is asked for once', async () => {
    await added();
    await registry.clock.advance(3600_000);
    expect([await pollRepositories(dependencies), await pollRepositories(dependencies)]).toEqual([1, 0]);
  });
});
