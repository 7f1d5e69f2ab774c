/** Types for clients of the API, generated from the document that a console serves. */
import { writeFile } from 'node:fs/promises';
import openapiTypes, { astToString } from 'openapi-typescript';
import ts from 'typescript';

const folder = new URL('../generated-client/', import.meta.url);

/**
 * Writes the types beside the program that uses them, and compiles it.
 *
 * @param file name of the program
 * @returns what the compiler complains about
 */
export async function compiledWithClient(document: URL, file: string): Promise<readonly string[]> {
  const types = await openapiTypes(document);
  await writeFile(new URL('schema.d.ts', folder), astToString(types));
  const { config } = ts.readConfigFile(
    new URL('../../tsconfig.json', import.meta.url).pathname,
    ts.sys.readFile,
  );
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, folder.pathname);
  const program = ts.createProgram([new URL(file, folder).pathname], options);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
