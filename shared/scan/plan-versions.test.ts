import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ComposerVersion, versionsOf } from '../composer/versions.ts';
import type { StoredVersion } from '../store/package-store.ts';
import { afterChanges, planVersions, type VersionChange } from './plan-versions.ts';

const commit = (digit: string) => digit.repeat(40);
const [a, b, c] = [commit('a'), commit('b'), commit('c')];
const good = '{"name":"acme/one"}';

interface Refs {
  readonly tags?: Readonly<Record<string, string>>;
  readonly branches?: Readonly<Record<string, string>>;
  readonly defaultBranch?: string;
  /** Manifests by commit, if they differ from the valid default. */
  readonly manifests?: Readonly<Record<string, string>>;
  readonly refused?: readonly string[];
}

/** The versions that a scan finds in these refs, by the real rules. */
function scanned({
  tags = {},
  branches = {},
  defaultBranch = 'main',
  manifests = {},
  refused: refusedCommits = [],
}: Refs): {
  found: ComposerVersion[];
  tagCommits: Map<string, string>;
  refused: Set<string>;
} {
  const refused = new Set(refusedCommits);
  const refs = (list: Readonly<Record<string, string>>) =>
    Object.entries(list).map(([name, at]) => ({
      name,
      commit: at,
      date: '2026-11-01T00:00:00Z',
      manifest: manifests[at] ?? good,
    }));
  return {
    found: versionsOf({
      tags: refs(tags),
      branches: refs(branches),
      defaultBranch,
      archived: false,
    }).versions.filter((version) => !refused.has(version.commit)),
    tagCommits: new Map(Object.entries(tags)),
    refused,
  };
}

function applied(current: readonly StoredVersion[], changes: readonly VersionChange[]): StoredVersion[] {
  const versions = new Map(current.map((version) => [version.versionNormalized, version]));
  for (const { kind, version } of changes) {
    if (kind === 'remove') {
      versions.delete(version.versionNormalized);
    } else {
      versions.set(version.versionNormalized, version);
    }
  }
  return [...versions.values()];
}

const scan = (current: readonly StoredVersion[], refs: Refs, isImport = false): StoredVersion[] =>
  applied(current, planVersions({ current, ...scanned(refs), isImport }));
const imported = (refs: Refs): StoredVersion[] => scan([], refs, true);
const stored = (versions: readonly StoredVersion[]): StoredVersion[] =>
  versions.map((version) => ({
    ...version,
    state: version.state === 'pending' ? 'published' : version.state,
  }));

const brief = (versions: readonly StoredVersion[]) =>
  Object.fromEntries(
    versions.map(({ version, commit: at, state, movedTo }) => [
      version,
      [at.slice(0, 1), state, ...(movedTo === undefined ? [] : [movedTo.slice(0, 1)])].join(' '),
    ]),
  );

