/** One problem in a world, and its place. */
export interface WorldProblem {
  /** Keys and indexes from the root of the document. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Thrown for a world that cannot be served; the message has the file, line and place, one line for each problem. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}

/** Formats a path like `organizations[0].members.ann`; keys with special characters are quoted. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text === '' ? 'the document' : text;
}
