import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const templateSchema = z.object({
  Parameters: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Default: z.string().optional(),
      AllowedPattern: z.string().optional(),
      ConstraintDescription: z.string().optional(),
    }),
  ),
  Rules: z.record(z.string(), z.unknown()).optional(),
  Conditions: z.record(z.string(), z.unknown()).optional(),
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      DeletionPolicy: z.string().optional(),
      DependsOn: z.array(z.string()).optional(),
      // Validated by each reader of a type.
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

export type Template = z.infer<typeof templateSchema>;
export type Resource = Template['Resources'][string];

export function readTemplate(outDir: string): Template {
  return templateSchema.parse(JSON.parse(readFileSync(join(outDir, 'Repertoire.template.json'), 'utf8')));
}

/** Logical id and properties of all resources of a type, e.g. `SQS::Queue`. */
export function resourcesOf(template: Template, type: string): [string, Resource['Properties']][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === `AWS::${type}`)
    .map(([id, { Properties }]) => [id, Properties]);
}

/** @throws when there is no such resource */
export function propertiesOf(template: Template, id: string): Resource['Properties'] {
  const resource = template.Resources[id];
  if (resource === undefined) throw new Error(`The template has no ${id}`);
  return resource.Properties;
}

const referenceSchema = z.union([
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }).transform((value) => value['Fn::GetAtt'][0]),
]);

/** The logical id that a Ref or a Fn::GetAtt names. */
export const targetOf = (value: unknown): string => referenceSchema.parse(value);

/** All resources that a value refers to, whatever the intrinsic functions around them. */
export function targetsIn(value: unknown): string[] {
  const reference = referenceSchema.safeParse(value);
  if (reference.success) return [reference.data];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(targetsIn);
}

const oneOrMany = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const statementSchema = z.object({
  Effect: z.string(),
  Action: oneOrMany,
  Resource: z.unknown().transform((value) => (Array.isArray(value) ? value : [value])),
  Condition: z.unknown().optional(),
});
const policySchema = z.object({
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
  Roles: z.array(z.unknown()),
});

/** The statements of a policy's properties. */
export const statementsOf = (properties: Resource['Properties']) =>
  policySchema.parse(properties).PolicyDocument.Statement;

/** `action resource` for everything that a role may do, sorted; a resource is given by the logical ids in its ARN. */
export function allowedActions(template: Template, role: string): string[] {
  const allowed = resourcesOf(template, 'IAM::Policy')
    .map(([, properties]) => policySchema.parse(properties))
    .filter(({ Roles }) => Roles.map(targetOf).includes(role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Effect, Action, Resource }) => {
      if (Effect !== 'Allow') throw new Error(`${role} has a statement that does not allow`);
      return Action.flatMap((action) => Resource.map((resource) => `${action} ${describe(resource)}`));
    });
  return [...new Set(allowed)].sort();
}

function describe(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const suffix = JSON.stringify(resource).match(/"(\/[^"]*)"/)?.[1] ?? '';
  return `${targetsIn(resource).join('+')}${suffix}`;
}
