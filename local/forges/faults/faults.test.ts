import { describe, expect, it } from 'vitest';
import { createFaultRegistry } from './faults.ts';

describe('faults', () => {
  it('strike a given number of times, after a given number of requests', () => {
    const faults = createFaultRegistry();
    const { id } = faults.add({ kind: 'server-error', status: 503, after: 1, times: 2 });
    const struck = [1, 2, 3, 4].map(() => faults.take('server-error', {})?.status);
    expect(struck).toEqual([undefined, 503, 503, undefined]);
    expect(faults.remove(id)).toBe(0);
  });

  it('strike only what matches, where a part of a path is enough', () => {
    const faults = createFaultRegistry();
    faults.add({ kind: 'failing-page', match: { path: '/members', page: '2' } });
    expect(faults.take('failing-page', { path: '/orgs/acme/members', page: '1' })).toBeUndefined();
    expect(faults.take('failing-page', { path: '/orgs/acme/teams', page: '2' })).toBeUndefined();
    expect(faults.take('failing-page', { page: '2' })).toBeUndefined();
    expect(faults.take('short-page', { path: '/orgs/acme/members', page: '2' })).toBeUndefined();
    expect(faults.take('failing-page', { path: '/orgs/acme/members', page: '2' })).toMatchObject({
      struck: 1,
    });
  });

  it('are removed one by one or all at once', () => {
    const faults = createFaultRegistry();
    const { id } = faults.add({ kind: 'slow' });
    faults.add({ kind: 'slow', delayMs: 5 });
    expect(faults.remove(id)).toBe(1);
    expect(faults.take('slow', {})?.delayMs).toBe(5);
    expect(faults.remove()).toBe(1);
    expect(faults.list()).toEqual([]);
  });
});
