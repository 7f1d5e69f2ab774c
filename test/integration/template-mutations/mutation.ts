import type { Json } from '../../../local/cloud/template/json.ts';
import type { Scene } from './scene.ts';
import type { Template } from './template.ts';

interface Change {
  /** Logical id of the changed resource. */
  readonly resource: string;
  /** Path of the changed property, with an index in each list on the way. */
  readonly property: string;
  /** The new value; undefined removes the property. */
  readonly to: Json | undefined;
}

/** A change that shows: the same look at the running cloud gives another result. */
export interface ShownMutation extends Change {
  /** Looks at what depends on the property. Leaves nothing behind that another look would stumble over. */
  look(scene: Scene): Promise<unknown>;
  readonly before: unknown;
  readonly after: unknown;
}

/** A change with which AWS would not deploy, and the local cloud does not start. */
export interface RefusedMutation extends Change {
  readonly refused: RegExp;
}

export type Mutation = ShownMutation | RefusedMutation;

/** Mutations of one small template, whose unchanged cloud they share. */
export interface Suite {
  readonly name: string;
  readonly template: Template;
  readonly mutations: readonly Mutation[];
}
