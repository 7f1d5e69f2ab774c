/** Any value of a JSON document. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether the value is a JSON object: neither a list nor null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
