import type { JsonObject } from './json.ts';

/** The values of `Ref` and `Fn::GetAtt` for a resource. */
export interface ResourceHandle {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A resource whose properties are plain values. */
export interface ResolvedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
}

/** The values of `AWS::AccountId` and `AWS::Region`. */
export interface Pseudo {
  readonly accountId: string;
  readonly region: string;
}
