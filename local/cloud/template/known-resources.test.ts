import { describe, expect, it } from 'vitest';
import { creators } from '../provision/create-resource.ts';
import { executedTypes, passiveTypes } from './known-resources.ts';

describe('the table of known resources', () => {
  it('has a way to create each executed type, and nothing else', () => {
    expect(Object.keys(creators).sort()).toEqual(Object.keys(executedTypes).sort());
  });

  it('holds each type once', () => {
    expect(Object.keys(passiveTypes).filter((type) => type in executedTypes)).toEqual([]);
  });

  it('gives a reason for all that has no effect', () => {
    const rules = Object.values(executedTypes).flatMap((properties) => Object.values(properties));
    const reasons = [...rules, ...Object.values(passiveTypes)].map(({ reason }) => reason);
    for (const reason of reasons) expect(reason ?? 'honoured').toMatch(/\S+/);
    // A rule that allows certain values is honoured: it has no reason besides.
    expect(rules.filter(({ only, reason }) => only !== undefined && reason !== undefined)).toEqual([]);
  });

  it('has no rule below another one, where it would never be looked at', () => {
    for (const properties of Object.values(executedTypes)) {
      const paths = Object.keys(properties);
      const hidden = paths.filter((path) =>
        paths.some((other) => path.startsWith(`${other}.`) || path.startsWith(`${other}[`)),
      );
      expect(hidden).toEqual([]);
    }
  });
});
