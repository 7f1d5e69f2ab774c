/**
 * Each property of the template that the local cloud says it honours is changed, alone, and the change must show as it
 * would on AWS, or the start be refused. So nobody has to believe the table of known resources.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINT_VARIABLE } from '../../local/cloud/services/table.ts';
import { parseTemplate, readAssembly, type StackTemplate } from '../../local/cloud/template/assembly.ts';
import { checkResources } from '../../local/cloud/template/check.ts';
import { executedTypes } from '../../local/cloud/template/known-resources.ts';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { isLong } from '../support/long.ts';
import { distributionSuite } from './template-mutations/distribution.ts';
import { eventSourceSuite, scheduleSuite } from './template-mutations/event-sources.ts';
import { functionSuite } from './template-mutations/functions.ts';
import type { Mutation, Suite } from './template-mutations/mutation.ts';
import { policySuite } from './template-mutations/policies.ts';
import { queueSuite } from './template-mutations/queues.ts';
import { roleSuite } from './template-mutations/roles.ts';
import { type Scene, startScene } from './template-mutations/scene.ts';
import { emptySecretSuite, storageSuite } from './template-mutations/storage.ts';
import { tableSuites } from './template-mutations/tables.ts';
import {
  changed,
  containers,
  firstItems,
  type Resource,
  rulePath,
  rules,
  type Template,
} from './template-mutations/template.ts';
import { uncovered } from './template-mutations/uncovered.ts';

const suites = [
  ...tableSuites,
  queueSuite,
  storageSuite,
  emptySecretSuite,
  functionSuite,
  eventSourceSuite,
  scheduleSuite,
  policySuite,
  distributionSuite,
  roleSuite,
];

// Scenes set it.
const tableEndpoint = process.env[ENDPOINT_VARIABLE];
afterAll(() => {
  if (tableEndpoint === undefined) delete process.env[ENDPOINT_VARIABLE];
  else process.env[ENDPOINT_VARIABLE] = tableEndpoint;
});

/** All mutations in the long version; in the short one the first that shows of each property, and all that are refused. */
function performed({ template, mutations }: Suite): readonly Mutation[] {
  const seen = new Set<string>();
  return mutations.filter((mutation) => {
    const name = ruleOf(template, mutation);
    const isFirst = !seen.has(name);
    if (!('refused' in mutation)) seen.add(name);
    return isLong || isFirst || 'refused' in mutation;
  });
}

describe.each(suites)('$name', (suite) => {
  const { template } = suite;

  let base: Scene;
  beforeAll(async () => {
    base = await startScene({ template });
  });
  afterAll(() => base.close());

  it.each(performed(suite).map((mutation) => [title(mutation), mutation] as const))(
    '%s',
    async (_, mutation) => {
      const mutant = changed(template, mutation.resource, mutation.property, mutation.to);
      if ('refused' in mutation) {
        await expect(start(mutant)).rejects.toThrow(mutation.refused);
        return;
      }
      expect(mutation.after).not.toEqual(mutation.before);
      const scene = await startScene({ template: mutant });
      const looks = [base, scene].map((one) => mutation.look(one));
      try {
        expect(await Promise.all(looks)).toEqual([mutation.before, mutation.after]);
      } finally {
        await Promise.allSettled(looks);
        await scene.close();
      }
    },
  );
});

const templates = suites.map(({ template }) => template);

/** A small template with a resource of the type, and the resource's logical id. */
function resourceOf(type: string): { template: Template; logicalId: string } {
  for (const template of templates) {
    const logicalId = Object.keys(template.Resources).find((id) => template.Resources[id]?.Type === type);
    if (logicalId !== undefined) return { template, logicalId };
  }
  throw new Error(`No small template has a resource of type ${type}`);
}

