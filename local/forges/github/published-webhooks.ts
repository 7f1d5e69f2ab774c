/** What GitHub has published about its webhook payloads: real examples, and a schema for each event. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

const object = z.record(z.string(), z.unknown());
export type Payload = z.infer<typeof object>;

/** An event with its action, if it has any. */
export interface Kind {
  readonly event: string;
  readonly action: string | undefined;
}

/** Payloads that GitHub has sent, collected by octokit. https://github.com/octokit/webhooks */
const examples = z
  .array(z.object({ name: z.string(), examples: z.array(object) }))
  .parse(createRequire(import.meta.url)('@octokit/webhooks-examples'));

export function examplesOf({ event, action }: Kind): readonly Payload[] {
  return (examples.find((each) => each.name === event)?.examples ?? []).filter(
    (example) => example.action === action,
  );
}

/** https://github.com/octokit/openapi-webhooks, made from GitHub's own description of its webhooks. */
const schemas = z.object({ components: z.object({ schemas: z.record(z.string(), object) }) }).parse(
  JSON.parse(
    readFileSync(
      // The package's own export of this file would load all of its versions, 37 MB.
      fileURLToPath(
        new URL('generated/api.github.com.json', import.meta.resolve('@octokit/openapi-webhooks')),
      ),
      'utf8',
    ),
  ),
).components.schemas;

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: 'github', components: { schemas } });

function schemaName({ event, action }: Kind): string {
  return ['webhook', event, ...(action === undefined ? [] : [action])].join('-').replaceAll('_', '-');
}

export function hasSchema(kind: Kind): boolean {
  return schemaName(kind) in schemas;
}

/** The schema's errors for a payload, as `place keyword parameters`; nested fields too. */
export function schemaProblems(kind: Kind, payload: Payload): string[] {
  const validate = ajv.getSchema(`github#/components/schemas/${schemaName(kind)}`);
  if (validate === undefined) throw new Error(`there is no schema of ${kind.event} ${kind.action ?? ''}`);
  if (validate(payload) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, keyword, params }) => `${instancePath} ${keyword} ${JSON.stringify(params)}`,
  );
}

/** `team.parent.id: number`, `commits[].author.name: string`, ...: every field with the types that its values have. */
export function fieldsOf(
  value: unknown,
  path = '',
  found = new Map<string, Set<string>>(),
): Map<string, Set<string>> {
  if (Array.isArray(value)) for (const item of value) fieldsOf(item, `${path}[]`, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      const here = path === '' ? key : `${path}.${key}`;
      const type = child === null ? 'null' : Array.isArray(child) ? 'array' : typeof child;
      found.set(here, (found.get(here) ?? new Set()).add(type));
      fieldsOf(child, here, found);
    }
  }
  return found;
}

/** Whether the schema of the event names the field `a.b[].c`. */
export function schemaNames(kind: Kind, path: string): boolean {
  let here = alternatives(schemas[schemaName(kind)]);
  for (const part of path.replaceAll('[]', '.[]').split('.')) {
    here = here.flatMap((schema) => {
      if (part === '[]') return alternatives(schema.items);
      const named = object.safeParse(schema.properties).data?.[part];
      if (named !== undefined) return alternatives(named);
      const open = object.safeParse(schema.additionalProperties).data;
      return open === undefined ? [] : alternatives(open);
    });
  }
  return here.length > 0;
}

/** The schema and everything that it is composed of, with references resolved. */
function alternatives(given: unknown): Payload[] {
  const schema = object.safeParse(given).data;
  if (schema === undefined) return [];
  const reference =
    typeof schema.$ref === 'string' ? schemas[schema.$ref.split('/').at(-1) ?? ''] : undefined;
  return [
    schema,
    ...(reference === undefined ? [] : alternatives(reference)),
    ...[schema.allOf, schema.anyOf, schema.oneOf].flatMap((parts) =>
      Array.isArray(parts) ? parts.flatMap(alternatives) : [],
    ),
  ];
}
