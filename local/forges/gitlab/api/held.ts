/**
 * A shape as @gitbeaker types it: every field that it names has to be there, with its type or null. Its types have many fields that can be
 * null in GitLab's answers, and an index signature, with which a missing field would pass.
 */
export type Held<Schema, Missing extends string = never> = {
  [Key in keyof Schema as string extends Key ? never : Key extends Missing ? never : Key]: Schema[Key] | null;
} & Record<string, unknown>;
