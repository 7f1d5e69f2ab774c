import { z } from 'zod';
import type { StackTemplate, TemplateParameter, TemplateResource } from './assembly.ts';
import { checkProperties, checkResources } from './check.ts';
import { evaluateCondition, references, resolve, type Scope } from './intrinsics.ts';
import { isObject, type Json } from './json.ts';
import { executedTypes, passiveTypes } from './known-resources.ts';
import { sortByDependencies } from './order.ts';
import type { Pseudo, ResolvedResource, ResourceHandle } from './resource.ts';

export interface EvaluateOptions {
  /** Values of template parameters; others use their defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly pseudo: Pseudo;
  /** Creates one resource of an executed type. */
  create(resource: ResolvedResource): ResourceHandle | Promise<ResourceHandle>;
  /** The string of a secret that was created before, by ARN or name. */
  secretString(secretId: string): string;
}

/**
 * Processes the stacks as CloudFormation would: checks that every resource is known, then creates the executed ones, each after those it
 * refers to.
 *
 * @returns the outputs of all stacks, by name
 * @throws Error for whatever the local cloud does not know, a missing parameter, or a broken reference
 */
export async function evaluateStacks(
  stacks: readonly StackTemplate[],
  options: EvaluateOptions,
): Promise<Record<string, Json>> {
  for (const stack of stacks) checkResources(stack);
  const given = new Set(stacks.flatMap((stack) => Object.keys(stack.parameters)));
  for (const name of Object.keys(options.parameters)) {
    if (!given.has(name)) throw new Error(`The template has no parameter ${name}`);
  }
  const exports = new Map<string, Json>();
  const outputs: Record<string, Json> = {};
  for (const stack of stacks) {
    const handles = new Map<string, ResourceHandle>();
    const scope = stackScope(stack, options, handles, exports);
    const present = stack.resources.filter(
      ({ condition }) => condition === undefined || scope.condition(condition),
    );
    for (const { logicalId, type } of present) {
      const passive = passiveTypes[type];
      if (passive) handles.set(logicalId, passive.handle(`${stack.name}-${logicalId}`, options.pseudo));
    }
    const executed = present.filter(({ type }) => type in executedTypes);
    for (const resource of sortByDependencies(byLogicalId(executed), dependencies)) {
      const { logicalId, type } = resource;
      try {
        const properties = resolve(resource.properties, scope);
        if (!isObject(properties)) throw new Error('the properties are no object');
        checkProperties(logicalId, type, properties);
        handles.set(logicalId, await options.create({ stack: stack.name, logicalId, type, properties }));
      } catch (cause) {
        throw new Error(`${logicalId} (${type}) of stack ${stack.name}: ${reasonOf(cause)}`, { cause });
      }
    }
    for (const [name, output] of Object.entries(stack.outputs)) {
      if (output.condition !== undefined && !scope.condition(output.condition)) continue;
      const value = resolve(output.value, scope);
      outputs[name] = value;
      if (output.exportName !== undefined) exports.set(String(resolve(output.exportName, scope)), value);
    }
  }
  return outputs;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof z.ZodError) return z.prettifyError(cause);
  return cause instanceof Error ? cause.message : String(cause);
}

function dependencies(resource: TemplateResource): Iterable<string> {
  return [...resource.dependsOn, ...references(resource.properties)];
}

function byLogicalId(resources: readonly TemplateResource[]): Map<string, TemplateResource> {
  return new Map(resources.map((resource) => [resource.logicalId, resource]));
}

function stackScope(
  stack: StackTemplate,
  options: EvaluateOptions,
  handles: ReadonlyMap<string, ResourceHandle>,
  exports: ReadonlyMap<string, Json>,
): Scope {
  const { accountId, region } = options.pseudo;
  const pseudo: Record<string, string> = {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stack.name}/local`,
  };
  const scope: Scope = {
    ref(name) {
      const parameter = stack.parameters[name];
      const value = parameter ? parameterValue(name, parameter, options.parameters[name]) : pseudo[name];
      return value ?? resource(name).ref;
    },
    attribute(logicalId, name) {
      const value = resource(logicalId).attributes[name];
      if (value === undefined) throw new Error(`the local cloud knows no attribute ${name} of ${logicalId}`);
      return value;
    },
    condition(name) {
      const expression = stack.conditions[name];
      if (expression === undefined) throw new Error(`there is no condition ${name}`);
      return evaluateCondition(expression, scope);
    },
    mapping(name, topKey, secondKey) {
      const value = stack.mappings[name]?.[topKey]?.[secondKey];
      if (value === undefined) throw new Error(`there is no mapping ${name}.${topKey}.${secondKey}`);
      return value;
    },
    importValue(exportName) {
      const value = exports.get(exportName);
      if (value === undefined) throw new Error(`no stack before this one exports ${exportName}`);
      return value;
    },
    secretString: options.secretString,
  };
  function resource(logicalId: string): ResourceHandle {
    const handle = handles.get(logicalId);
    if (handle === undefined) throw new Error(`there is no resource or parameter ${logicalId}`);
    return handle;
  }
  return scope;
}

function parameterValue(name: string, parameter: TemplateParameter, given: string | undefined): Json {
  const value = given ?? parameter.defaultValue;
  if (value === undefined) throw new Error(`the template's parameter ${name} has no value`);
  if (parameter.allowedValues && !parameter.allowedValues.includes(value)) {
    throw new Error(`the template's parameter ${name} must be one of ${parameter.allowedValues.join(', ')}`);
  }
  if (parameter.allowedPattern && !new RegExp(`^(?:${parameter.allowedPattern})$`).test(value)) {
    throw new Error(`the template's parameter ${name} must match ${parameter.allowedPattern}`);
  }
  return parameter.type === 'CommaDelimitedList' || parameter.type.startsWith('List<')
    ? value.split(',')
    : value;
}
