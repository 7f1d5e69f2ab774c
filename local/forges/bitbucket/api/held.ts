import type { components } from '@coderabbitai/bitbucket/cloud/openapi';

type Schemas = components['schemas'];

/**
 * A shape as Atlassian's specification names it: every field has to be there, with its type or null, but for those that the simulator leaves
 * out. The specification marks all as optional, and allows any others.
 */
export type Held<Name extends keyof Schemas, Missing extends string = never> = {
  [Key in keyof Schemas[Name] as string extends Key ? never : Key extends Missing ? never : Key]-?:
    | Schemas[Name][Key]
    | null;
} & Record<string, unknown>;
