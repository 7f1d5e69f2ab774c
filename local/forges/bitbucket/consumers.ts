import type { Scope } from './scopes.ts';
import type { BitbucketState, Consumer, Workspace } from './state.ts';

export interface NewConsumer {
  readonly name: string;
  readonly callbackUrl: string;
  readonly scopes: readonly Scope[];
  readonly isPrivate?: boolean;
}

/** Adds an OAuth consumer to a workspace; one with the same name keeps its key and secret. https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/ */
export function addConsumer(
  state: BitbucketState,
  random: (bytes: number) => Uint8Array,
  workspace: Workspace,
  { name, callbackUrl, scopes, isPrivate = true }: NewConsumer,
): Consumer {
  const known = [...state.consumers.values()].find((consumer) => consumer.name === name);
  if (known !== undefined) {
    Object.assign(known, { callbackUrl, scopes, isPrivate });
    return known;
  }
  const secret = (bytes: number): string => Buffer.from(random(bytes)).toString('base64url');
  const consumer: Consumer = {
    ...{ key: secret(12), secret: secret(24), name, callbackUrl, scopes, isPrivate },
    workspace: workspace.uuid,
  };
  state.consumers.set(consumer.key, consumer);
  return consumer;
}
