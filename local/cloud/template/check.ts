import type { StackTemplate } from './assembly.ts';
import { asIntrinsic } from './intrinsics.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { executedTypes, passiveTypes } from './known-resources.ts';

/**
 * Checks that the local cloud knows every resource type of the template, and every property of those it executes.
 *
 * @throws Error that lists all that is unknown, with logical id, type and property
 */
export function checkResources(stack: StackTemplate): void {
  const problems = stack.resources.flatMap(({ logicalId, type, properties }) => {
    if (type in passiveTypes) return [];
    if (type in executedTypes) return findProblems(logicalId, type, properties);
    return [`${logicalId}: the resource type ${type} is unknown`];
  });
  if (problems.length > 0) {
    throw new Error(
      `The local cloud cannot run stack ${stack.name}:\n${problems.map((p) => `- ${p}`).join('\n')}`,
    );
  }
}

/**
 * Checks the properties of one executed resource, and their values where only some are supported.
 *
 * @throws Error that lists the unknown properties and values
 */
export function checkProperties(logicalId: string, type: string, properties: JsonObject): void {
  const problems = findProblems(logicalId, type, properties);
  if (problems.length > 0) throw new Error(problems.join('; '));
}

function findProblems(logicalId: string, type: string, properties: JsonObject): string[] {
  const rules = executedTypes[type] ?? {};
  const problems: string[] = [];
  const refuse = (path: string, what: string) => problems.push(`${logicalId} (${type}): ${path} ${what}`);

  const visit = (path: string, value: Json): void => {
    const intrinsic = asIntrinsic(value);
    if (intrinsic?.name === 'Fn::If' && Array.isArray(intrinsic.argument)) {
      for (const branch of intrinsic.argument.slice(1)) visit(path, branch);
      return;
    }
    const rule = rules[path];
    if (rule !== undefined) {
      const isKnown = rule.only === undefined || intrinsic !== undefined || rule.only.includes(value);
      if (!isKnown) refuse(path, `may only be ${rule.only?.join(' or ')}, not ${JSON.stringify(value)}`);
      return;
    }
    const hasRulesBelow = Object.keys(rules).some(
      (known) => known.startsWith(`${path}.`) || known.startsWith(`${path}[`),
    );
    if (!hasRulesBelow) refuse(path, 'is unknown to the local cloud');
    else if (Array.isArray(value)) for (const item of value) visit(`${path}[]`, item);
    else if (isObject(value) && intrinsic === undefined) {
      for (const [key, item] of Object.entries(value)) visit(`${path}.${key}`, item);
    } else if (intrinsic === undefined)
      refuse(path, `holds ${JSON.stringify(value)}, which is no list or object`);
  };
  for (const [key, value] of Object.entries(properties)) visit(key, value);
  return problems;
}
