/** People sign in with their account, and own only what the forge confirms. */
import { describe, expect, test } from 'vitest';
import type { ForgeAccountId } from '../../../shared/domain/ids.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import type { Integration } from '../../../shared/forge/module.ts';
import { type PersonGrant, SignInError, s256 } from '../../../shared/forge/sign-in.ts';
import { codeOfAnswer, type ForgeFixture, given, type SignInFixture } from './fixture.ts';

const state = 'the state of this browser';
const codeVerifier = 'a-verifier-that-has-as-many-characters-as-43';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    if (error instanceof SignInError || error instanceof ForgeError) return error.code;
    throw error;
  }
}

/** Goes to the sign-in page and back. */
async function visit(
  of: SignInFixture,
  account: ForgeAccountId | undefined,
  { forConnecting = true } = {},
): Promise<URLSearchParams> {
  const { signIn, integration, redirectUri } = of;
  const request = { redirectUri, state, codeChallenge: s256(codeVerifier), forConnecting };
  return of.visit(signIn.authorizeUrl(integration, request), account);
}

function exchange(
  of: SignInFixture,
  callback: URLSearchParams,
  more: { readonly state?: string; readonly codeVerifier?: string; readonly integration?: Integration } = {},
): Promise<PersonGrant> {
  const { signIn, redirectUri, services, integration } = of;
  const answer = { callback, state, redirectUri, codeVerifier, ...more };
  return signIn.exchange(more.integration ?? integration, answer, services);
}

const grantOf = async (of: SignInFixture, account: ForgeAccountId): Promise<PersonGrant> =>
  exchange(of, await visit(of, account));

