import { describe, expect, it } from 'vitest';
import { creators } from '../provision/create-resource.ts';
import { executedTypes, passiveTypes } from './known-resources.ts';

describe('the table of known resources', () => {
  it('has a function to create each executed type, and no other', () => {
    expect(Object.keys(creators).sort()).toEqual(Object.keys(executedTypes).sort());
  });

  it('has each type once', () => {
    expect(Object.keys(passiveTypes).filter((type) => type in executedTypes)).toEqual([]);
  });

  it('gives a reason for everything without effect', () => {
    const rules = Object.values(executedTypes).flatMap((properties) => Object.values(properties));
    const reasons = [...rules, ...Object.values(passiveTypes)].map(({ reason }) => reason);
    for (const reason of reasons) expect(reason ?? 'honoured').toMatch(/\S+/);
    // A rule that allows certain values is honoured, so it has no reason.
    expect(rules.filter(({ only, reason }) => only !== undefined && reason !== undefined)).toEqual([]);
  });

  it('has no rule below another one, where it would never apply', () => {
    for (const properties of Object.values(executedTypes)) {
      const paths = Object.keys(properties);
      const hidden = paths.filter((path) =>
        paths.some((other) => path.startsWith(`${other}.`) || path.startsWith(`${other}[`)),
      );
      expect(hidden).toEqual([]);
    }
  });
});
