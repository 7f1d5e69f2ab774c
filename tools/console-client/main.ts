/** Writes the types of the console's client, from the document that the API serves: `npm run client`. */
import { writeFile } from 'node:fs/promises';
import openapiTypes, { astToString } from 'openapi-typescript';
import { document } from '../../test/support/documented-answers.ts';

const file = new URL('../../console/api/schema.d.ts', import.meta.url);

// Its types are stricter than those of the document, which the tests hold to the specification.
const types = await openapiTypes(JSON.stringify(document), { alphabetize: true });
await writeFile(file, astToString(types));
