import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Json, JsonObject } from './json.ts';

/** One resource of a template, with nothing resolved yet. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  /** The condition that decides whether the resource exists. */
  readonly condition: string | undefined;
}

export interface TemplateParameter {
  readonly type: string;
  readonly defaultValue: string | undefined;
  readonly allowedValues: readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
}

export interface TemplateOutput {
  readonly value: Json;
  readonly exportName: Json | undefined;
  readonly condition: string | undefined;
}

/** One stack's template, parsed. */
export interface StackTemplate {
  readonly name: string;
  readonly parameters: Readonly<Record<string, TemplateParameter>>;
  readonly mappings: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly conditions: JsonObject;
  readonly resources: readonly TemplateResource[];
  readonly outputs: Readonly<Record<string, TemplateOutput>>;
}

/** The folder of an assembly for the compiled code of its functions, or a link to one. */
export const codeCacheOf = (directory: string): string => join(directory, 'code-cache');

const json: z.ZodType<Json> = z.json();
const jsonObject = z.record(z.string(), json);
const asText = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      dependencies: z.array(z.string()).optional(),
      properties: z
        .object({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .optional(),
    }),
  ),
});

/** `Rules`, `Metadata`, `Hooks` and the like do not affect what runs, so they are ignored. */
const templateSchema = z.object({
  Parameters: z
    .record(
      z.string(),
      z.object({
        Type: z.string(),
        Default: asText.optional(),
        AllowedValues: z.array(asText).optional(),
        AllowedPattern: z.string().optional(),
      }),
    )
    .optional(),
  Mappings: z.record(z.string(), z.record(z.string(), jsonObject)).optional(),
  Conditions: jsonObject.optional(),
  Resources: z.record(
    z.string(),
    z.strictObject({
      Type: z.string(),
      Properties: jsonObject.optional(),
      DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
      Condition: z.string().optional(),
      Metadata: json.optional(),
      DeletionPolicy: z.string().optional(),
      UpdateReplacePolicy: z.string().optional(),
    }),
  ),
  Outputs: z
    .record(
      z.string(),
      z.object({
        Value: json,
        Export: z.object({ Name: json }).optional(),
        Condition: z.string().optional(),
      }),
    )
    .optional(),
});

/**
 * Parses one CloudFormation template (JSON text).
 *
 * @throws Error when it is no template, or a resource has an attribute that the local cloud does not know (CreationPolicy and UpdatePolicy
 * change how a resource is created, so they are not ignored).
 */
export function parseTemplate(name: string, text: string): StackTemplate {
  const parsed = templateSchema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new Error(`Template of stack ${name} is not understood: ${z.prettifyError(parsed.error)}`);
  const template = parsed.data;
  return {
    name,
    parameters: mapValues(template.Parameters ?? {}, (parameter) => ({
      type: parameter.Type,
      defaultValue: parameter.Default,
      allowedValues: parameter.AllowedValues,
      allowedPattern: parameter.AllowedPattern,
    })),
    mappings: template.Mappings ?? {},
    conditions: template.Conditions ?? {},
    resources: Object.entries(template.Resources).map(([logicalId, resource]) => ({
      logicalId,
      type: resource.Type,
      properties: resource.Properties ?? {},
      dependsOn: [resource.DependsOn ?? []].flat(),
      condition: resource.Condition,
    })),
    outputs: mapValues(template.Outputs ?? {}, (output) => ({
      value: output.Value,
      exportName: output.Export?.Name,
      condition: output.Condition,
    })),
  };
}

/**
 * Reads the stacks of a synthesized cloud assembly, each after those that it depends on.
 *
 * @param directory the output of `cdk synth`, usually `cdk.out`
 * @throws Error when there is no assembly
 */
export function readAssembly(directory: string): StackTemplate[] {
  let text: string;
  try {
    text = readFileSync(join(directory, 'manifest.json'), 'utf8');
  } catch (cause) {
    throw new Error(`There is no cloud assembly in ${directory}: synthesize the CDK app first`, { cause });
  }
  const { artifacts } = manifestSchema.parse(JSON.parse(text));
  const stacks: StackTemplate[] = [];
  const done = new Set<string>();
  const visit = (id: string) => {
    const artifact = artifacts[id];
    if (done.has(id) || artifact === undefined) return;
    done.add(id);
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    const file = artifact.properties?.templateFile;
    if (artifact.type !== 'aws:cloudformation:stack' || file === undefined) return;
    stacks.push(
      parseTemplate(artifact.properties?.stackName ?? id, readFileSync(join(directory, file), 'utf8')),
    );
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return stacks;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
