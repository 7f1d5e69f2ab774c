import type { JsonObject } from './json.ts';

/** What `Ref` and `Fn::GetAtt` give for a resource. */
export interface ResourceHandle {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A resource whose properties hold plain values only. */
export interface ResolvedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
}

/** What `AWS::AccountId` and `AWS::Region` stand for. */
export interface Pseudo {
  readonly accountId: string;
  readonly region: string;
}