describe('tags', () => {
  it('of an import are published at once, later ones are pending until their archive is stored', () => {
    const first = imported({ tags: { '1.0.0': a } });
    expect(brief(first)).toEqual({ '1.0.0': 'a published' });
    expect(brief(scan(first, { tags: { '1.0.0': a, '1.1.0': b } }))).toEqual({
      '1.0.0': 'a published',
      '1.1.0': 'b pending',
    });
  });

  it('that moved keep the first commit and record the new one, until they are back', () => {
    const first = imported({ tags: { '1.0.0': a } });
    const moved = scan(first, { tags: { '1.0.0': b } });
    expect(brief(moved)).toEqual({ '1.0.0': 'a published b' });
    expect(planVersions({ current: moved, ...scanned({ tags: { '1.0.0': b } }), isImport: false })).toEqual(
      [],
    );
    expect(brief(scan(moved, { tags: { '1.0.0': c } }))).toEqual({ '1.0.0': 'a published c' });
    expect(scan(moved, { tags: { '1.0.0': a } })).toEqual(first);
  });

  it('that are deleted are withdrawn with their record, and come back with the same commit', () => {
    const first = imported({ tags: { '1.0.0': a } });
    const gone = scan(first, {});
    expect(brief(gone)).toEqual({ '1.0.0': 'a withdrawn' });
    expect(scan(gone, {})).toEqual(gone);
    expect(scan(gone, { tags: { '1.0.0': a } })).toEqual(first);
  });

  it('that come back elsewhere are published at the first commit', () => {
    const gone = scan(imported({ tags: { '1.0.0': a } }), {});
    expect(brief(scan(gone, { tags: { '1.0.0': b } }))).toEqual({ '1.0.0': 'a published b' });
  });

  it('that are pending follow their tag, and leave nothing when it is deleted', () => {
    const pending = scan([], { tags: { '1.0.0': a } });
    expect(brief(pending)).toEqual({ '1.0.0': 'a pending' });
    expect(brief(scan(pending, { tags: { '1.0.0': b } }))).toEqual({ '1.0.0': 'b pending' });
    expect(scan(pending, {})).toEqual([]);
    expect(scan(pending, { tags: { '1.0.0': b }, manifests: { [b]: '{' } })).toEqual([]);
  });

  it('that moved to a commit that gives no version keep the first commit too', () => {
    const first = imported({ tags: { '1.0.0': a }, branches: { main: a } });
    const refs = { tags: { '1.0.0': b }, branches: { main: a }, manifests: { [b]: '{ broken' } };
    expect(brief(scan(first, refs))['1.0.0']).toBe('a published b');
  });

  it('stay when the default branch gets an invalid package name, which stops new versions', () => {
    const first = imported({ tags: { '1.0.0': a }, branches: { main: a } });
    const refs = {
      tags: { '1.0.0': a, '1.1.0': c },
      branches: { main: b },
      manifests: { [b]: '{"name":"Not A Name"}' },
    };
    expect(brief(scan(first, refs))).toEqual({ '1.0.0': 'a published' });
  });
});

describe('versions at a refused commit', () => {
  const refs = { tags: { '1.0.0': a, '1.1.0': b }, branches: { main: b } };

  it('are removed, of a tag and of a branch, and stay away while the ref points there', () => {
    const after = scan(imported(refs), { ...refs, refused: [b] });
    expect(brief(after)).toEqual({ '1.0.0': 'a published' });
    expect(planVersions({ current: after, ...scanned({ ...refs, refused: [b] }), isImport: false })).toEqual(
      [],
    );
    expect(brief(scan(after, refs))).toMatchObject({ '1.1.0': 'b pending' });
  });

  it('are new when pushed again at another commit, although a tag otherwise keeps its first commit', () => {
    const again = { tags: { '1.0.0': a, '1.1.0': c }, branches: { main: c }, refused: [b] };
    const changes = planVersions({ current: imported(refs), ...scanned(again), isImport: false });
    expect(new Set(changes.map(({ version }) => version.versionNormalized)).size).toBe(changes.length);
    expect(brief(applied(imported(refs), changes))).toEqual({
      '1.0.0': 'a published',
      '1.1.0': 'c pending',
      'dev-main': 'c published',
    });
  });
});

describe('two tags for one version', () => {
  it('keep the one that was published first, whatever the order of their names', () => {
    const first = imported({ tags: { 'v1.0.0': a } });
    const both = scan(first, { tags: { '1.0': b, 'v1.0.0': a } });
    expect(both).toEqual(first);
    // The first one is deleted: the version stays as it was, with a notice about the other.
    expect(brief(scan(both, { tags: { '1.0': b } }))).toEqual({ 'v1.0.0': 'a published b' });
    // At the same commit there is no notice.
    expect(scan(both, { tags: { '1.0': a } })).toEqual(first);
  });

  it('are one version if Composer’s comparison says so', () => {
    const first = imported({ tags: { '1.0.0-beta1': a } });
    expect(scan(first, { tags: { '1.0.0-beta01': b, '1.0.0-beta1': a } })).toEqual(first);
  });

  it('that are pending may change their spelling, and remain one version', () => {
    const pending = scan([], { tags: { '1.0.0-beta1': a } });
    expect(brief(scan(pending, { tags: { '1.0.0-beta01': b } }))).toEqual({ '1.0.0-beta01': 'b pending' });
  });
});

