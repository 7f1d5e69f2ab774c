import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiKeyScopes } from '../../../shared/domain/api-key.ts';
import { asId, type OrganizationId, type SessionId, type UserId } from '../../../shared/domain/ids.ts';
import type { ApiKey } from '../../../shared/store/api-key-store.ts';
import {
  type AccessRule,
  accesses,
  type Caller,
  freshMs,
  isOfOrganization,
  refusalOf,
  type Standing,
} from './access.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const [acme, other] = [asId<OrganizationId>('acme'), asId<OrganizationId>('other')];
const user = (authenticatedAt = now): Caller => ({
  kind: 'user',
  user: asId<UserId>('ann'),
  session: asId<SessionId>('s1'),
  authenticatedAt,
});
const machine = (organization: OrganizationId, scopes: ApiKey['scopes']): Caller => ({
  kind: 'key',
  key: { organization, scopes } as ApiKey,
});
const rule = (access: AccessRule['access'], more: Partial<AccessRule> = {}): AccessRule => ({
  access,
  scope: 'read',
  isDangerous: false,
  ...more,
});
const standing = (role?: Standing['role'], more: Partial<Standing> = {}): Standing => ({
  organization: acme,
  role,
  isAdministrator: false,
  ...more,
});

describe('a person', () => {
  it.each([
    ['reader', 'outside', undefined],
    ['member', 'outside', 'forbidden'],
    ['member', 'member', undefined],
    ['owner', 'member', 'forbidden'],
    ['owner', 'owner', undefined],
    ['reader', undefined, 'hidden'],
    ['owner', undefined, 'hidden'],
  ] as const)('at a route for %s, as %s: %s', (access, role, refusal) => {
    expect(refusalOf(rule(access), user(), standing(role), now)).toBe(refusal);
  });

  it('is administrator by being one, and not by owning an organization', () => {
    expect(refusalOf(rule('administrator'), user(), standing('owner'), now)).toBe('forbidden');
    expect(
      refusalOf(rule('administrator'), user(), standing(undefined, { isAdministrator: true }), now),
    ).toBeUndefined();
  });

  it('has to have proved within 15 minutes who he is, where it is dangerous', () => {
    const dangerous = rule('owner', { isDangerous: true });
    const at = (age: number) => refusalOf(dangerous, user(now - age), standing('owner'), now);
    expect([at(0), at(freshMs - 1), at(freshMs)]).toEqual([
      undefined,
      undefined,
      'reauthentication-required',
    ]);
    // A lesser role is told nothing of what would be enough.
    expect(refusalOf(dangerous, user(0), standing('member'), now)).toBe('forbidden');
  });
});

describe('a key', () => {
  it('does what its scopes name, in its own organization', () => {
    expect(refusalOf(rule('owner'), machine(acme, ['read']), standing(), now)).toBeUndefined();
    expect(refusalOf(rule('owner'), machine(acme, ['danger']), standing(), now)).toBe('missing-scope');
    expect(refusalOf(rule('owner'), machine(other, ['read']), standing(), now)).toBe('hidden');
  });

  it('with every scope does nothing where none is enough', () => {
    const all = machine(acme, [...apiKeyScopes]);
    for (const access of ['user', 'owner', 'administrator'] as const) {
      expect(refusalOf(rule(access, { scope: 'none' }), all, standing(), now)).toBe('missing-scope');
    }
  });
});

it('the operator is owner and administrator everywhere, and nobody in particular', () => {
  const at = (access: AccessRule['access']) => refusalOf(rule(access), { kind: 'operator' }, standing(), now);
  expect(accesses.map(at)).toEqual([undefined, 'forbidden', undefined, undefined, undefined, undefined]);
});

it('nobody passes at a closed route, and nobody at all where the organization is not there', () => {
  const caller = fc.oneof(
    fc.constant(undefined),
    fc.constant<Caller>({ kind: 'operator' }),
    fc.constant(user()),
    fc.subarray([...apiKeyScopes]).map((scopes) => machine(acme, scopes)),
  );
  const anyRule = fc.record({
    access: fc.constantFrom(...accesses.filter((access) => access !== 'public')),
    scope: fc.constantFrom(...apiKeyScopes, 'none' as const),
    isDangerous: fc.boolean(),
  });
  fc.assert(
    fc.property(caller, anyRule, (who, one) => {
      const refusal = refusalOf(one, who, standing('owner', { organization: undefined }), now);
      if (who === undefined) {
        expect(refusal).toBe('unauthenticated');
      } else if (isOfOrganization(one.access)) {
        expect(refusal).toBe('hidden');
      }
    }),
  );
});
