/** How the reading of a repository at a URL is, in the words of somebody who has to do something about it. */
import { tellsOfPrivateNetwork } from '../../../shared/domain/vcs-repository.ts';
import type { VcsRepository } from './queries.ts';

/** What an owner can do about a failure, beside trying again. */
export type Remedy = 'allow-private' | 'credential' | undefined;

export type Outcome =
  /** Its server has to know the key first. */
  | { readonly kind: 'new' }
  | { readonly kind: 'reading' }
  /** Its server shows another key than the known one. */
  | { readonly kind: 'other-key'; readonly offered: string }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly remedy: Remedy;
      readonly triesAgain: boolean;
    }
  | { readonly kind: 'no-package' }
  | { readonly kind: 'packages' };

/** What tells a reading from the one before it. */
export const readingOf = ({ lastReadAt, lastFailure }: VcsRepository): string =>
  `${lastReadAt ?? ''} ${lastFailure?.at ?? ''}`;

/** @param asked what `readingOf` gave when a new reading was asked for: it says nothing of that one */
export function outcomeOf(repository: VcsRepository, asked?: string): Outcome {
  const { state, lastReadAt, nextReadAt, lastFailure, offeredHostKey, packages } = repository;
  const isGoingOn = nextReadAt === undefined;
  const isFirst = lastReadAt === undefined && state !== 'failed';
  if (isGoingOn && (isFirst || asked === readingOf(repository))) {
    return { kind: 'reading' };
  }
  if (state === 'new') {
    return { kind: 'new' };
  }
  if (lastFailure !== undefined) {
    return offeredHostKey !== undefined
      ? { kind: 'other-key', offered: offeredHostKey }
      : {
          ...{ kind: 'failed', message: lastFailure.message, triesAgain: isGoingOn },
          remedy: remedyOf(repository, lastFailure),
        };
  }
  return { kind: packages.length > 0 ? 'packages' : 'no-package' };
}

function remedyOf(
  { allowsPrivate }: VcsRepository,
  { code, message }: NonNullable<VcsRepository['lastFailure']>,
): Remedy {
  if (!allowsPrivate && tellsOfPrivateNetwork(message)) {
    return 'allow-private';
  }
  return code === 'credential-rejected' || code === 'insufficient-scope' ? 'credential' : undefined;
}
