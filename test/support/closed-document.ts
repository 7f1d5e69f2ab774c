/** The document with closed schemas: an answer may have no field that is not documented. */

type Json = unknown;

const isObject = (value: Json): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const describesFields = (schema: Readonly<Record<string, Json>>): boolean =>
  ['$ref', 'properties', 'allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in schema);

/**
 * A copy in which each schema that a value is checked against refuses fields that neither it nor what it is made of has. Schemas that others
 * are made of stay open: alone they do not know all fields.
 */
export function withClosedSchemas(document: Json, place: readonly string[] = []): Json {
  if (Array.isArray(document)) {
    return document.map((part, index) => withClosedSchemas(part, [...place, String(index)]));
  }
  if (!isObject(document)) {
    return document;
  }
  const copy = Object.fromEntries(
    Object.entries(document).map(([name, part]) => [name, withClosedSchemas(part, [...place, name])]),
  );
  return isWhole(place) && describesFields(document) ? { ...copy, unevaluatedProperties: false } : copy;
}

/** What a body, a property or an item of a list is checked against. */
function isWhole(place: readonly string[]): boolean {
  const [before, last] = place.slice(-2);
  return last === 'schema' || last === 'items' || last === 'additionalProperties' || before === 'properties';
}
