/** Contract: a connection keeps working while its credential is renewed, and reports when it cannot be renewed. */
import { expect, test } from 'vitest';
import { scopeOfKind } from '../../../shared/domain/scopes.ts';
import { type ForgeFixture, given } from './fixture.ts';
import { errorOf } from './reading.ts';

export function credentialContract(fixture: () => ForgeFixture): void {
  test('R30, R31: processes whose access is about to expire, or has expired, continue after a single exchange', async () => {
    const { clock, open, traits } = fixture();
    const scope = scopeOfKind(traits.scopes, 'member');
    const credential = given(fixture().credential);
    for (const passed of [credential.lifeMs / 2 + 1000, 2 * credential.lifeMs]) {
      const clients = [await open(), await open()];
      await Promise.all(clients.map(({ structure }) => structure.readScope(scope)));
      const before = credential.exchanges();
      clock.advance(passed);
      for (const { structure } of [...clients, await open()]) {
        expect(await structure.readScope(scope)).toHaveProperty('done');
      }
      expect(credential.exchanges()).toBe(before + 1);
    }
  });

  test('R4: a credential that its owner revoked is rejected', async () => {
    const { open, traits } = fixture();
    const scope = scopeOfKind(traits.scopes, 'member');
    const credential = given(fixture().credential);
    const { structure } = await open();
    credential.revoke();
    // One after the other: at once, the second may be told to wait while the first tries to renew it.
    for (const work of [() => structure.probe(), () => structure.readScope(scope)]) {
      expect((await errorOf(work())).code).toBe('credential-rejected');
    }
  });
}
