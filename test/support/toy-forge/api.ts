/** The toy forge's API as its adapter calls it. A real adapter has requests and schemas of answers here. */
import { z } from 'zod';
import type { Fact } from '../../../shared/domain/facts.ts';
import type { ForgeRepositoryId } from '../../../shared/domain/ids.ts';
import type { AnyScope, PartScope } from '../../../shared/domain/scopes.ts';
import type { Credential, Exchange } from '../../../shared/forge/credential.ts';
import type { ForgeOrganization, ForgeRef } from '../../../shared/forge/forge.ts';

export const TokenPair = z.object({ access: z.string(), refresh: z.string() });
export type TokenPair = z.infer<typeof TokenPair>;
export type Token = Credential<TokenPair>;

/** @property history its commits, newest first */
export type ToyRef = ForgeRef & { readonly isTag: boolean; readonly history: readonly string[] };

/** @throws ForgeError, each method */
export interface ToyApi {
  probe(token: Token): ForgeOrganization;
  /** A page of a scope's entries, or of the rows of one entry. */
  list(token: Token, scope: AnyScope, page: number): ToyPage;
  find(token: Token, part: PartScope): Fact | undefined;
  refsOf(token: Token, repository: ForgeRepositoryId): readonly ToyRef[];
  /** Exchanges a refresh token, which is good for one use. */
  readonly exchange: Exchange<TokenPair>;
  /** How many requests were made. */
  readonly requests: number;
}

export interface ToyPage {
  readonly facts: readonly Fact[];
  readonly total: number;
  readonly isLast: boolean;
}
