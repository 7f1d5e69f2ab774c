/** Small templates, and the change of one property in them. */

import { isObject, type Json, type JsonObject } from '../../../local/cloud/template/json.ts';
import { executedTypes, type PropertyRule } from '../../../local/cloud/template/known-resources.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: JsonObject;
}

export interface Template {
  readonly Parameters?: JsonObject;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: JsonObject;
}

/** Reference to a parameter or a resource. */
export const ref = (name: string): JsonObject => ({ Ref: name });
export const attribute = (logicalId: string, name: string): JsonObject => ({
  'Fn::GetAtt': [logicalId, name],
});

/** A list of the template's outputs, by name. */
export function outputs(values: Readonly<Record<string, Json>>): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));
}

/**
 * The template with one property changed.
 *
 * @param property a path such as `CacheBehaviors[1].PathPattern`; what is missing on the way is made
 * @param value undefined removes the property
 */
export function changed(
  template: Template,
  logicalId: string,
  property: string,
  value: Json | undefined,
): Template {
  const resource = template.Resources[logicalId];
  if (resource === undefined) throw new Error(`The template has no ${logicalId}`);
  const Properties = withValue(resource.Properties, steps(property), value);
  if (!isObject(Properties)) throw new Error(`${property} is no property`);
  return { ...template, Resources: { ...template.Resources, [logicalId]: { ...resource, Properties } } };
}

function steps(property: string): (string | number)[] {
  return [...property.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
}

function withValue(
  container: Json | undefined,
  [step, ...rest]: readonly (string | number)[],
  value: Json | undefined,
): Json | undefined {
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const list = Array.isArray(container) ? [...container] : [];
    list[step] = withValue(list[step], rest, value) ?? null;
    return list;
  }
  const object = isObject(container) ? container : {};
  const { [step]: old, ...others } = object;
  const item = withValue(old, rest, value);
  return item === undefined ? others : { ...others, [step]: item };
}

/** The path of the table's rule that a property falls under; undefined when there is none. */
export function rulePath(type: string, property: string): string | undefined {
  const path = property.replaceAll(/\[\d+\]/g, '[]');
  return Object.keys(executedTypes[type] ?? {}).find(
    (known) => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`),
  );
}

/** All rules of the table, each with its type and path. */
export function rules(): { type: string; path: string; rule: PropertyRule }[] {
  return Object.entries(executedTypes).flatMap(([type, properties]) =>
    Object.entries(properties).map(([path, rule]) => ({ type, path, rule })),
  );
}

/** All lists and objects on the way to the rules of a type, without those that a rule covers. */
export function containers(type: string): string[] {
  const paths = Object.keys(executedTypes[type] ?? {});
  const found = paths.flatMap((path) => {
    const names = path.split('.');
    return names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join('.'));
  });
  return [...new Set(found)];
}

/** The path with the first item of each list. */
export const firstItems = (path: string): string => path.replaceAll('[]', '[0]');
