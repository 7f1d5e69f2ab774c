/** A further account of somebody who has signed in, in the API's tests. */
import { asId, type ForgeAccountId } from '../../shared/domain/ids.ts';
import { linkAccount } from '../../shared/sign-in/user-accounts.ts';
import { type ApiWorld, type Person, userOf } from './api-world.ts';
import { gitHubHost } from './synchronized.ts';

export const anotherAccount = { ...gitHubHost, account: asId<ForgeAccountId>('777') };

/** It is called `second` there. */
export async function linkAnother(
  { dependencies }: Pick<ApiWorld, 'dependencies'>,
  person: Person,
): Promise<void> {
  const origin = { address: '192.0.2.7', userAgent: 'Firefox' };
  const proven = { account: anotherAccount, identity: { login: 'second' } };
  await linkAccount(dependencies, userOf(person), proven, origin);
}