export function signInContract(fixture: () => ForgeFixture): void {
  const offered = (): SignInFixture => given(fixture().signIn);
  const identityOf = (grant: PersonGrant) =>
    offered().signIn.identity(offered().integration, grant, offered().services);
  const owns = (grant: PersonGrant, organization = offered().organization) =>
    offered().signIn.owns(offered().integration, grant, organization, offered().services);
  const owned = (grant: PersonGrant) =>
    offered().signIn.ownedOrganizations(offered().integration, grant, offered().services);

  test('a person who agrees is known by the account', async () => {
    const of = offered();
    const account = await of.addPerson('member');
    expect(of.signIn.isOffered(of.integration)).toBe(true);
    const grant = await exchange(of, await visit(of, account, { forConnecting: false }));
    expect(grant.expiresAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(of.services.clock.now());
    expect(await identityOf(grant)).toMatchObject({ account, login: expect.stringMatching(/./) });
  });

  test('who declines is told so', async () => {
    expect(await codeOf(exchange(offered(), await visit(offered(), undefined)))).toBe('denied');
  });

  test('an answer that another browser asked for is refused', async () => {
    const callback = await visit(offered(), await offered().addPerson('member'));
    expect(await codeOf(exchange(offered(), callback, { state: 'another' }))).toBe('state-mismatch');
    callback.delete('state');
    expect(await codeOf(exchange(offered(), callback))).toBe('state-mismatch');
  });

  test('a code is good once, for a while, and for the browser that asked for it', async ({ skip }) => {
    const of = offered();
    const account = await of.addPerson('member');
    const used = await visit(of, account);
    await exchange(of, used);
    expect(await codeOf(exchange(of, used))).toBe('bad-code');
    const old = await visit(of, account);
    fixture().clock.advance(of.codeLifeMs);
    expect(await codeOf(exchange(of, old))).toBe('bad-code');
    if (!of.hasPkce) return skip('a code of this forge is not tied to a verifier');
    const stolen = exchange(of, await visit(of, account), { codeVerifier: `${codeVerifier}x` });
    expect(await codeOf(stolen)).toBe('bad-code');
  });

  test('a wrong client secret is the matter of the operator', async () => {
    const of = offered();
    const callback = await visit(of, await of.addPerson('member'));
    const wrong = exchange(of, callback, { integration: of.withWrongSecret });
    expect(await codeOf(wrong)).toBe('client-rejected');
  });

  test('an owner owns the organization, and nobody else does', async () => {
    const of = offered();
    const [owner, member] = [await of.addPerson('owner'), await of.addPerson('member')];
    const [grant, other] = [await grantOf(of, owner), await grantOf(of, member)];
    expect([await owns(grant), await owns(other)]).toEqual([true, false]);
    const isIt = ({ id }: { readonly id: string }): boolean => id === of.organization;
    // Without an installation it is read with a credential, which somebody has yet to give.
    const connection = of.installed === undefined ? undefined : expect.anything();
    expect((await owned(grant)).filter(isIt)).toMatchObject([{ kind: 'organization', connection }]);
    expect((await owned(other)).filter(({ kind }) => kind === 'organization')).toEqual([]);
    await of.setRole(owner, 'member');
    await of.setRole(member, 'owner');
    expect([await owns(grant), await owns(other)]).toEqual([false, true]);
  });

  test('a personal account is marked, and never connected', async () => {
    const personal = (await owned(await grantOf(offered(), await offered().addPerson('owner')))).filter(
      ({ kind }) => kind === 'personal',
    );
    expect(personal.filter(({ connection }) => connection !== undefined)).toEqual([]);
  });

  test('an organization to which nobody gave us access is shown, and not owned', async ({ skip }) => {
    const { notConnected } = offered();
    if (notConnected === undefined) return skip('the forge shows no such organization');
    const grant = await grantOf(offered(), notConnected.owner);
    expect(await owned(grant)).toContainEqual(
      expect.objectContaining({ id: notConnected.id, kind: 'organization', connection: undefined }),
    );
    expect(await owns(grant, notConnected.id)).toBe(false);
  });

  test('what a set-up address says is believed where the forge says the same', async ({ skip }) => {
    const of = offered();
    const { installed, signIn, integration, services } = of;
    if (installed === undefined) return skip('the forge has no such address');
    const [owner, member] = [await of.addPerson('owner'), await of.addPerson('member')];
    const said = async (account: ForgeAccountId, parameters: URLSearchParams) =>
      signIn.installedOrganization?.(integration, await grantOf(of, account), parameters, services);
    expect(await said(owner, installed.real)).toMatchObject({ id: of.organization });
    expect(await said(member, installed.real)).toBeUndefined();
    expect(await said(owner, installed.madeUp)).toBeUndefined();
    expect(await said(owner, new URLSearchParams())).toBeUndefined();
  });

  test.for(['by the person', 'by us'])('a grant that was taken back %s has ended', async (by, { skip }) => {
    const of = offered();
    const account = await of.addPerson('owner');
    const grant = await grantOf(of, account);
    const { revoke } = of.signIn;
    if (by === 'by us' && revoke === undefined) return skip('the forge has no such request');
    const end = async () =>
      by === 'by us' ? revoke?.(of.integration, grant, of.services) : of.revoke(account);
    await end();
    for (const work of [identityOf(grant), owned(grant), owns(grant)]) {
      expect(await codeOf(work)).toBe('grant-ended');
    }
    await end();
  });

  describe.each(['unavailable', 'too-many-requests'] as const)(
    'R28: where the forge answers %s',
    (answers) => {
      test('nothing is concluded, and the person is known again after it', async ({ skip }) => {
        const { cannot, fault, clock } = fixture();
        if (cannot?.includes(answers)) return skip(`it never answers ${answers}`);
        const of = offered();
        const account = await of.addPerson('owner');
        const callback = await visit(of, account);
        fault({ answers });
        expect(await codeOf(exchange(of, callback))).toBe(codeOfAnswer[answers]);
        fault(undefined);
        clock.advance(3_700_000);
        const grant = await grantOf(of, account);
        fault({ answers });
        for (const ask of [identityOf, owned, owns]) {
          expect(await codeOf(ask(grant))).toBe(codeOfAnswer[answers]);
        }
        fault(undefined);
        clock.advance(3_700_000);
        expect(await identityOf(grant)).toMatchObject({ account });
        expect(await owns(grant)).toBe(true);
      });
    },
  );
}
