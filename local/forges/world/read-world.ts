import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { type Alias, type Document, LineCounter, parseDocument, visit } from 'yaml';
import type { HistoryStep } from '../git/history.ts';
import { checkWorld } from './check-world.ts';
import { schemaProblems } from './schema-problems.ts';
import schema from './world.schema.json' with { type: 'json' };
import { mapContents, type World } from './world.ts';
import { formatPath, WorldError, type WorldProblem } from './world-error.ts';

const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).addSchema(schema, 'world');
const validate = ajv.compile<World>(schema);
const validateHistory = ajv.compile<readonly HistoryStep[]>({
  type: 'array',
  description: 'a list of steps',
  items: { $ref: 'world#/definitions/step' },
});

/** The world beside this file, described in docs/worlds.md. */
export const defaultWorldFile = new URL('default-world.yaml', import.meta.url).pathname;

/**
 * Reads a world file. Relative paths of git repositories become absolute.
 *
 * @throws {WorldError} with every problem, one line each: file, line, place and what is expected there.
 */
export async function readWorld(file: string): Promise<World> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new WorldError(`${file}: the file cannot be read`);
  });
  const world = parseWorld(text, file);
  return {
    ...world,
    organizations: world.organizations.map((organization) =>
      mapContents(organization, ({ git }) => (git === undefined ? {} : { git: resolve(dirname(file), git) })),
    ),
  };
}

/**
 * Parses and checks the text of a world file.
 *
 * @param file - its name in messages.
 * @throws {WorldError}
 */
export function parseWorld(text: string, file: string): World {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    throw new WorldError(`${file}:${lines.linePos(syntaxError.pos[0]).line}: ${syntaxError.message}`);
  }
  const wrong = wrongAlias(document);
  if (wrong !== undefined) {
    const { line } = lines.linePos(wrong.alias.range?.[0] ?? 0);
    throw new WorldError(`${file}:${line}: *${wrong.alias.source} ${wrong.problem}`);
  }
  const world = valuesOf(document, file);
  const problems = validate(world) ? checkWorld(world) : schemaProblems(validate.errors ?? [], world);
  if (problems.length === 0 && validate(world)) return world;
  const lineOf = (path: readonly (string | number)[]): number => {
    // A missing key has no position in the file, but its parent has.
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
        return lines.linePos(Number(node.range[0])).line;
      }
    }
    return 1;
  };
  throw new WorldError(
    problems
      .map(({ path, message }) => ({ line: lineOf(path), text: `${formatPath(path)}: ${message}` }))
      .sort((a, b) => a.line - b.line)
      .map(({ line, text }) => `${file}:${line}: ${text}`)
      .join('\n'),
  );
}

/** The first alias that repeats nothing, or the node that it is inside of: repeated, that would have no end. */
function wrongAlias(document: Document.Parsed): { alias: Alias.Parsed; problem: string } | undefined {
  let found: { alias: Alias.Parsed; problem: string } | undefined;
  visit(document, {
    Alias(_, node, path) {
      const target = node.resolve(document);
      if (target !== undefined && !path.includes(target)) return undefined;
      const alias = node as Alias.Parsed;
      const problem =
        target === undefined
          ? `repeats nothing: no &${node.source} is before it`
          : 'is inside what it repeats';
      found = { alias, problem };
      return visit.BREAK;
    },
  });
  return found;
}

function valuesOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases of aliases, which repeat more than anybody means.
    throw new WorldError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Checks the form of a list of steps. */
export function historyProblems(steps: unknown): WorldProblem[] {
  return validateHistory(steps) ? [] : schemaProblems(validateHistory.errors ?? [], steps);
}
