/** One thing that is wrong with a world, and where. */
export interface WorldProblem {
  /** Keys and indexes from the root of the document. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A world that cannot be served; the message names the file, the line and the place, one line for each problem. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}

/** `organizations[0].members.ann`; keys with other characters than of a word stand in quotes. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text === '' ? 'the document' : text;
}
