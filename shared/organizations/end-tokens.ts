/** Ends many tokens of what is deleted, each at the edge at once. */
import { parsePrincipal, type SynchronizationId } from '../domain/ids.ts';
import { endEntry } from '../store/personal-token-store.ts';
import type { Operation } from '../store/table.ts';
import { personalEntry, type Token } from '../store/token-store.ts';
import { revokeToken } from '../store/token-transitions.ts';
import type { NarrowDependencies } from './narrow-refused.ts';

/** Whether the token speaks for a team of the synchronization. */
export function isOfTeam({ principal }: Token, synchronization: SynchronizationId): boolean {
  const parts = parsePrincipal(principal);
  return parts.kind === 'team' && parts.synchronization === synchronization;
}

/**
 * Revokes those of the tokens that are not revoked yet. A person's own loses its entry here, and nothing elsewhere.
 *
 * @param until no revocation starts after it; milliseconds since the epoch
 * @param actOf what is written with the end of a token, such as an entry of the history
 * @returns how many were revoked
 */
export async function endTokens(
  { table, workQueue, clock }: NarrowDependencies,
  tokens: readonly Token[],
  until: number,
  actOf: (token: Token) => readonly Operation[] = () => [],
): Promise<number> {
  let count = 0;
  for (const token of tokens) {
    if (token.state !== 'revoked' && clock.now() < until) {
      const entry = personalEntry(token);
      await workQueue.send(
        entry === undefined
          ? await revokeToken(table, token, clock.now(), actOf(token))
          : await endEntry(table, entry, clock.now(), actOf(token)),
      );
      count++;
    }
  }
  return count;
}
