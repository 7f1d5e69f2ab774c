import { describe, expect, it } from 'vitest';
import { aJudgedRow, aRow } from './fixtures.ts';
import { isAsked, ourRow } from './views.ts';

const places = {
  registry: 'http://127.0.0.1:8080/acme',
  forge: { here: 'http://127.0.0.1:9090', there: 'https://github.com' },
};
const commit = 'c'.repeat(40);
const archive = {
  type: 'zip',
  url: `${places.registry}/dists/acme/lib/${commit}.zip`,
  reference: commit,
  shasum: 'd'.repeat(40),
};
const elsewhere = { type: 'zip', url: 'https://downloads.example.org/lib-1.0.zip', reference: 'r1' };

describe('a version of ours', () => {
  it('has the commit of its archive, which goes: no driver knows of it', () => {
    const row = ourRow(aRow('1.0.0.0', { reference: null, dist: archive, type: 'project' }), places);
    expect(row).toEqual(aRow('1.0.0.0', { reference: commit, type: 'project' }));
  });

  it('keeps an archive that is not made here, and has the commit of its source', () => {
    const source = { type: 'git', url: 'git@github.com:acme/lib.git', reference: commit };
    const row = ourRow(aRow('1.0.0.0', { reference: null, dist: elsewhere, source }), places);
    expect(row).toEqual(aRow('1.0.0.0', { reference: commit, dist: elsewhere, source }));
    expect(ourRow(aRow('1.0.0.0', { reference: null, dist: elsewhere }), places).reference).toBe('r1');
    expect(ourRow(aRow('1.0.0.0', { reference: null }), places).reference).toBeNull();
  });

  it('is of the registry only under its own address', () => {
    const other = { ...archive, url: archive.url.replace('/acme/dists', '/acme-2/dists') };
    expect(ourRow(aRow('1.0.0.0', { dist: other }), places).metadata.dist).toEqual(other);
  });

  it('is on github.com, not on its simulator', () => {
    const { metadata } = ourRow(
      aRow('1.0.0.0', {
        dist: archive,
        source: { type: 'git', url: 'git@127.0.0.1:acme/lib.git', reference: commit },
        'support.source': `${places.forge.here}/acme/lib/tree/1.0.0`,
        'support.docs': 'http://127.0.0.1:1/acme',
      }),
      places,
    );
    expect(metadata).toMatchObject({
      source: { url: 'git@github.com:acme/lib.git' },
      'support.source': 'https://github.com/acme/lib/tree/1.0.0',
      'support.docs': 'http://127.0.0.1:1/acme',
    });
  });
});

describe('what is asked', () => {
  const row = aJudgedRow(aRow('1.0.0.0', { time: 'now', 'support.issues': 'x' }));

  it('is everything before the driver for GitHub', () => {
    for (const key of ['source', 'support.source', 'support.issues', 'time', 'dist', 'reference']) {
      expect(isAsked(key, row, 'github')).toBe(true);
    }
  });

  it('is not the commit where the manifest says that all code is elsewhere', () => {
    for (const driver of ['git', 'github'] as const) {
      expect(isAsked('reference', { ...row, own: ['dist', 'source'] }, driver)).toBe(false);
      expect(isAsked('reference', { ...row, own: ['dist'] }, driver)).toBe(true);
    }
  });

  it('is before the git driver only what the manifest says, of what it knows otherwise or not', () => {
    const asked = (own: (typeof row)['own']) =>
      ['source', 'support.source', 'support.issues', 'time', 'dist', 'reference', 'type'].filter((key) =>
        isAsked(key, { ...row, own }, 'git'),
      );
    expect(asked([])).toEqual(['support.issues', 'dist', 'reference', 'type']);
    expect(asked(['time'])).toEqual(['support.issues', 'time', 'dist', 'reference', 'type']);
  });
});
