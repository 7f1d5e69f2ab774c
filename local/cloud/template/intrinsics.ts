import { isObject, type Json, type JsonObject } from './json.ts';

/** What a template's expressions can refer to. Look-ups of unknown names throw. */
export interface Scope {
  /** The value of a parameter, of a pseudo parameter other than AWS::NoValue, or of a resource's `Ref`. */
  ref(name: string): Json;
  attribute(logicalId: string, name: string): Json;
  condition(name: string): boolean;
  mapping(name: string, topKey: string, secondKey: string): Json;
  importValue(exportName: string): Json;
  /** The string of a secret, by ARN or name. */
  secretString(secretId: string): string;
}

/** The value of `Ref: AWS::NoValue`: the property or list item with it is omitted. */
const noValue = Symbol('AWS::NoValue');
type Resolved = Json | typeof noValue;

/**
 * Evaluates the intrinsic functions and Secrets Manager references in a template value.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 *
 * @throws Error for a function that the local cloud does not know, or one used wrongly
 */
export function resolve(value: Json, scope: Scope): Json {
  const resolved = resolveValue(value, scope);
  return resolved === noValue ? null : resolveDynamicReferences(resolved, scope);
}

/**
 * Evaluates a template condition (`Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not`, `Condition`).
 *
 * @throws Error when the expression is no condition
 */
export function evaluateCondition(expression: Json, scope: Scope): boolean {
  const intrinsic = asIntrinsic(expression);
  const all = (argument: Json) => asList(argument).map((part) => evaluateCondition(part, scope));
  switch (intrinsic?.name) {
    case 'Condition':
      return scope.condition(asString(intrinsic.argument));
    case 'Fn::Equals': {
      const [left, right] = asList(intrinsic.argument).map((part) => resolveValue(part, scope));
      return JSON.stringify(left) === JSON.stringify(right);
    }
    case 'Fn::And':
      return all(intrinsic.argument).every(Boolean);
    case 'Fn::Or':
      return all(intrinsic.argument).some(Boolean);
    case 'Fn::Not':
      return !all(intrinsic.argument)[0];
    default:
      throw new Error(`Not a condition: ${JSON.stringify(expression)}`);
  }
}

/** The function and its argument if the value is an intrinsic (`{"Ref": …}`, `{"Fn::…": …}`, `{"Condition": …}`). */
export function asIntrinsic(value: Json): { readonly name: string; readonly argument: Json } | undefined {
  if (!isObject(value)) return undefined;
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  // `Condition` is also an ordinary property of policy statements, where it is an object.
  const isCall =
    name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && typeof argument === 'string');
  return isCall ? { name, argument } : undefined;
}

/** Logical ids and parameter names that a template value refers to by Ref, Fn::GetAtt or Fn::Sub. */
export function references(value: Json): Set<string> {
  const found = new Set<string>();
  const visit = (part: Json): void => {
    const intrinsic = asIntrinsic(part);
    if (intrinsic?.name === 'Ref') found.add(asString(intrinsic.argument));
    else if (intrinsic?.name === 'Fn::GetAtt') found.add(getAttArguments(intrinsic.argument).logicalId);
    else if (intrinsic?.name === 'Fn::Sub') {
      const { text, variables } = subArguments(intrinsic.argument);
      for (const [, name = ''] of text.matchAll(placeholder)) {
        if (!name.startsWith('!') && !(name in variables)) found.add(name.split('.')[0] ?? name);
      }
      visit(variables);
    } else if (Array.isArray(part)) for (const item of part) visit(item);
    else if (isObject(part)) for (const item of Object.values(part)) visit(item);
  };
  visit(value);
  return found;
}

function resolveValue(value: Json, scope: Scope): Resolved {
  const intrinsic = asIntrinsic(value);
  if (intrinsic !== undefined) return call(intrinsic.name, intrinsic.argument, scope);
  if (Array.isArray(value))
    return value.map((item) => resolveValue(item, scope)).filter((item) => item !== noValue);
  if (!isObject(value)) return value;
  const result: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    const resolved = resolveValue(item, scope);
    if (resolved !== noValue) result[key] = resolved;
  }
  return result;
}

