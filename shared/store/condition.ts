/** Conditions of writes as data, so that each clause has a name in the code that uses it. */

export type Attribute = string | number | boolean;

export type Condition =
  | { readonly is: 'absent' }
  | { readonly is: 'present' }
  | { readonly is: 'equal'; readonly attribute: string; readonly value: Attribute }
  | { readonly is: 'less'; readonly attribute: string; readonly value: number }
  | { readonly is: 'missing'; readonly attribute: string }
  | { readonly is: 'differs'; readonly attribute: string; readonly other: string }
  | { readonly is: 'all' | 'any'; readonly of: readonly Condition[] };

/** No item has this key. */
export const absent: Condition = { is: 'absent' };
/** An item has this key. */
export const present: Condition = { is: 'present' };
export const equal = (attribute: string, value: Attribute): Condition => ({ is: 'equal', attribute, value });
/** The stored number is lower, or there is none. */
export const missingOrLess = (attribute: string, value: number): Condition =>
  any({ is: 'missing', attribute }, { is: 'less', attribute, value });
export const missing = (attribute: string): Condition => ({ is: 'missing', attribute });
/** Two attributes of the item differ; an attribute that is missing differs from any other. */
export const differs = (attribute: string, other: string): Condition => ({ is: 'differs', attribute, other });
export const all = (...of: Condition[]): Condition => ({ is: 'all', of });
export const any = (...of: Condition[]): Condition => ({ is: 'any', of });

/** Collects the placeholders of one request. */
export interface Placeholders {
  readonly names: Record<string, string>;
  readonly values: Record<string, unknown>;
  name(attribute: string): string;
  value(value: unknown): string;
}

export function createPlaceholders(): Placeholders {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  let count = 0;
  return {
    names,
    values,
    name(attribute) {
      const placeholder = `#${attribute.replaceAll(/\W/g, '_')}`;
      names[placeholder] = attribute;
      return placeholder;
    },
    value(value) {
      const placeholder = `:v${count++}`;
      values[placeholder] = value;
      return placeholder;
    },
  };
}

/** The condition in DynamoDB's expression language. */
export function conditionExpression(condition: Condition, with_: Placeholders): string {
  switch (condition.is) {
    case 'absent':
      return `attribute_not_exists(${with_.name('pk')})`;
    case 'present':
      return `attribute_exists(${with_.name('pk')})`;
    case 'equal':
      return `${with_.name(condition.attribute)} = ${with_.value(condition.value)}`;
    case 'less':
      return `${with_.name(condition.attribute)} < ${with_.value(condition.value)}`;
    case 'missing':
      return `attribute_not_exists(${with_.name(condition.attribute)})`;
    case 'differs':
      return `(attribute_not_exists(${with_.name(condition.other)}) OR ${with_.name(condition.attribute)} <> ${with_.name(condition.other)})`;
    case 'all':
    case 'any':
      return `(${condition.of
        .map((part) => conditionExpression(part, with_))
        .join(condition.is === 'all' ? ' AND ' : ' OR ')})`;
  }
}
