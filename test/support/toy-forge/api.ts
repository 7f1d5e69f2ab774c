/** The toy forge's API as its adapter calls it. A real adapter has requests and schemas of answers here. */
import { z } from 'zod';
import type { Fact } from '../../../shared/domain/facts.ts';
import type { ForgeRepositoryId } from '../../../shared/domain/ids.ts';
import type { AnyScope, PartScope } from '../../../shared/domain/scopes.ts';
import type { Credential, Exchange } from '../../../shared/forge/credential.ts';
import type { ForgeOrganization, ForgeRef } from '../../../shared/forge/forge.ts';
import type { IntegrationSecrets } from '../../../shared/forge/integration.ts';

export const TokenPair = z.object({ access: z.string(), refresh: z.string() });
export type TokenPair = z.infer<typeof TokenPair>;
export type Token = Credential<TokenPair>;

/** @property history its commits, newest first */
export type ToyRef = ForgeRef & { readonly isTag: boolean; readonly history: readonly string[] };

export interface ToySettings {
  readonly baseUrl: string;
  readonly clientId?: string | undefined;
}
export interface ToySecrets extends IntegrationSecrets {
  readonly clientSecret?: string | undefined;
}

/** The API for people's tokens. @throws ForgeError, each method */
export interface ToyPeople {
  exchangeCode(
    client: { readonly id: string; readonly secret: string },
    code: string,
    redirectUri: string,
  ): { readonly token: string; readonly expiresInMs: number } | { readonly error: string };
  person(token: string): { readonly id: string; readonly login: string };
  organizationsOf(token: string): readonly { id: string; login: string; isOwner: boolean }[];
}

/** @throws ForgeError, each method */
export interface ToyApi extends ToyPeople {
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