function call(name: string, argument: Json, scope: Scope): Resolved {
  const value = (part: Json) => present(resolveValue(part, scope), name);
  const text = (part: Json | undefined) => asString(value(present(part, name)));
  switch (name) {
    case 'Ref':
      return argument === 'AWS::NoValue' ? noValue : scope.ref(asString(argument));
    case 'Fn::GetAtt': {
      const { logicalId, attribute } = getAttArguments(argument);
      return scope.attribute(logicalId, attribute);
    }
    case 'Fn::Join': {
      const [separator, parts] = asList(argument);
      return asList(value(present(parts, name)))
        .map(asString)
        .join(text(separator));
    }
    case 'Fn::Split': {
      const [separator, source] = asList(argument);
      return text(source).split(text(separator));
    }
    case 'Fn::Select': {
      const [index, source] = asList(argument);
      const list = asList(value(present(source, name)));
      const item = list[Number(text(index))];
      if (item === undefined)
        throw new Error(`Fn::Select: there is no item ${text(index)} in a list of ${list.length}`);
      return item;
    }
    case 'Fn::Sub': {
      const { text: pattern, variables } = subArguments(argument);
      return pattern.replaceAll(placeholder, (_, key: string) => {
        if (key.startsWith('!')) return `\${${key.slice(1)}}`;
        const variable = variables[key];
        if (variable !== undefined) return text(variable);
        const dot = key.indexOf('.');
        if (dot < 0) return asString(scope.ref(key));
        return asString(scope.attribute(key.slice(0, dot), key.slice(dot + 1)));
      });
    }
    case 'Fn::If': {
      const [condition, yes, no] = asList(argument);
      return resolveValue(
        present(scope.condition(asString(present(condition, name))) ? yes : no, name),
        scope,
      );
    }
    case 'Fn::FindInMap': {
      const [map, top, second] = asList(argument);
      return scope.mapping(text(map), text(top), text(second));
    }
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64');
    case 'Fn::ImportValue':
      return scope.importValue(text(argument));
    default:
      throw new Error(`The local cloud does not know the intrinsic function ${name}`);
  }
}

const placeholder = /\$\{([^}]+)\}/g;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html */
const secretReference =
  /\{\{resolve:secretsmanager:(arn:(?:[^:}]*:){5}[^:}]+|[^:}]+)(?::SecretString(?::([^:}]*)(?::[^:}]*){0,2})?)?\}\}/g;

function resolveDynamicReferences(value: Json, scope: Scope): Json {
  if (typeof value === 'string') {
    const replaced = value.replaceAll(secretReference, (_, secretId: string, jsonKey: string | undefined) => {
      const secret = scope.secretString(secretId);
      return jsonKey ? secretField(secret, secretId, jsonKey) : secret;
    });
    if (replaced.includes('{{resolve:'))
      throw new Error('Only dynamic references to Secrets Manager are known');
    return replaced;
  }
  if (Array.isArray(value)) return value.map((item) => resolveDynamicReferences(item, scope));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveDynamicReferences(item, scope)]),
  );
}

function secretField(secret: string, secretId: string, key: string): string {
  const fields: unknown = JSON.parse(secret);
  const field: unknown = typeof fields === 'object' && fields !== null ? Reflect.get(fields, key) : undefined;
  if (typeof field !== 'string') throw new Error(`The secret ${secretId} has no text under ${key}`);
  return field;
}

function getAttArguments(argument: Json): { logicalId: string; attribute: string } {
  const [logicalId, ...attribute] =
    typeof argument === 'string' ? argument.split('.') : asList(argument).map(asString);
  return { logicalId: present(logicalId, 'Fn::GetAtt'), attribute: attribute.join('.') };
}

function subArguments(argument: Json): { text: string; variables: JsonObject } {
  if (typeof argument === 'string') return { text: argument, variables: {} };
  const [text, variables] = asList(argument);
  return { text: asString(present(text, 'Fn::Sub')), variables: isObject(variables) ? variables : {} };
}

function present<T>(value: T | undefined | typeof noValue, name: string): T {
  if (value === undefined || value === noValue) throw new Error(`${name}: an argument is missing`);
  return value;
}

function asList(value: Json): Json[] {
  if (!Array.isArray(value)) throw new Error(`Expected a list, found ${JSON.stringify(value)}`);
  return value;
}

/** CloudFormation converts numbers and booleans to text wherever text is expected. */
function asString(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`Expected text, found ${JSON.stringify(value)}`);
}