describe('the table of known resources', () => {
  const covered = new Set(
    suites.flatMap(({ template, mutations }) => mutations.map((mutation) => ruleOf(template, mutation))),
  );
  const honoured = rules().filter(({ rule }) => rule.reason === undefined && rule.only === undefined);

  it('has a mutation for each property that is honoured, or a reason why not', () => {
    const missing = honoured.map(({ type, path }) => `${type} ${path}`).filter((name) => !covered.has(name));
    expect(missing.sort()).toEqual(Object.keys(uncovered).sort());
  });

  it.each(rules().filter(({ rule }) => rule.only !== undefined))(
    'has a rule for $type $path that refuses other values',
    ({ type, path }) => {
      const { template, logicalId } = resourceOf(type);
      const mutant = changed(template, logicalId, firstItems(path), 'something else');
      expect(() => checkResources(parsed(mutant))).toThrow(`${logicalId} (${type}): ${path} may only be`);
    },
  );

  it.each(Object.keys(executedTypes))('has no place in %s where an unknown property goes unseen', (type) => {
    const { template, logicalId } = resourceOf(type);
    for (const container of ['', ...containers(type).map((path) => `${path}.`)]) {
      const mutant = changed(template, logicalId, `${firstItems(container)}Surprise`, 'x');
      expect(() => checkResources(parsed(mutant))).toThrow(
        `${logicalId} (${type}): ${container}Surprise is unknown to the local cloud`,
      );
    }
  });

  it('keeps a template with an unknown property or type from starting', async () => {
    const { template, logicalId } = resourceOf('AWS::SQS::Queue');
    await expect(start(changed(template, logicalId, 'Surprise', 1))).rejects.toThrow('Surprise is unknown');
    const Resources = { ...template.Resources, Topic: { Type: 'AWS::SNS::Thing', Properties: {} } };
    await expect(start({ ...template, Resources })).rejects.toThrow(
      'Topic: the resource type AWS::SNS::Thing is unknown',
    );
  });
});

describe('properties knowingly without effect', () => {
  const silent = rules().filter(({ rule }) => rule.reason !== undefined);
  // A secret is either given or generated.
  const fits = ({ Type, Properties }: Resource, type: string, path: string) =>
    type === Type && !(path.startsWith('GenerateSecretString') && 'SecretString' in Properties);
  const withAll = (template: Template): Template =>
    Object.entries(template.Resources).reduce(
      (whole, [logicalId, resource]) =>
        silent
          .filter(({ type, path }) => fits(resource, type, path))
          .reduce((some, { path }) => changed(some, logicalId, firstItems(path), 'anything'), whole),
      template,
    );

  it.each(suites.map((suite) => [suite.name, suite] as const))(
    'change nothing in %s, all at once',
    async (_, { template, mutations }) => {
      const scene = await startScene({ template: withAll(template) });
      try {
        // A sample: the looks take most of the time of this file.
        const looks = mutations
          .filter((mutation) => 'look' in mutation)
          .filter((__, index) => index % 5 === 0);
        for (const { look, before } of looks) expect(await look(scene)).toEqual(before);
      } finally {
        await scene.close();
      }
    },
  );
});

describe('the real template', () => {
  let stacks: StackTemplate[];
  beforeAll(async () => {
    stacks = readAssembly(await buildAssembly());
  }, 180_000);

  it('is known, and not known with one property or one type more', () => {
    const types = new Set<string>();
    for (const stack of stacks) {
      checkResources(stack);
      for (const resource of stack.resources) {
        const replaced = (changes: object): StackTemplate => ({
          ...stack,
          resources: stack.resources.map((one) => (one === resource ? { ...one, ...changes } : one)),
        });
        const { logicalId, type, properties } = resource;
        expect(() => checkResources(replaced({ type: `${type}s` }))).toThrow(
          `${logicalId}: the resource type ${type}s is unknown`,
        );
        if (!(type in executedTypes)) continue;
        types.add(type);
        expect(() => checkResources(replaced({ properties: { ...properties, Surprise: 1 } }))).toThrow(
          `${logicalId} (${type}): Surprise is unknown`,
        );
      }
    }
    expect(types.size).toBeGreaterThan(15);
  });
});

/** The type and the property in the table of known resources. */
function ruleOf(template: Template, { resource, property }: Mutation): string {
  const type = template.Resources[resource]?.Type ?? '';
  return `${type} ${rulePath(type, property)}`;
}

const start = (template: Template) => startScene({ template }).then((scene) => scene.close());
const parsed = (template: Template) => parseTemplate('Small', JSON.stringify(template));

function title({ resource, property, to, ...rest }: Mutation): string {
  const value = (JSON.stringify(to) ?? 'nothing').slice(0, 60);
  return `${resource}: ${property} ${value} ${'refused' in rest ? 'is refused' : 'shows'}`;
}
