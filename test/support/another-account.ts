/** A further account of somebody who has signed in, in the API's tests. */
import { asId, type ForgeAccountId } from '../../shared/domain/ids.ts';
import { linkAccount } from '../../shared/sign-in/user-accounts.ts';
import { type ApiWorld, type Person, userOf } from './api-world.ts';
import { gitHubHost } from './synchronized.ts';

export const anotherAccount = { ...gitHubHost, account: asId<ForgeAccountId>('777') };

/** It is called `second` there, unless said otherwise. */
export async function linkAnother(
  { dependencies }: Pick<ApiWorld, 'dependencies'>,
  person: Person,
  { account, login } = { account: '777', login: 'second' },
): Promise<void> {
  const origin = { address: '192.0.2.7', userAgent: 'Firefox' };
  const proven = { account: { ...gitHubHost, account: asId<ForgeAccountId>(account) }, identity: { login } };
  await linkAccount(dependencies, userOf(person), proven, origin);
}
