import type { ErrorObject } from 'ajv';
import type { WorldProblem } from './world-error.ts';

/**
 * Describes ajv's errors, one for each place: what is expected there and what was found. For a choice between forms only the choice itself
 * is reported, not why each form fails.
 */
export function schemaProblems(errors: readonly ErrorObject[], document: unknown): WorldProblem[] {
  const choices = errors.filter((error) => error.keyword === 'anyOf');
  const insideChoice = (error: ErrorObject): boolean =>
    choices.some((choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`)) ||
    choices.some((choice) => choice !== error && within(error.instancePath, choice.instancePath));
  const problems = new Map<string, WorldProblem>();
  for (const error of errors) {
    // These only report that something nested failed, which has an error of its own.
    if (error.keyword === 'propertyNames' || error.keyword === 'if' || insideChoice(error)) continue;
    const problem = problemOf(error, document);
    const key = JSON.stringify(problem.path) + (error.keyword === 'required' ? problem.message : '');
    if (!problems.has(key)) problems.set(key, problem);
  }
  return [...problems.values()];
}

function within(path: string, choicePath: string): boolean {
  return path === choicePath || path.startsWith(`${choicePath}/`);
}

function problemOf(error: ErrorObject, document: unknown): WorldProblem {
  const path = resolvePath(error.instancePath, document);
  if (error.propertyName !== undefined) {
    return { path: [...path, error.propertyName], message: `the key must be ${expectation(error)}` };
  }
  if (error.keyword === 'required') {
    return { path, message: `"${String(error.params.missingProperty)}" is missing` };
  }
  if (error.keyword === 'additionalProperties') {
    const known = Object.keys(error.parentSchema?.properties ?? {}).join(', ');
    const name = String(error.params.additionalProperty);
    return { path: [...path, name], message: `unknown key; known here: ${known}` };
  }
  if (error.keyword === 'minItems') return { path, message: 'the list is empty' };
  const found = valueAt(path, document);
  return { path, message: `expected ${expectation(error)}; found ${describe(found)}` };
}

function expectation(error: ErrorObject): string {
  const description: unknown = error.parentSchema?.description;
  return typeof description === 'string' ? description : (error.message ?? 'something else');
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) {
    const odd = value.find((one) => typeof one === 'number' || typeof one === 'boolean');
    return odd === undefined ? 'a list' : `a list with ${describe(odd)}`;
  }
  if (typeof value === 'object') return 'a map';
  // YAML reads unquoted 1.0 and yes as a number and a boolean.
  if (typeof value === 'number') return `the number ${value} (a text needs quotes)`;
  if (typeof value === 'boolean') return `${value} (a text needs quotes)`;
  return JSON.stringify(value);
}

/** Converts a JSON pointer to keys and indexes. */
function resolvePath(pointer: string, document: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let value = document;
  for (const escaped of pointer.split('/').slice(1)) {
    const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    const part = Array.isArray(value) ? Number(key) : key;
    path.push(part);
    value = child(value, part);
  }
  return path;
}

function valueAt(path: readonly (string | number)[], document: unknown): unknown {
  return path.reduce<unknown>(child, document);
}

function child(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}