describe('branches', () => {
  it('follow every push, and are published at once', () => {
    const first = imported({ branches: { main: a } });
    expect(brief(scan(first, { branches: { main: b } }))).toEqual({ 'dev-main': 'b published' });
    expect(planVersions({ current: first, ...scanned({ branches: { main: a } }), isImport: false })).toEqual(
      [],
    );
  });

  it('that are deleted leave nothing', () => {
    expect(brief(scan(imported({ branches: { main: a, next: b } }), { branches: { main: a } }))).toEqual({
      'dev-main': 'a published',
    });
  });

  it('are written again when another becomes the default branch', () => {
    const refs = { branches: { main: a, next: a } };
    const before = imported(refs);
    const after = scan(before, { ...refs, defaultBranch: 'next' });
    const defaults = (versions: readonly StoredVersion[]) =>
      versions.filter((version) => version.isDefaultBranch).map(({ version }) => version);
    expect(defaults(before)).toEqual(['dev-main']);
    expect(defaults(after)).toEqual(['dev-next']);
  });

  it('with names that differ only in case are one version', () => {
    const both = imported({ branches: { main: c, Topic: a, topic: b } });
    expect(brief(both)).toEqual({ 'dev-main': 'c published', 'dev-Topic': 'a published' });
    expect(brief(scan(both, { branches: { main: c, topic: b } }))).toEqual({
      'dev-main': 'c published',
      'dev-topic': 'b published',
    });
  });
});

describe('any history of refs', () => {
  const tagNames = ['1.0', 'v1.0.0', '1.1.0', '2.0.0-beta1', '2.0.0-beta01', 'nonsense'];
  const commits = fc.constantFrom(a, b, c);
  const refs: fc.Arbitrary<Refs> = fc.record({
    tags: fc.dictionary(fc.constantFrom(...tagNames), commits),
    branches: fc.dictionary(fc.constantFrom('main', 'Main', '1.x'), commits),
    defaultBranch: fc.constantFrom('main', '1.x'),
    manifests: fc.constantFrom({}, { [c]: '{ broken' }),
  });

  it('never changes a published tag, and reaches a stable state', () => {
    fc.assert(
      fc.property(fc.array(refs, { minLength: 1, maxLength: 6 }), (history) => {
        let current: StoredVersion[] = [];
        for (const [place, step] of history.entries()) {
          const next = scan(current, step, place === 0);
          const after = new Map(next.map((version) => [version.versionNormalized, version]));
          for (const version of current.filter(
            ({ refKind, state }) => refKind === 'tag' && state !== 'pending',
          )) {
            const { commit: at, manifest, refName } = version;
            expect(after.get(version.versionNormalized)).toMatchObject({ commit: at, manifest, refName });
          }
          expect(planVersions({ current: next, ...scanned(step), isImport: false })).toEqual([]);
          // Store the archives of pending versions.
          current = stored(next);
        }
      }),
    );
  });
});

describe('afterChanges', () => {
  it('is what the changes leave in the table, in its order, without manifests: those of all packages do not fit into the memory', () => {
    const refs = { tags: { '1.0.0': a, '1.1.0': b }, branches: { main: b } };
    const before = applied([], planVersions({ current: [], ...scanned(refs), isImport: true }));
    const moved = scanned({ tags: { '1.0.0': a, '0.9.0': c }, branches: { next: c } });
    const changes = planVersions({ current: before, ...moved, isImport: false });
    expect(changes.map(({ kind }) => kind).toSorted()).toEqual(['remove', 'write', 'write', 'write']);
    const after = afterChanges(before, changes);
    expect(after.map(({ versionNormalized, state }) => [versionNormalized, state])).toEqual([
      ['0.9.0.0', 'pending'],
      ['1.0.0.0', 'published'],
      ['1.1.0.0', 'withdrawn'],
      ['dev-next', 'published'],
    ]);
    const left = applied(before, changes).map(({ manifest: _, ...state }) => state);
    expect(after).toEqual(expect.arrayContaining(left));
    expect(after).toHaveLength(left.length);
  });
});
