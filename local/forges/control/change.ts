import { z } from 'zod';

/** A change that cannot be made; the message says why. */
export class ChangeError extends Error {
  override readonly name = 'ChangeError';
}

/** The result of a change: ids of what it created. */
export type ChangeResult = Readonly<Record<string, unknown>>;

/** One kind of change that can be made at a forge. @typeParam Context - what the forge's changes work with */
export interface ChangeType<Context, Input> {
  readonly input: z.ZodType<unknown, Input>;
  readonly fields: readonly string[];
  readonly run: (context: Context, input: unknown) => Promise<ChangeResult>;
}

/** The user who makes the change; by default the forge picks one who may. */
const actor = { as: z.string().exactOptional() };

/** Makes the function with which a forge describes its changes. */
export function changesOf<Context>() {
  /**
   * Binds a change's fields to its implementation.
   *
   * @throws {ChangeError} from `run`, for input of another shape or names that do not exist.
   */
  return function defineChange<Fields extends z.ZodRawShape>(
    fields: Fields,
    apply: (
      context: Context,
      input: z.output<z.ZodObject<Fields & typeof actor, z.core.$strict>>,
    ) => ChangeResult | undefined | Promise<ChangeResult | undefined>,
  ): ChangeType<Context, z.input<z.ZodObject<Fields & typeof actor, z.core.$strict>>> {
    const input = z.strictObject({ ...fields, ...actor });
    return {
      input,
      fields: Object.keys(fields),
      async run(context, given) {
        const parsed = input.safeParse(given);
        if (!parsed.success) throw new ChangeError(formatIssues(parsed.error));
        return (await apply(context, parsed.data)) ?? {};
      },
    };
  };
}

/** Makes one change by its name. @throws {ChangeError} when it cannot be made; then nothing has changed */
export type RunChange = (name: string, input: unknown) => Promise<ChangeResult>;

/** What an `organization` means in changes that have no field of this name: every change takes it. */
export interface Organizations<Context> {
  /** Its name as it is. @throws {ChangeError} when there is none */
  readonly nameOf: (context: Context, given: string) => string;
  /** The field that names the organization itself, where the forge calls it by another name. */
  readonly itself?: string;
  /** Fields that name something in it, which may then be given without the organization's name before it. */
  readonly inside: readonly string[];
}

function placed<Context>(
  { nameOf, itself, inside }: Organizations<Context>,
  fields: readonly string[],
  context: Context,
  input: unknown,
): unknown {
  if (fields.includes('organization') || typeof input !== 'object' || input === null) return input;
  if (!('organization' in input) || typeof input.organization !== 'string') return input;
  const { organization, ...others } = input;
  const name = nameOf(context, organization);
  const isThere = (text: string): boolean =>
    // Ids say by themselves where they are.
    /^(\{.*\}|\d+)$/.test(text) || `${text}/`.toLowerCase().startsWith(`${name}/`.toLowerCase());
  const qualified = Object.entries(others).map(([field, value]) =>
    inside.includes(field) && typeof value === 'string' && !isThere(value)
      ? [field, `${name}/${value}`]
      : [field, value],
  );
  return {
    ...(itself !== undefined && fields.includes(itself) && { [itself]: name }),
    ...Object.fromEntries(qualified),
  };
}

/** @param changed - called after each change, before `run` resolves. */
export function createChangeRunner<Context>(
  types: Readonly<Record<string, Pick<ChangeType<Context, unknown>, 'run' | 'fields'>>>,
  context: Context,
  organizations: Organizations<Context>,
  changed: () => Promise<void>,
): RunChange {
  return async (name, input) => {
    const type = Object.entries(types).find(([known]) => known === name)?.[1];
    if (type === undefined) {
      const names = Object.keys(types).sort().join(', ');
      throw new ChangeError(`there is no change "${name}"; there are: ${names}`);
    }
    const result = await type.run(context, placed(organizations, type.fields, context, input));
    await changed();
    return result;
  };
}

/** Formats zod's issues as one line. */
export function formatIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      // A problem with a key is in an issue of its own.
      const message = (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined) ?? issue.message;
      return issue.path.length === 0 ? message : `${issue.path.join('.')}: ${message}`;
    })
    .join('; ');
}
